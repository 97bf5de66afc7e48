import type { Authority, ScopeString } from '../../access/index.ts';
import { ACCOUNT_CONSOLE, type ClientDirectory, type ClientRecord } from '../../clients/index.ts';
import type { EventLog } from '../../events/index.ts';
import {
  type AccountFactSource,
  accountFacts,
  type InteractionService,
  missingStep,
  type SignInDemands,
} from '../../flows/index.ts';
import { addSeconds, type BrowserPort, type Clock, newId } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { requireBrowser, type SessionService, type SignedInSession } from '../../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import { lifetimesOf } from '../issuers/lifetimes.ts';
import { oauthEvents } from '../oauth.events.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { accountPageErrors } from './account-page.errors.ts';

/** A visit to the page. */
export interface OpenAccountPage {
  /** Kind of the issuer that serves the page. */
  readonly issuerKind: string;
  /** Handle of the sign-in from which the browser comes back; null: from none. */
  readonly handle: string | null;
  /** Whether the user signs in again, because the sign-in is too old for a change. */
  readonly isAgain: boolean;
  /** Whether a user who has forgotten the password begins with that. */
  readonly isPasswordForgotten: boolean;
}

/** What the browser does next. */
export interface AccountPageAnswer {
  /** Where it goes; null: it stays. */
  readonly redirectTo: string | null;
  /** Whether the user is signed in; false: the user gave the sign-in up. */
  readonly isSignedIn: boolean;
  readonly pageUrl: string;
  readonly signOutUrl: string;
  /** Whether the user may add passkeys. */
  readonly isPasskeyEnabled: boolean;
}

/** A token with which the page changes the account. */
export interface AccountToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly userId: string;
}

export interface AccountPageServiceDeps {
  readonly db: Database;
  readonly accessTokens: AccessTokens;
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly credentials: AccountFactSource;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly events: EventLog;
  readonly grants: Pick<GrantStore, 'insert'>;
  readonly interactions: Pick<InteractionService, 'begin' | 'resume' | 'pageUrl'>;
  readonly issuers: IssuerDirectory;
  readonly sessions: Pick<SessionService, 'signedInOf' | 'touch'>;
  readonly clock: Clock;
}

/** Who resumes the sign-in of the page. */
const KIND = 'account-page';
/** The page asks for another token when this one has expired. */
const TOKEN_SECONDS = 300;
/** What users do on the page. None of it reaches beyond the account, whatever roles the user has. */
const SCOPES = [
  'user:read:self',
  'user:write:self',
  'email:change:self',
  'password:change:self',
  'credential:read:self',
  'credential:write:self',
  'credential:delete:self',
  'session:read:self',
  'session:revoke:self',
  'consent:read:self',
  'consent:revoke:self',
  'federation-link:read:self',
  'federation-link:write:self',
] as const satisfies readonly ScopeString[];

/** The page changes factors, so a sign-in for it asks for one that the account has, in tenants of every template. */
const DEMANDS: SignInDemands = {
  mustAuthenticate: false,
  mustChoose: false,
  factors: 1,
  isStrict: true,
  userId: null,
  loginHint: null,
  consent: null,
  locales: null,
};

/**
 * The page on which users change their accounts. It is an application of the service, the builtin client `account-console`: the browser
 * that is signed in gets a token of it for this account alone, and what the page does is judged as every request with a token is.
 */
export class AccountPageService {
  readonly #deps: AccountPageServiceDeps;

