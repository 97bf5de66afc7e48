import type { Authority } from '../../access/index.ts';
import type { ClientRecord } from '../../clients/index.ts';
import type { ConsentService } from '../../consents/index.ts';
import type { EventLog } from '../../events/index.ts';
import {
  type AccountFactSource,
  accountFacts,
  type InteractionService,
  missingStep,
  type NewInteraction,
  type ProvedElsewhere,
  type SignInDemands,
  shownMethods,
} from '../../flows/index.ts';
import { addSeconds, type BrowserPort, type Clock } from '../../kernel/index.ts';
import type { OneTimeCodeStore, SessionRow, SessionService, SignedInSession } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { mintCode, type NewCode } from '../grants/authorization-code.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { Issuer } from '../issuers/issuers.ts';
import { codeSecondsOf } from '../issuers/lifetimes.ts';
import { oauthEvents } from '../oauth.events.ts';
import { type AuthorizationAnswer, answerTo } from './answer.ts';
import {
  assertOwnDecision,
  assertSignedIn,
  consentDemand,
  factorDemands,
  findLack,
  findWishedFactors,
  reachableAcr,
  refuseSilent,
  type SignInLack,
  statedAcr,
} from './decision.ts';
import type { HintedUsers } from './hinted-users.ts';
import { AuthorizationRefused } from './refusal.ts';
import type { AuthorizationRequest, ReturnAddress } from './request.ts';
import { storeRequest } from './stored-request.ts';

/** A checked request that is being answered in a browser. */
export interface Exchange {
  readonly authority: Authority;
  readonly tenant: KnownTenant;
  readonly browser: BrowserPort;
  readonly issuer: Issuer;
  readonly request: AuthorizationRequest;
  /** Whether the user was already asked for a further factor that the application wishes. */
  readonly isSteppedUp: boolean;
}

/** A refusal, and the application that gets it. */
export interface Refusal {
  readonly refused: AuthorizationRefused;
  readonly client: ClientRecord;
  readonly to: ReturnAddress;
  /** The user whom it is about, if one is signed in. */
  readonly userId?: string | null;
}

export interface ExchangesDeps {
  readonly codes: OneTimeCodeStore;
  readonly consents: Pick<ConsentService, 'covers'>;
  readonly credentials: AccountFactSource;
  readonly events: EventLog;
  readonly grants: Pick<GrantStore, 'mintAllowedCode'>;
  readonly hintedUsers: HintedUsers;
  readonly interactions: Pick<InteractionService, 'begin' | 'pageUrl'>;
  readonly sessions: Pick<SessionService, 'signedInOf' | 'touch'>;
  readonly clock: Clock;
}

const AUTHORIZE = 'authorize-';

/** Who resumes the interactions that are begun here: the endpoint of the same kind of issuer. */
export const interactionKind = (issuerKind: string): string => `${AUTHORIZE}${issuerKind}`;

/** The kind of issuer that resumes an interaction; null: another flow does. */
export const resumingIssuer = (kind: string): string | null =>
  kind.startsWith(AUTHORIZE) ? kind.slice(AUTHORIZE.length) : null;

/** Nothing is missing but a consent, or a factor that the application wishes. */
const SIGNED_IN: SignInLack = { mustAuthenticate: false, mustChoose: false, factors: 1 };

/** How the pages begin, unless with the sign-in. */
type PagesBegin = Pick<NewInteraction, 'proved' | 'isRegistering'>;

/** How the pages ended. */
interface EndedPages {
  readonly session: Pick<SessionRow, 'id'>;
  readonly begunAt: Date;
}

/** Answers checked requests: with a code, a refusal, or pages on which the user does what is missing. */
export class Exchanges {
  readonly #deps: ExchangesDeps;

  constructor(deps: ExchangesDeps) {
    this.#deps = deps;
  }

  /** Answers a request by the session of its browser. */
  async proceed(exchange: Exchange, session: SignedInSession | null): Promise<AuthorizationAnswer> {
    try {
      return await this.#proceed(exchange, session);
    } catch (error) {
      return this.#refuseThrown(exchange, session, error);
    }
  }

  /** Answers a request whose user makes an account first: with pages, even if another user is signed in. */
  async register(exchange: Exchange): Promise<AuthorizationAnswer> {
    const { subject, factor } = exchange.request;
    // The new account is no user whom the application knows, and may not show the second factor of one.
    const request = { ...exchange.request, subject: factor === undefined ? null : subject };
    const now = this.#deps.clock.now();
    try {
      if (request.prompts.has('none')) throw refuseSilent(request, null, now);
      const lack = {
        ...SIGNED_IN,
        ...findLack(request, null, now, reachableAcr(exchange.tenant)),
        mustAuthenticate: true,
        mustChoose: false,
      };
      return await this.#ask({ ...exchange, request }, lack, { isRegistering: true });
    } catch (error) {
      return this.#refuseThrown(exchange, null, error);
    }
  }

