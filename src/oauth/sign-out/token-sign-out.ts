import { Authority, type Caller } from '../../access/index.ts';
import { hashHandle } from '../../crypto/index.ts';
import { type BrowserPort, IdentityError } from '../../kernel/index.ts';
import type { SessionService } from '../../sessions/index.ts';
import type { TokenAuthenticator } from '../callers/token.authenticator.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { RotationStore } from '../grants/rotation.store.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { PostedRequests } from '../posted/posted-requests.ts';
import { invalidGrant } from '../token-endpoint/invalid-grant.ts';
import { type OAuthParameter, readParameters } from '../token-endpoint/parameters.ts';
import type { RefreshTokens } from '../tokens/refresh-tokens.ts';
import type { SignOutRequest } from './sign-out-request.ts';

const REFRESH_TOKEN = 'refresh_token';
const PARAMETERS: ReadonlySet<string> = new Set(['client_id', 'client_secret', REFRESH_TOKEN]);

export interface TokenSignOutDeps {
  readonly authenticator: Pick<TokenAuthenticator, 'authenticateClient'>;
  readonly refreshTokens: RefreshTokens;
  readonly rotations: Pick<RotationStore, 'find'>;
  /** Revokes the family of a refresh token. */
  readonly revocation: { revoke(authority: Authority, token: string): Promise<boolean> };
  readonly sessions: Pick<SessionService, 'end'>;
  readonly posted: Pick<PostedRequests, 'keep'>;
}

/** Whether a request to sign out shows a refresh token, so that no browser is needed. */
const showsRefreshToken = (parameters: readonly OAuthParameter[]): boolean =>
  parameters.some(({ name, values }) => name === REFRESH_TOKEN && values.some((value) => value !== ''));

/** Signs users out for an application that shows their refresh token, as clients of older identity services do. */
export class TokenSignOut {
  readonly #deps: TokenSignOutDeps;

  constructor(deps: TokenSignOutDeps) {
    this.#deps = deps;
  }

  /**
   * Takes what was posted to the endpoint that signs users out: signs out by the refresh token if there is one, else keeps the
   * request for the browser.
   * @returns Where the browser goes on; null: the user is signed out.
   * @throws BROWSER_REQUIRED, REQUEST_TOO_LARGE, TOO_MANY_REQUESTS, and what `#end` throws.
   */
  async post(
    authority: Authority,
    browser: BrowserPort | null,
    { issuerKind, parameters }: SignOutRequest,
  ): Promise<string | null> {
    if (!showsRefreshToken(parameters))
      return this.#deps.posted.keep(authority, browser, { issuerKind, endpoint: 'endSession', parameters });
    await this.#end(authority, issuerKind, parameters);
    return null;
  }

  /**
   * Ends the session of a refresh token, with all its tokens; of one that has no session, its family. One that has ended
   * meanwhile is as good.
   * @param parameters As they were sent, with the credentials of the client.
   * @throws TOKEN_PARAMETER_INVALID
   * @throws CLIENT_UNAUTHENTICATED
   * @throws GRANT_INVALID The token is none of this client and kind of issuer.
   */
  async #end(authority: Authority, issuerKind: string, parameters: readonly OAuthParameter[]): Promise<void> {
    const { refreshTokens, rotations, revocation } = this.#deps;
    const sent = readParameters(parameters, PARAMETERS);
    const caller = await this.#client(authority, sent);
    const token = sent[REFRESH_TOKEN] ?? '';
    const handle = refreshTokens.handleOf(authority.tenant, token);
    const found = handle === null ? null : await rotations.find(authority.tenant.id, hashHandle(handle));
    if (found === null || found.grant.issuerKind !== issuerKind) throw invalidGrant('REFRESH_TOKEN_INVALID');
    if (found.grant.clientUuid !== caller.clientUuid) throw invalidGrant('REFRESH_TOKEN_OTHER');
    const ofClient = new Authority(caller, authority.tenant, 'tenant');
    if (found.grant.sessionId == null) await revocation.revoke(ofClient, token);
    else await this.#endSession(ofClient, found.grant, found.grant.sessionId);
  }

  async #client({ caller, tenant }: Authority, sent: Readonly<Record<string, string>>): Promise<Caller> {
    const { client_id: clientId, client_secret: secret = null } = sent;
    if (clientId === undefined) throw oauthErrors.CLIENT_UNAUTHENTICATED();
    const method = secret === null ? 'None' : 'Post';
    const { authenticator } = this.#deps;
    const proved = await authenticator.authenticateClient(tenant, [{ clientId, secret, method }], caller.origin);
    if ('refused' in proved) throw oauthErrors.CLIENT_UNAUTHENTICATED();
    return proved.caller;
  }

  /** Acts for the user, whom the token proves. */
  async #endSession(
    { caller, tenant }: Authority,
    { userId, authTime, amr }: Family,
    sessionId: string,
  ): Promise<void> {
    const user: Caller = { ...caller, kind: 'user', userId, sessionId, authTime, amr };
    try {
      await this.#deps.sessions.end(new Authority(user, tenant, 'self'), sessionId);
    } catch (error) {
      if (!(error instanceof IdentityError && error.code === 'SESSION_NOT_FOUND')) throw error;
    }
  }
}
