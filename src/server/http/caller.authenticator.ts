import { type CallerAuthenticator, problems } from '../../../rest-compat/index.ts';
import type { Services } from '../../../schema/context.ts';
import { kernelErrors } from '../../kernel/index.ts';

/** Authenticates callers by access tokens and secrets of clients. */
export function createCallerAuthenticator({ oauth }: Pick<Services, 'oauth'>): CallerAuthenticator {
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
  };
}