  /**
   * Answers a request whose user has come back from the pages.
   * @param ended The session in which they ended, and when they began. If the browser has another one now, the request begins again.
   */
  async finish(exchange: Exchange, ended: EndedPages): Promise<AuthorizationAnswer> {
    const session = await this.#deps.sessions.signedInOf(exchange.browser, exchange.tenant);
    if (session?.id !== ended.session.id) return this.proceed(exchange, session);
    // What the pages did is not demanded a second time, however long the user stayed on them. A choice or a consent is no sign-in.
    const isSignedInThere = session.authTime >= ended.begunAt;
    const maxAgeSeconds = isSignedInThere ? null : exchange.request.maxAgeSeconds;
    const request = { ...exchange.request, prompts: NO_PROMPTS, maxAgeSeconds };
    try {
      assertSignedIn(request, session);
      await this.#assertNewUser(exchange, session);
      return await this.#proceed({ ...exchange, request }, session);
    } catch (error) {
      return this.#refuseThrown(exchange, session, error);
    }
  }

  /** @throws AuthorizationRefused The account is not that of the new user whom the application has named. */
  async #assertNewUser({ tenant, request }: Exchange, { userId }: SessionRow): Promise<void> {
    const { loginHint, factor } = request;
    if (factor?.isOfNewUser !== true) return;
    const { email } = factor;
    if (await this.#deps.hintedUsers.isNamed(tenant, { loginHint, email }, userId)) return;
    throw new AuthorizationRefused('login_required', 'Another user has signed in.');
  }

