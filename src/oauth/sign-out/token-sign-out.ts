import { Authority, type Caller } from '../../access/index.ts';
import { hashHandle } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type BrowserPort, type Clock, IdentityError } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { SessionService } from '../../sessions/index.ts';
import type { TokenAuthenticator } from '../callers/token.authenticator.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { PresentedToken, RotationStore } from '../grants/rotation.store.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { PostedRequests } from '../posted/posted-requests.ts';
import { invalidGrant } from '../token-endpoint/invalid-grant.ts';
import { type OAuthParameter, readParameters } from '../token-endpoint/parameters.ts';
import { revokeReused } from '../token-endpoint/reused-token.ts';
import type { RefreshTokens } from '../tokens/refresh-tokens.ts';
import { signOutEvents } from './sign-out.events.ts';
import type { SignOutRequest } from './sign-out-request.ts';

const REFRESH_TOKEN = 'refresh_token';
/** The kinds of errors that are refusals and recorded; the others mean that the service cannot answer. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'refused']);
const PARAMETERS: ReadonlySet<string> = new Set(['client_id', 'client_secret', REFRESH_TOKEN]);

export interface TokenSignOutDeps {
  readonly db: Database;
  readonly authenticator: Pick<TokenAuthenticator, 'authenticateClient'>;
  readonly refreshTokens: RefreshTokens;
  readonly rotations: Pick<RotationStore, 'find'>;
  readonly grants: Pick<GrantStore, 'lock'>;
  /** Revokes the family of a refresh token. */
  readonly revocation: { revoke(authority: Authority, token: string): Promise<boolean> };
  readonly sessions: Pick<SessionService, 'end'>;
  readonly posted: Pick<PostedRequests, 'keep'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Whether a request to sign out shows a refresh token, so that no browser is needed. */
const showsRefreshToken = (parameters: readonly OAuthParameter[]): boolean =>
  parameters.some(({ name, values }) => name === REFRESH_TOKEN && values.some((value) => value !== ''));

/** How a client authenticates: the secret of a header may be repeated in the form. */
function methodOf(shown: string | null, secret: string | null): 'Basic' | 'Post' | 'None' {
  if (shown !== null) return 'Basic';
  return secret === null ? 'None' : 'Post';
}

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
   * @throws BROWSER_REQUIRED, REQUEST_TOO_LARGE, TOO_MANY_REQUESTS, and what `#end` throws, which is recorded.
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
   * Authenticates the client and ends the session. Every refusal has an event.
   * @param parameters As they were sent, with the credentials of the client.
   * @throws TOKEN_PARAMETER_INVALID
   * @throws CLIENT_UNAUTHENTICATED, and what `#endOf` throws.
   */
  async #end(authority: Authority, issuerKind: string, parameters: readonly OAuthParameter[]): Promise<void> {
    const { tenant } = authority;
    let { caller } = authority;
    try {
      const sent = readParameters(parameters, PARAMETERS);
      caller = await this.#client(authority, sent);
      await this.#endOf(new Authority(caller, tenant, 'tenant'), issuerKind, sent[REFRESH_TOKEN] ?? '');
    } catch (error) {
      await this.#recordRefusal(new Authority(caller, tenant, 'tenant'), issuerKind, error);
      throw error;
    }
  }

  /** Does nothing for refusals that another event records: a reused token, and a client that is not authenticated. */
  async #recordRefusal({ caller, tenant }: Authority, issuerKind: string, error: unknown): Promise<void> {
    if (!(error instanceof IdentityError) || !REFUSALS.has(error.kind) || error.code === 'REFRESH_TOKEN_REUSED') return;
    await this.#deps.events.append(caller, tenant, {
      type: signOutEvents['sign_out.refused'],
      outcome: 'failure',
      reason: error.code,
      params: { issuerKind },
    });
  }

  /**
   * Ends the session of a refresh token, with all its tokens; of one that has no session, its family. One that has ended
   * meanwhile is as good.
   * @throws GRANT_INVALID The token is none of this client and kind of issuer.
   * @throws REFRESH_TOKEN_REUSED The token was spent; its family is revoked. Records `refresh_token.reused`.
   */
  async #endOf(authority: Authority, issuerKind: string, token: string): Promise<void> {
    const { refreshTokens, rotations, revocation } = this.#deps;
    const { caller } = authority;
    const handle = refreshTokens.handleOf(authority.tenant, token);
    const found = handle === null ? null : await rotations.find(authority.tenant.id, hashHandle(handle));
    if (found === null || found.grant.issuerKind !== issuerKind) throw invalidGrant('REFRESH_TOKEN_INVALID');
    if (found.grant.clientUuid !== caller.clientUuid) throw invalidGrant('REFRESH_TOKEN_OTHER');
    if (found.token.spentAt != null) return this.#refuseReused(authority, found);
    if (found.grant.sessionId == null) await revocation.revoke(authority, token);
    else await this.#endSession(authority, found.grant, found.grant.sessionId);
  }

  /** @throws REFRESH_TOKEN_REUSED @throws GRANT_INVALID The family was revoked before. */
  async #refuseReused(authority: Authority, { grant: { id } }: Pick<PresentedToken, 'grant'>): Promise<never> {
    const { db, events, grants, clock } = this.#deps;
    await db.transaction(async () => {
      const grant = await grants.lock(authority.tenant.id, id);
      if (grant === null) throw invalidGrant('REFRESH_TOKEN_INVALID');
      revokeReused(events, authority, grant, clock.now());
    });
    throw oauthErrors.REFRESH_TOKEN_REUSED();
  }

  /** @throws CLIENT_UNAUTHENTICATED Recorded as at the token endpoint. */
  async #client({ caller, tenant }: Authority, sent: Readonly<Record<string, string>>): Promise<Caller> {
    const { client_id: named, client_secret: secret = null } = sent;
    // The credentials of HTTP Basic were checked before; the form may repeat them.
    const shown = caller.clientAuth === 'Basic' ? caller.clientId : null;
    const clientId = named ?? shown;
    const isOther = shown !== null && clientId !== shown;
    if (shown !== null && secret === null && !isOther) return caller;
    const isKnown = clientId !== null && !isOther;
    const readings = isKnown ? [{ clientId, secret, method: methodOf(shown, secret) }] : [];
    const proved = await this.#deps.authenticator.authenticateClient(tenant, readings, caller.origin);
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
