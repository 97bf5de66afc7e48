import type { Authority } from '../../access/index.ts';
import { addressKey } from '../../auth-modes/index.ts';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import {
  type InteractionOutcome,
  type InteractionService,
  interactionErrors,
  mayRegister,
  mayRegisterAt,
  type ProvedElsewhere,
} from '../../flows/index.ts';
import { addSeconds, type BrowserPort, IdentityError } from '../../kernel/index.ts';
import { requireBrowser, showSession } from '../../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { Issuer, IssuerKind } from '../issuers/issuers.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { PostedRequests } from '../posted/posted-requests.ts';
import type { IdTokenHints } from '../tokens/id-token-hint.ts';
import type { AuthorizationAnswer } from './answer.ts';
import { type CheckedRequest, checkAuthorization, recheckAuthorization } from './checks.ts';
import { requireUsable } from './client.checks.ts';
import { Exchanges, type ExchangesDeps, interactionKind } from './exchange.ts';
import { InvalidRequests } from './invalid-requests.ts';
import { RequestParameters, type SentParameter } from './parameters.ts';
import { AuthorizationRefused } from './refusal.ts';
import { restoreRequest, type StoredRequest } from './stored-request.ts';

/** A request to the authorization endpoint (RFC 6749 section 3.1). */
export interface BrowserAuthorization {
  /** Kind of the issuer whose endpoint was called. */
  readonly issuerKind: string;
  /** The parameters as they were sent. */
  readonly parameters: readonly SentParameter[];
}

/** A browser that comes back from the pages. */
export interface ResumedAuthorization {
  readonly issuerKind: string;
  /** The handle of the interaction. */
  readonly handle: string;
}

/** A request that was checked before, whose user proves an account by other means than those of the pages. */
export interface ProvedAuthorization {
  readonly issuerKind: string;
  readonly stored: StoredRequest;
  readonly proved: ProvedElsewhere;
}

export interface AuthorizationServiceDeps extends ExchangesDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly hints: Pick<IdTokenHints, 'read'>;
  readonly interactions: Pick<InteractionService, 'begin' | 'resume' | 'pageUrl'>;
  readonly issuers: IssuerDirectory;
  readonly posted: Pick<PostedRequests, 'read'>;
}

/** What is kept of a sign-in that was answered, so that the back button leads to its application. */
const ENDED_KIND = 'authorization-ended';
type EndedSignIn = Pick<StoredRequest, 'clientId' | 'issuerKind'>;
/** As long as an interaction lives. */
const ENDED_SECONDS = 1800;
/** As many as an address may have open, so that an office behind one address has them too: about 200 KB. */
const MAX_ENDED_OF_ADDRESS = 500;

/** The authorization endpoint. Every refusal has an event, which is durable before the answer. */
export class AuthorizationService {
  readonly #deps: AuthorizationServiceDeps;
  readonly #exchanges: Exchanges;
  readonly #invalid: InvalidRequests;

  constructor(deps: AuthorizationServiceDeps) {
    this.#deps = deps;
    this.#exchanges = new Exchanges(deps);
    this.#invalid = new InvalidRequests(deps);
  }

  /**
   * @throws BROWSER_REQUIRED, POSTED_REQUEST_NOT_FOUND
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID, AUTHORIZATION_PARAMETER_REPEATED An answer could go to
   *   an attacker.
   * @throws TOO_MANY_REQUESTS Too many sign-ins are under way from this address.
   */
  async begin(
    authority: Authority,
    port: BrowserPort | null,
    asked: BrowserAuthorization,
  ): Promise<AuthorizationAnswer> {
    const browser = requireBrowser(port);
    const tenant = await this.#tenantOf(authority);
    const { issuer, checked } = await this.#check(authority, tenant, asked);
    if ('refused' in checked) return this.#exchanges.refuse({ authority, issuer }, checked);
    const exchange = { authority, tenant, browser, issuer, request: checked.request, isSteppedUp: false };
    const session = await this.#deps.sessions.signedInOf(browser, tenant);
    showSession(browser, tenant, session);
    return this.#exchanges.proceed(exchange, session);
  }

