import { type CallerAuthenticator, problems } from '../../../rest-compat/index.ts';
import type { Services } from '../../../schema/context.ts';
import { anonymousCaller, type Caller } from '../../access/index.ts';
import { kernelErrors } from '../../kernel/index.ts';

/** Authenticates callers by access tokens, secrets of clients and cookies of sessions. */
export function createCallerAuthenticator({
  oauth,
  sessions,
}: Pick<Services, 'oauth' | 'sessions'>): CallerAuthenticator {
  return {
    async bearer(token, _tenant, origin) {
      const authentication = await oauth.authenticator.authenticate(token, origin);
      if ('refused' in authentication) throw kernelErrors.UNAUTHENTICATED({ detail: authentication.refused });
      return authentication.caller;
    },
    async client(readings, kind, tenant, origin) {
      const authentication = await oauth.authenticator.authenticateClient(tenant, readings, origin, kind);
      if ('refused' in authentication) throw problems.CLIENT_REFUSED({ detail: authentication.refused });
      return authentication.caller;
    },
    async browser(browser, tenant, origin): Promise<Caller> {
      const anonymous = anonymousCaller(origin);
      const session = await sessions.ofBrowser(browser, tenant);
      if (session === null) return anonymous;
      const { userId, id: sessionId, authTime, amr } = session;
      return { ...anonymous, kind: 'user', tenant, userId, sessionId, authTime, amr };
    },
  };
}