  /** Answers with a refusal, which is recorded first. */
  async refuse(
    { authority, issuer }: Pick<Exchange, 'authority' | 'issuer'>,
    { refused, client, to, userId = null }: Refusal,
  ): Promise<AuthorizationAnswer> {
    await this.#deps.events.append(authority.caller, authority.tenant, {
      type: oauthEvents['authorization.refused'],
      subjectId: userId,
      clientId: client.client.clientId,
      outcome: 'failure',
      reason: refused.code,
      params: { issuerKind: issuer.kind.kind },
    });
    return answerTo(to, issuer, { error: refused.code, error_description: refused.message });
  }

  /** The page of an interaction. */
  async showPage({ caller, tenant }: Authority, handle: string): Promise<AuthorizationAnswer> {
    const pageUrl = await this.#deps.interactions.pageUrl(tenant, caller.origin.host, handle);
    return { kind: 'interaction', handle, pageUrl };
  }

  #refuseThrown({ request, ...exchange }: Exchange, session: SessionRow | null, error: unknown) {
    if (!(error instanceof AuthorizationRefused)) throw error;
    const userId = session?.userId ?? null;
    return this.refuse(exchange, { refused: error, client: request.client, to: request, userId });
  }

  async #proceed(exchange: Exchange, session: SignedInSession | null): Promise<AuthorizationAnswer> {
    const { request } = exchange;
    const now = this.#deps.clock.now();
    const isSilent = request.prompts.has('none');
    const lack = findLack(request, session, now, reachableAcr(exchange.tenant));
    if (lack !== null || session === null) {
      if (isSilent) throw refuseSilent(request, session, now);
      return this.#ask(exchange, lack ?? SIGNED_IN);
    }
    // What was demanded of the account since it signed in is asked for on the pages, which keep its session.
    if (await this.#lacksStep(exchange, session)) {
      if (isSilent) throw new AuthorizationRefused('interaction_required', 'The user must complete the sign-in.');
      return this.#ask(exchange, SIGNED_IN);
    }
    if (!isSilent && (await this.#canStepUp(exchange, session)))
      return this.#ask({ ...exchange, isSteppedUp: true }, { ...SIGNED_IN, factors: 2 });
    const needsConsent = await this.#needsConsent(exchange, session);
    assertOwnDecision(request, needsConsent, session);
    const code = needsConsent ? null : await this.#mint(exchange, session);
    if (code !== null) return this.#grant(exchange, session, code);
    if (isSilent) throw new AuthorizationRefused('consent_required', 'The user must be asked for consent.');
    return this.#ask(exchange, SIGNED_IN);
  }

  /** Whether the account has something to do by now, because more was demanded of it since its session began. */
  async #lacksStep({ tenant, issuer }: Exchange, session: SignedInSession): Promise<boolean> {
    const { userId, amr } = session;
    const asked = {
      userId,
      user: session,
      factors: 1,
      isStrict: issuer.kind.isRoleBased,
      amr,
      isProvedNow: false,
    } as const;
    return missingStep(await accountFacts(this.#deps.credentials, tenant, asked)) !== null;
  }

  /** Whether the application wishes a factor that the user has not shown but has, and the tenant takes it. */
  async #canStepUp({ request, tenant, isSteppedUp }: Exchange, session: SessionRow): Promise<boolean> {
    if (isSteppedUp || findWishedFactors(request, session, reachableAcr(tenant)) === null) return false;
    return shownMethods(tenant, await this.#deps.credentials.acceptedAsSecond(tenant.id, session.userId)).length > 0;
  }

  async #needsConsent({ request, tenant }: Exchange, { userId }: SessionRow): Promise<boolean> {
    const demand = consentDemand(request);
    if (demand === null || demand.isForced) return demand !== null;
    const { client } = request.client;
    return !(await this.#deps.consents.covers(tenant.id, { userId, client, scopes: demand.scopes }));
  }

  async #ask(exchange: Exchange, lack: SignInLack, how: PagesBegin = {}): Promise<AuthorizationAnswer> {
    return this.showPage(exchange.authority, await this.#beginPages(exchange, lack, how));
  }

  /** Begins the pages for a user who has proved an account elsewhere, who alone can finish. @returns The handle. */
  beginProved(exchange: Exchange, proved: ProvedElsewhere): Promise<string> {
    return this.#beginPages(exchange, SIGNED_IN, { proved });
  }

  async #beginPages(exchange: Exchange, lack: SignInLack, how: PagesBegin): Promise<string> {
    const { authority, browser, issuer, request, isSteppedUp } = exchange;
    const { client, locales, factor, subject } = request;
    const { isRoleBased: isStrict } = issuer.kind;
    const consent = consentDemand(request);
    const asked = { ...lack, isStrict, consent, locales, ...factorDemands(request, lack) };
    const demands: SignInDemands = { ...asked, ...userOf(request, how, asked.userId) };
    const { handle } = await this.#deps.interactions.begin(authority, browser, {
      kind: interactionKind(issuer.kind.kind),
      purpose: { ...storeRequest(request, { issuerKind: issuer.kind.kind, issuerHost: issuer.host, isSteppedUp }) },
      resumeAt: issuer.resumeUrl,
      clientId: client.client.clientId,
      demands,
      ...(factor?.isOfNewUser === true && subject === null ? { isRegistering: true } : {}),
      ...how,
    });
    return handle;
  }

  /** A code; null if the user has revoked the consent since it was found. */
  #mint({ tenant, issuer, request }: Exchange, session: SessionRow): Promise<string | null> {
    const { codes, grants, clock } = this.#deps;
    const { client, redirectUri, challenge, scopes, isOffline, nonce, claims } = request;
    const now = clock.now();
    const input: NewCode & { readonly now: Date } = {
      userId: session.userId,
      now,
      expiresAt: addSeconds(now, codeSecondsOf(tenant.settings)),
      payload: {
        clientUuid: client.client.id,
        redirectUri,
        issuerKind: issuer.kind.kind,
        issuerHost: issuer.host,
        challenge,
        sessionId: session.id,
        scopes,
        isOffline,
        nonce,
        authTime: session.authTime.toISOString(),
        acr: statedAcr(request, session),
        amr: session.amr,
        claims,
      },
    };
    const demand = consentDemand(request);
    return demand === null ? mintCode(codes, tenant, input) : grants.mintAllowedCode(tenant, input, demand.scopes);
  }

  /** Answers with a code. What it is redeemed for has an event, and where the tenant asks for it, the code has one too. */
  async #grant(exchange: Exchange, session: SessionRow, code: string): Promise<AuthorizationAnswer> {
    const { tenant, issuer, request } = exchange;
    await this.#deps.sessions.touch(tenant, session);
    if (tenant.settings.recordAuthorizations) await this.#recordGranted(exchange, session);
    return answerTo(request, issuer, { code, ...(issuer.kind.isRoleBased ? { session_state: session.id } : {}) });
  }

  async #recordGranted({ authority, tenant, issuer, request }: Exchange, { id, userId }: SessionRow): Promise<void> {
    const user = { ...authority.caller, kind: 'user', userId };
    await this.#deps.events.append(user, tenant, {
      type: oauthEvents['authorization.granted'],
      subjectId: userId,
      clientId: request.client.client.clientId,
      sessionId: id,
      params: { issuerKind: issuer.kind.kind, scopes: request.scopes },
    });
  }
}

/** The only user who may finish, and the name to begin with: that of the application, unless the user was proved. */
const userOf = (
  { loginHint, factor }: AuthorizationRequest,
  { proved }: PagesBegin,
  userId: string | null,
): Pick<SignInDemands, 'userId' | 'loginHint'> =>
  proved === undefined
    ? { userId, loginHint: loginHint ?? factor?.email ?? null }
    : { userId: proved.user.id, loginHint: null };

const NO_PROMPTS: AuthorizationRequest['prompts'] = new Set();