  constructor(deps: AccountPageServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Opens the page for the user who is signed in in the browser, or leads to a sign-in, which leads back.
   * @throws ACCOUNT_PAGE_CLOSED The tenant or the issuer has no such page, or the client is disabled.
   * @throws INTERACTION_NOT_FOUND, BROWSER_REQUIRED, TOO_MANY_REQUESTS
   */
  async open(
    authority: Authority,
    port: BrowserPort | null,
    { issuerKind, handle, isAgain, isPasswordForgotten }: OpenAccountPage,
  ): Promise<AccountPageAnswer> {
    const { interactions, issuers, sessions } = this.#deps;
    const browser = requireBrowser(port);
    const { tenant } = await this.#console(authority);
    const { origin } = authority.caller;
    const { url, accountPath, endpoints } = await issuers.of(tenant, issuerKind, origin);
    if (accountPath === null) throw accountPageErrors.ACCOUNT_PAGE_CLOSED();
    const { isPasskeyEnabled } = tenant.settings;
    const place = { pageUrl: url + accountPath, signOutUrl: endpoints.endSession!, isPasskeyEnabled };
    const answer = (redirectTo: string | null, isSignedIn = false) => ({ ...place, redirectTo, isSignedIn });
    const outcome = handle === null ? null : await interactions.resume(authority, browser, KIND, handle);
    if (outcome?.kind === 'open') return answer(await interactions.pageUrl(tenant, origin.host, handle!));
    const session = await sessions.signedInOf(browser, tenant);
    if (outcome !== null) return answer(session === null ? null : place.pageUrl);
    const isStaying = session !== null && !isAgain && !isPasswordForgotten;
    if (isStaying && !(await this.#lacksStep(tenant, session))) return answer(null, true);
    const again = isAgain && session !== null ? { mustAuthenticate: true, userId: session.userId } : {};
    const demands = { ...DEMANDS, ...again, ...(isPasswordForgotten ? { mustAuthenticate: true } : {}) };
    const { handle: begun } = await interactions.begin(authority, browser, {
      kind: KIND,
      purpose: {},
      resumeAt: place.pageUrl,
      clientId: ACCOUNT_CONSOLE,
      demands,
      isResettingPassword: isPasswordForgotten,
    });
    return answer(await interactions.pageUrl(tenant, origin.host, begun));
  }

  /**
   * A token for the account of the user who is signed in in the browser. Its sign-in is that of the session, so changes that need a recent
   * sign-in need one of the session. Records `token.issued`.
   * @throws ACCOUNT_PAGE_SIGN_IN_REQUIRED Nobody is signed in, or the account has something to do first.
   * @throws ACCOUNT_PAGE_CLOSED, BROWSER_REQUIRED
   */
  async issueToken(authority: Authority, port: BrowserPort | null): Promise<AccountToken> {
    const { accessTokens, clock, issuers, sessions } = this.#deps;
    const browser = requireBrowser(port);
    const { tenant, client } = await this.#console(authority);
    const session = await sessions.signedInOf(browser, tenant);
    if (session === null || (await this.#lacksStep(tenant, session)))
      throw accountPageErrors.ACCOUNT_PAGE_SIGN_IN_REQUIRED();
    await sessions.touch(tenant, session);
    const issuer = await issuers.of(tenant, 'native', authority.caller.origin);
    const { accessTokenSeconds } = lifetimesOf(issuer.kind, tenant.settings, client);
    const lifetimeSeconds = Math.min(accessTokenSeconds, TOKEN_SECONDS);
    const now = clock.now();
    const family: Family = {
      tenantId: tenant.id,
      id: newId(),
      userId: session.userId,
      clientUuid: client.client.id,
      sessionId: session.id,
      scopes: [...SCOPES],
      issuerKind: issuer.kind.kind,
      issuerHost: issuer.host,
      claims: null,
      authTime: session.authTime,
      acr: session.acr,
      amr: session.amr,
      revokedAt: null,
      expiresAt: addSeconds(now, lifetimeSeconds),
      createdAt: now,
    };
    const scope = SCOPES.join(' ');
    // Nobody can change the format of tokens of a builtin client, which is that of a JWT.
    const signer = await accessTokens.signer({ tenant, issuer, client });
    const made = await accessTokens.make({ tenant, issuer, client, scope, lifetimeSeconds, now, family }, signer);
    await this.#store(authority, family, made.claims.jti);
    return { accessToken: made.token, expiresInSeconds: lifetimeSeconds, userId: session.userId };
  }

  async #store({ caller, tenant }: Authority, family: Family, tokenId: string): Promise<void> {
    const { db, events, grants } = this.#deps;
    const { userId, sessionId, issuerKind, scopes, id: grantId } = family;
    await db.transaction(async () => {
      await grants.insert(family);
      events.record({ ...caller, kind: 'user', userId, clientId: ACCOUNT_CONSOLE }, tenant, {
        type: oauthEvents['token.issued'],
        subjectId: userId,
        sessionId: sessionId ?? null,
        params: { grantType: 'session', issuerKind, scope: (scopes ?? []).join(' '), tokenId, grantId },
      });
    });
  }

  /** The tenant, and the client that the page is. @throws ACCOUNT_PAGE_CLOSED */
  async #console({ tenant }: Authority): Promise<{ readonly tenant: KnownTenant; readonly client: ClientRecord }> {
    const known = await this.#deps.directory.byId(tenant.id);
    if (known === null) throw tenantErrors.TENANT_REQUIRED();
    const client = await this.#deps.clients.byClientId(known.id, ACCOUNT_CONSOLE);
    if (client?.isUsable !== true || client.client.kind !== 'builtin') throw accountPageErrors.ACCOUNT_PAGE_CLOSED();
    return { tenant: known, client };
  }

  /** Whether the account has something to do by now, because more was demanded of it since its session began. */
  async #lacksStep(tenant: KnownTenant, session: SignedInSession): Promise<boolean> {
    const { userId, amr } = session;
    const asked = { userId, user: session, factors: 1, isStrict: true, amr, isProvedNow: false } as const;
    return missingStep(await accountFacts(this.#deps.credentials, tenant, asked)) !== null;
  }
}