  /**
   * As `begin`, for a user who makes an account first, even if another user is signed in.
   * @throws REGISTRATION_CLOSED The tenant or the application lets nobody register. @throws What `begin` throws.
   */
  async register(
    authority: Authority,
    port: BrowserPort | null,
    asked: BrowserAuthorization,
  ): Promise<AuthorizationAnswer> {
    const browser = requireBrowser(port);
    const tenant = await this.#tenantOf(authority);
    const { issuer, checked } = await this.#check(authority, tenant, asked, () => {
      if (!mayRegister(tenant.settings)) throw interactionErrors.REGISTRATION_CLOSED();
    });
    if ('refused' in checked) return this.#exchanges.refuse({ authority, issuer }, checked);
    const { request } = checked;
    await this.#assertOpenAt(authority, asked, request.client);
    return this.#exchanges.register({ authority, tenant, browser, issuer, request, isSteppedUp: false });
  }

  /** @throws REGISTRATION_CLOSED The application lets nobody register; recorded. */
  #assertOpenAt(authority: Authority, { issuerKind }: BrowserAuthorization, record: ClientRecord): Promise<void> {
    const { clientId } = record.client;
    return this.#invalid.recorded(authority, { issuerKind, clientId }, async () => {
      if (!mayRegisterAt(record)) throw interactionErrors.REGISTRATION_CLOSED();
    });
  }

  /** @param precondition What must hold before the application gets an answer; a refusal is recorded as others are. */
  async #check(
    authority: Authority,
    tenant: KnownTenant,
    { issuerKind, parameters }: BrowserAuthorization,
    precondition?: () => void,
  ): Promise<{ readonly issuer: Issuer; readonly checked: CheckedRequest }> {
    const { clients, issuers, posted } = this.#deps;
    const issuer = await issuers.of(tenant, issuerKind, authority.caller.origin);
    const request = { issuerKind, endpoint: 'authorization', parameters } as const;
    const sent = new RequestParameters(
      await posted.read(authority, request, ({ code }, kept) =>
        this.#invalid.record(authority, { issuerKind, clientId: new RequestParameters(kept).get('client_id') }, code),
      ),
    );
    const readHint = (token: string) => this.#readHint(tenant, issuerKind, token);
    const findNamed = (name: string) => this.#deps.hintedUsers.idOf(tenant, name);
    const asked = { issuerKind, clientId: sent.get('client_id') };
    const checked = await this.#invalid.recorded(authority, asked, async () => {
      precondition?.();
      return checkAuthorization({ tenant, issuer, clients, readHint, findNamed, parameters: sent });
    });
    return { issuer, checked };
  }

  /**
   * Answers after the pages. What was checked before is checked again, because it may have changed meanwhile.
   * @throws BROWSER_REQUIRED
   * @throws INTERACTION_NOT_FOUND Unknown, expired, of another browser, tenant or kind of issuer.
   * @throws AUTHORIZATION_ENDED The sign-in was answered before.
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID
   */
  async resume(
    authority: Authority,
    port: BrowserPort | null,
    { issuerKind, handle }: ResumedAuthorization,
  ): Promise<AuthorizationAnswer> {
    const browser = requireBrowser(port);
    const tenant = await this.#tenantOf(authority);
    const { origin } = authority.caller;
    const { kind } = await this.#deps.issuers.of(tenant, issuerKind, origin);
    const outcome = await this.#take(authority, browser, { kind, handle });
    if (outcome.kind === 'open') return this.#exchanges.showPage(authority, handle);
    const stored = outcome.purpose as unknown as StoredRequest;
    const issuer = await this.#deps.issuers.of(tenant, stored.issuerKind, { ...origin, host: stored.issuerHost });
    await this.#keepEnded(authority, handle, stored);
    const checked = await this.#invalid.recorded(authority, stored, () => this.#recheck(tenant, issuer, stored));
    if ('refused' in checked) return this.#exchanges.refuse({ authority, issuer }, checked);
    const { request } = checked;
    if (outcome.kind !== 'done')
      return this.#exchanges.refuse(
        { authority, issuer },
        { refused: DENIALS[outcome.kind](), client: request.client, to: request },
      );
    const exchange = { authority, tenant, browser, issuer, request, isSteppedUp: stored.isSteppedUp };
    return this.#exchanges.finish(exchange, outcome);
  }

  /**
   * Begins the sign-in of a user who has proved an account elsewhere, inside the unit of work that uses the proof up.
   * @returns What answers the application, after the commit: at once where nothing is left to do, else after pages.
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID, TOO_MANY_REQUESTS
   */
  async beginProved(
    authority: Authority,
    browser: BrowserPort,
    { issuerKind, stored, proved }: ProvedAuthorization,
  ): Promise<() => Promise<AuthorizationAnswer>> {
    const tenant = await this.#tenantOf(authority);
    const issuer = await this.#deps.issuers.of(tenant, issuerKind, authority.caller.origin);
    const asked = { issuerKind, clientId: stored.clientId };
    const checked = await this.#invalid.recordedAfterRollback(authority, asked, () =>
      this.#recheck(tenant, issuer, stored),
    );
    if ('refused' in checked) return () => this.#exchanges.refuse({ authority, issuer }, checked);
    const exchange = { authority, tenant, browser, issuer, request: checked.request, isSteppedUp: false };
    const handle = await this.#exchanges.beginProved(exchange, proved);
    return () => this.resume(authority, browser, { issuerKind, handle });
  }

  async #tenantOf({ tenant }: Authority): Promise<KnownTenant> {
    const known = await this.#deps.directory.byId(tenant.id);
    if (known === null) throw tenantErrors.TENANT_REQUIRED();
    return known;
  }

  async #readHint(tenant: KnownTenant, issuerKind: string, token: string): Promise<string | null> {
    const hint = await this.#deps.hints.read(tenant, issuerKind, token);
    return 'refused' in hint ? null : hint.userId;
  }

  async #recheck(tenant: KnownTenant, issuer: Issuer, stored: StoredRequest): Promise<CheckedRequest> {
    const client = requireUsable(await this.#deps.clients.byClientId(tenant.id, stored.clientId));
    return recheckAuthorization(restoreRequest(stored, client), issuer, tenant);
  }

  /** Uses the interaction up. @throws INTERACTION_NOT_FOUND @throws AUTHORIZATION_ENDED It was used. */
  async #take(
    authority: Authority,
    browser: BrowserPort,
    { kind, handle }: { readonly kind: IssuerKind; readonly handle: string },
  ): Promise<InteractionOutcome> {
    try {
      const kinds = kind.takesTokensOf.map(interactionKind);
      return await this.#deps.interactions.resume(authority, browser, kinds, handle);
    } catch (error) {
      if (error instanceof IdentityError && error.code === 'INTERACTION_NOT_FOUND')
        await this.assertNotEnded(authority, handle);
      throw error;
    }
  }

  /** Keeps that a sign-in ended. One that is over the bound of its address is unknown afterwards. */
  async #keepEnded(
    { caller, tenant }: Authority,
    handle: string,
    { clientId, issuerKind }: StoredRequest,
  ): Promise<void> {
    const { codes, clock } = this.#deps;
    const ended = {
      kind: ENDED_KIND,
      payload: { clientId, issuerKind },
      expiresAt: addSeconds(clock.now(), ENDED_SECONDS),
      code: handle,
    };
    const bucket = { key: addressKey(caller.origin.peerIp), count: MAX_ENDED_OF_ADDRESS };
    await codes.putWithin(tenant, ended, bucket);
  }

  /**
   * Refuses a sign-in that is over as its application learns it.
   * @throws AUTHORIZATION_ENDED It was answered before. Records `authorization.refused`.
   */
  async assertNotEnded(authority: Authority, handle: string): Promise<void> {
    const { tenant } = authority;
    const ended = await this.#deps.codes.find(tenant.id, ENDED_KIND, handle);
    if (ended === null) return;
    const { clientId, issuerKind } = ended.payload as unknown as EndedSignIn;
    await this.#invalid.record(authority, { issuerKind, clientId }, 'AUTHORIZATION_ENDED');
    const client = await this.#deps.clients.byClientId(tenant.id, clientId);
    const startAgainAt = client?.isUsable === true ? client.metadata.initiateLoginUri : null;
    throw oauthErrors.AUTHORIZATION_ENDED(startAgainAt === null ? {} : { extensions: { startAgainAt } });
  }
}

/** What the application learns when the user has ended the sign-in (RFC 6749 section 4.1.2.1). */
const DENIALS = {
  denied: () => new AuthorizationRefused('access_denied', 'The user did not allow the access.'),
  cancelled: () => new AuthorizationRefused('access_denied', 'The user cancelled the sign-in.'),
} as const;
