import type { Authority } from '../../access/index.ts';
import type { ClientDirectory } from '../../clients/index.ts';
import type { EventDraft, EventLog } from '../../events/index.ts';
import { type InteractionService, interactionErrors } from '../../flows/index.ts';
import { addSeconds, type BrowserPort, type Clock, epochSeconds } from '../../kernel/index.ts';
import { bindBrowser, isBoundBrowser, type OneTimeCodeStore, requireBrowser } from '../../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import type { AuthorizationAnswer } from '../authorize/answer.ts';
import { type AskedRequest, InvalidRequests } from '../authorize/invalid-requests.ts';
import { RequestParameters, type SentParameter } from '../authorize/parameters.ts';
import { AuthorizationRefused } from '../authorize/refusal.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { Issuer } from '../issuers/issuers.ts';
import type { SigningKeyService } from '../keys/key.service.ts';
import { oauthEvents } from '../oauth.events.ts';
import type { PostedRequests } from '../posted/posted-requests.ts';
import { FACTORS_ALONE } from '../tokens/factor-methods.ts';
import { ID_TOKEN_TYPE } from '../tokens/id-token.ts';
import { type FactorAnswer, type FactorDemand, findAnswer } from './factor-demand.ts';
import { HintRefused } from './factor-hint.ts';
import type { AskedFactor, FactorCaller, FactorChecks, FactorReturn } from './factor-request.ts';

/** The kind of issuer, and of the interactions that are begun here. */
export const EXTERNAL_FACTOR = 'external-factor';
/** The kind of the codes that stand for an answer. */
const ANSWER = 'external-factor-answer';
/** A browser follows a redirect at once, even in a slow network. */
const ANSWER_SECONDS = 120;
/** The parameter by which the other service finds a request in its logs. */
const REQUEST_ID = 'client-request-id';
/** A UUID. Others are not recorded. */
const REQUEST_ID_FORM = /^[\dA-Fa-f-]{36}$/;

/** What is kept of a request until it is answered. */
interface StoredFactor extends FactorReturn {
  readonly issuerHost: string | null;
  readonly clientId: string;
  readonly nonce: string | null;
  readonly demand: FactorDemand;
  /** The user as the other service names them. */
  readonly subject: string;
  readonly userId: string;
  readonly requestId: string | null;
}

/** An answer that waits for its browser. */
interface StoredAnswer extends StoredFactor, FactorAnswer {
  readonly sessionId: string;
  readonly browserHash: string;
}

/** A refusal, and where it goes. */
interface Refusal {
  readonly refused: AuthorizationRefused;
  readonly clientId: string;
  readonly to: FactorReturn;
  readonly userId: string | null;
  readonly requestId: string | null;
}

/** A request with all that its checks found, or a refusal. */
type Checked =
  | { readonly caller: FactorCaller; readonly asked: AskedFactor; readonly requestId: string | null }
  | Refusal;

export interface ExternalFactorServiceDeps {
  readonly checks: FactorChecks;
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly codes: OneTimeCodeStore;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly events: EventLog;
  readonly interactions: Pick<InteractionService, 'begin' | 'resume' | 'pageUrl'>;
  readonly issuers: IssuerDirectory;
  readonly keys: Pick<SigningKeyService, 'signer'>;
  readonly posted: Pick<PostedRequests, 'keep' | 'read'>;
  readonly clock: Clock;
}

/**
 * Proves users to services that have signed them in by one factor and ask for another (docs/external-factor.md). Every refusal has
 * an event, which is durable before the answer.
 */
export class ExternalFactorService {
  readonly #deps: ExternalFactorServiceDeps;
  readonly #invalid: InvalidRequests;

  constructor(deps: ExternalFactorServiceDeps) {
    this.#deps = deps;
    this.#invalid = new InvalidRequests(deps);
  }

