import { type CallerAuthenticator, problems } from '../../../rest-compat/index.ts';
import type { Services } from '../../../schema/context.ts';
import { isApiKey } from '../../api-keys/index.ts';
import { kernelErrors } from '../../kernel/index.ts';
import type { AuthenticateToken } from './caller.ts';

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

/** Authenticates callers of the graph by access tokens and API keys. @param bearer Authenticates access tokens. */
export function createTokenAuthenticator(
  { apiKeyAuthenticator }: Pick<Services, 'apiKeyAuthenticator'>,
  { bearer }: Pick<CallerAuthenticator, 'bearer'>,
): AuthenticateToken {
  return async (token, origin) => {
    if (!isApiKey(token)) return bearer(token, null, origin);
    const caller = await apiKeyAuthenticator.authenticate(token, origin);
    if (caller === null) throw kernelErrors.UNAUTHENTICATED({ detail: 'api-key' });
    return caller;
  };
}
