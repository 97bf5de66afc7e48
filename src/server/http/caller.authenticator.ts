import { type CallerAuthenticator, problems } from '../../../rest-compat/index.ts';
import type { Services } from '../../../schema/context.ts';
import { anonymousCaller, type Caller } from '../../access/index.ts';
import { sha256 } from '../../crypto/index.ts';
import { kernelErrors, type TenantRef } from '../../kernel/index.ts';

/** Authenticates callers by access tokens, secrets of clients and cookies of sessions. */
export function createCallerAuthenticator(
  { oauth, sessions }: Pick<Services, 'oauth' | 'sessions'>,
  publicUrl: string,
): CallerAuthenticator {
  const isSecure = publicUrl.startsWith('https:');
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
    async browser(cookies, tenant, origin): Promise<Caller> {
      const anonymous = anonymousCaller(origin);
      const value = cookieValue(cookies, sessionCookieName(tenant, isSecure));
      const session = value === null ? null : await sessions.findByCookie(tenant, value);
      if (session === null) return anonymous;
      const { userId, id: sessionId, authTime, amr } = session;
      return { ...anonymous, kind: 'user', tenant, userId, sessionId, authTime, amr };
    },
  };
}

/**
 * Name of the cookie that holds a browser's session in a tenant: one per tenant, so that signing in to one does not sign out
 * of another (docs/tenancy.md). Without `__Host-`, which demands `Secure`, on a plain http address.
 */
export function sessionCookieName({ id }: Pick<TenantRef, 'id'>, isSecure: boolean): string {
  const hash = sha256(id).toString('hex').slice(0, 10);
  return `${isSecure ? '__Host-' : ''}s${hash}`;
}

function cookieValue(header: string, name: string): string | null {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}