  /**
   * Takes the request that another service posts through the browser, which goes on by GET, because it sends no cookie with a post
   * of another site.
   * @throws BROWSER_REQUIRED
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID, AUTHORIZATION_PARAMETER_REPEATED An answer could go to
   *   an attacker.
   * @throws REQUEST_TOO_LARGE
   * @throws TOO_MANY_REQUESTS The address has posted too many within a minute.
   */
  async request(
    authority: Authority,
    browser: BrowserPort | null,
    parameters: readonly SentParameter[],
  ): Promise<AuthorizationAnswer> {
    requireBrowser(browser);
    const tenant = await this.#tenantOf(authority);
    const issuer = await this.#issuerOf(authority, tenant);
    const checked = await this.#check(authority, tenant, issuer, parameters);
    if ('refused' in checked) return this.#refuse(authority, checked);
    const request = { issuerKind: EXTERNAL_FACTOR, endpoint: 'authorization', parameters } as const;
    return { kind: 'redirect', redirectTo: await this.#deps.posted.keep(authority, browser, request) };
  }

  /**
   * Begins the sign-in of the user whom the request names, who proves that very account on the pages.
   * @throws BROWSER_REQUIRED, POSTED_REQUEST_NOT_FOUND
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID, AUTHORIZATION_PARAMETER_REPEATED
   * @throws TOO_MANY_REQUESTS Too many sign-ins are under way from this address.
   */
  async begin(
    authority: Authority,
    port: BrowserPort | null,
    parameters: readonly SentParameter[],
  ): Promise<AuthorizationAnswer> {
    const browser = requireBrowser(port);
    const tenant = await this.#tenantOf(authority);
    const issuer = await this.#issuerOf(authority, tenant);
    const request = { issuerKind: EXTERNAL_FACTOR, endpoint: 'authorization', parameters } as const;
    const kept = await this.#deps.posted.read(authority, request, ({ code }, sent) =>
      this.#invalid.record(authority, asking(new RequestParameters(sent).get('client_id')), code),
    );
    const checked = await this.#check(authority, tenant, issuer, kept);
    if ('refused' in checked) return this.#refuse(authority, checked);
    const { handle } = await this.#deps.interactions.begin(authority, browser, {
      kind: EXTERNAL_FACTOR,
      purpose: { ...toStored(checked, issuer) },
      resumeAt: issuer.resumeUrl,
      clientId: checked.caller.client.client.clientId,
      demands: {
        mustAuthenticate: true,
        mustChoose: false,
        factors: 2,
        factorsAlone: FACTORS_ALONE,
        ownFactors: FACTORS_ALONE,
        isStrict: false,
        userId: checked.asked.user.id,
        loginHint: checked.asked.user.username ?? null,
        consent: null,
        locales: null,
      },
    });
    return this.#showPage(authority, handle);
  }

  /**
   * Goes on when the user is done with the pages: to the address that gives out the answer.
   * @throws BROWSER_REQUIRED
   * @throws INTERACTION_NOT_FOUND Unknown, used, expired, of another browser, tenant or kind.
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID They changed meanwhile.
   */
  async resume(authority: Authority, port: BrowserPort | null, handle: string): Promise<AuthorizationAnswer> {
    const { interactions, codes, clock } = this.#deps;
    const browser = requireBrowser(port);
    const tenant = await this.#tenantOf(authority);
    const outcome = await interactions.resume(authority, browser, EXTERNAL_FACTOR, handle);
    if (outcome.kind === 'open') return this.#showPage(authority, handle);
    const stored = outcome.purpose as unknown as StoredFactor;
    const issuer = await this.#recheck(authority, tenant, stored);
    if (outcome.kind !== 'done') return this.#refuse(authority, denialOf(stored, 'The user did not go on.'));
    const { session } = outcome;
    const answer = findAnswer(stored.demand, session.amr);
    if (answer === null)
      return this.#refuse(authority, denialOf(stored, 'The user was not authenticated by a method asked for.'));
    const kept: StoredAnswer = {
      ...stored,
      ...answer,
      sessionId: session.id,
      browserHash: bindBrowser(browser, tenant),
    };
    const code = await codes.put(tenant, {
      kind: ANSWER,
      userId: stored.userId,
      payload: { ...kept },
      expiresAt: addSeconds(clock.now(), ANSWER_SECONDS),
    });
    return { kind: 'redirect', redirectTo: `${issuer.factorUrl}/${code}` };
  }

  /**
   * What the browser posts to the other service. It works once.
   * @throws BROWSER_REQUIRED
   * @throws INTERACTION_NOT_FOUND Unknown, used, expired, of another tenant, or of another browser, where it stays valid.
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID They changed meanwhile.
   */
  async answer(authority: Authority, port: BrowserPort | null, code: string): Promise<AuthorizationAnswer> {
    const { codes, keys, events, clock } = this.#deps;
    const browser = requireBrowser(port);
    const tenant = await this.#tenantOf(authority);
    const found = await codes.find(tenant.id, ANSWER, code);
    const kept = found === null ? null : (found.payload as unknown as StoredAnswer);
    if (kept === null || !isBoundBrowser(browser, tenant, kept.browserHash))
      throw interactionErrors.INTERACTION_NOT_FOUND();
    if ((await codes.take(tenant.id, ANSWER, code)) === null) throw interactionErrors.INTERACTION_NOT_FOUND();
    const issuer = await this.#recheck(authority, tenant, kept);
    const signer = await keys.signer(tenant, issuer.kind.algorithm);
    const idToken = await signer.sign(claimsOf(kept, issuer, clock.now()), { typ: ID_TOKEN_TYPE });
    await events.append({ ...authority.caller, kind: 'user', userId: kept.userId }, tenant, tokenIssued(kept));
    return postTo(kept, { id_token: idToken });
  }

  async #tenantOf({ tenant }: Authority): Promise<KnownTenant> {
    const known = await this.#deps.directory.byId(tenant.id);
    if (known === null) throw tenantErrors.TENANT_REQUIRED();
    return known;
  }

  /** @param host That of the request by default. */
  #issuerOf({ caller }: Authority, tenant: KnownTenant, host = caller.origin.host ?? null): Promise<Issuer> {
    return this.#deps.issuers.of(tenant, EXTERNAL_FACTOR, { host });
  }

  async #check(
    authority: Authority,
    tenant: KnownTenant,
    issuer: Issuer,
    parameters: readonly SentParameter[],
  ): Promise<Checked> {
    const { checks } = this.#deps;
    const sent = new RequestParameters(parameters);
    const requestId = requestIdIn(parameters);
    const caller = await this.#invalid.recorded(authority, asking(sent.get('client_id')), () =>
      checks.callerOf(tenant, issuer, sent),
    );
    try {
      return { caller, asked: await checks.askedBy(tenant, caller, sent), requestId };
    } catch (error) {
      if (!(error instanceof AuthorizationRefused)) throw error;
      const { clientId } = caller.client.client;
      return { refused: error, clientId, to: caller, userId: null, requestId };
    }
  }

  async #recheck(authority: Authority, tenant: KnownTenant, stored: StoredFactor): Promise<Issuer> {
    const issuer = await this.#issuerOf(authority, tenant, stored.issuerHost);
    await this.#invalid.recorded(authority, asking(stored.clientId), () =>
      this.#deps.checks.recheck(tenant, issuer, stored),
    );
    return issuer;
  }

  async #refuse({ caller, tenant }: Authority, refusal: Refusal): Promise<AuthorizationAnswer> {
    const { refused, clientId, to, userId, requestId } = refusal;
    await this.#deps.events.append(caller, tenant, {
      type: oauthEvents['authorization.refused'],
      subjectId: userId,
      clientId,
      outcome: 'failure',
      reason: refused.code,
      params: {
        issuerKind: EXTERNAL_FACTOR,
        ...(refused instanceof HintRefused ? { fault: refused.fault } : {}),
        ...(requestId === null ? {} : { requestId }),
      },
    });
    return postTo(to, { error: refused.code, error_description: refused.message });
  }

  async #showPage({ caller, tenant }: Authority, handle: string): Promise<AuthorizationAnswer> {
    const pageUrl = await this.#deps.interactions.pageUrl(tenant, caller.origin.host, handle);
    return { kind: 'interaction', handle, pageUrl };
  }
}

