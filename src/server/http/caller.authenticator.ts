import { type CallerAuthenticator, problems } from '../../../rest-compat/index.ts';
import type { Services } from '../../../schema/context.ts';
import { isApiKey } from '../../api-keys/index.ts';
import { kernelErrors } from '../../kernel/index.ts';
import type { AuthenticateToken } from './caller.ts';

/** Authenticates callers by access tokens, API keys and secrets of clients. */
export function createCallerAuthenticator({
  oauth,
  apiKeyAuthenticator,
}: Pick<Services, 'oauth' | 'apiKeyAuthenticator'>): CallerAuthenticator {
  return {
    async apiKey(secret, origin) {
      const caller = await apiKeyAuthenticator.authenticate(secret, origin);
      if (caller === null) throw kernelErrors.UNAUTHENTICATED({ detail: 'api-key' });
      return caller;
    },
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

/** Authenticates callers of the graph by access tokens and API keys. */
export function createTokenAuthenticator({
  apiKey,
  bearer,
}: Pick<CallerAuthenticator, 'apiKey' | 'bearer'>): AuthenticateToken {
  return async (token, origin) => (isApiKey(token) ? apiKey(token, origin) : bearer(token, null, origin));
}