const asking = (clientId: string | null): AskedRequest => ({ issuerKind: EXTERNAL_FACTOR, clientId });

function requestIdIn(parameters: readonly SentParameter[]): string | null {
  const id = parameters.find(({ name }) => name === REQUEST_ID)?.values[0] ?? '';
  return REQUEST_ID_FORM.test(id) ? id : null;
}

const toStored = ({ caller, asked, requestId }: Exclude<Checked, Refusal>, issuer: Issuer): StoredFactor => ({
  issuerHost: issuer.host,
  clientId: caller.client.client.clientId,
  redirectUri: caller.redirectUri,
  state: caller.state,
  nonce: asked.nonce,
  demand: asked.demand,
  subject: asked.hint.subject,
  userId: asked.user.id,
  requestId,
});

const denialOf = (stored: StoredFactor, why: string): Refusal => ({
  refused: new AuthorizationRefused('access_denied', why),
  clientId: stored.clientId,
  to: stored,
  userId: stored.userId,
  requestId: stored.requestId,
});

/** Other services compare `iss` with their metadata, `sub` with their hint, and take one class and one method. */
function claimsOf({ clientId, subject, nonce, acr, amr }: StoredAnswer, { url, kind }: Issuer, now: Date): object {
  const iat = epochSeconds(now);
  return {
    iss: url,
    aud: clientId,
    sub: subject,
    ...(nonce === null ? {} : { nonce }),
    iat,
    exp: iat + kind.accessTokenSeconds,
    acr,
    amr: [amr],
  };
}

const tokenIssued = ({ userId, clientId, sessionId, acr, amr, requestId }: StoredAnswer): EventDraft => ({
  type: oauthEvents['token.issued'],
  subjectId: userId,
  clientId,
  sessionId,
  params: {
    issuerKind: EXTERNAL_FACTOR,
    grantType: 'implicit',
    acr,
    amr,
    ...(requestId === null ? {} : { requestId }),
  },
});

/** An answer with `state` as it came (OAuth 2.0 Form Post Response Mode). */
function postTo({ redirectUri, state }: FactorReturn, result: Readonly<Record<string, string>>): AuthorizationAnswer {
  const members = Object.entries({ ...result, ...(state === null ? {} : { state }) });
  return { kind: 'post', action: redirectUri, fields: members.map(([name, value]) => ({ name, value })) };
}
