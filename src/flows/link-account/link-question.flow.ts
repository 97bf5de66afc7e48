import { Authority, isRecentSignIn } from '../../access/index.ts';
import type { ClientDirectory } from '../../clients/index.ts';
import type { Sealer } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type FederationLinkService, type FederationProviderStore, findProvider } from '../../federation/index.ts';
import { addSeconds, type BrowserPort, type Clock, IdentityError, type TenantRef } from '../../kernel/index.ts';
import {
  isBoundBrowser,
  type OneTimeCodeStore,
  requireBrowser,
  type SessionRow,
  type SessionService,
} from '../../sessions/index.ts';
import { type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import { type AccountSource, getAccount, userErrors } from '../../users/index.ts';
import { type InteractionService, type ShownApplication, showApplication } from '../interaction/index.ts';
import { type ShownAccount, showAccount } from '../shown-account.ts';
import { linkAccountErrors } from './link-account.errors.ts';
import {
  continuingCaller,
  END,
  faultOf,
  type LinkingOutcome,
  openTokens,
  type PendingQuestion,
  QUESTION,
  refuseLinking,
  STATE_SECONDS,
} from './link-state.ts';

/** What the page asks: whether the external account is linked to the account. */
export interface LinkQuestion {
  readonly kind: 'question';
  readonly handle: string;
  /** Name of the provider to show. */
  readonly provider: string;
  /** Name of the external account; its id where the provider gives none. */
  readonly externalName: string;
  readonly account: ShownAccount;
  /** The application that began the linking; null when there is none any more. */
  readonly application: ShownApplication | null;
}

/** The question, or where the browser goes instead: to a sign-in, or back because there is nothing to ask any more. */
export type LinkQuestionAnswer = LinkQuestion | { readonly kind: 'sign-in' | 'end'; readonly redirectTo: string };

export interface LinkQuestionFlowDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly codes: OneTimeCodeStore;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly events: EventLog;
  readonly interactions: Pick<InteractionService, 'begin' | 'resume' | 'pageUrl'>;
  readonly links: Pick<FederationLinkService, 'linkProven'>;
  readonly providers: FederationProviderStore;
  readonly sessions: Pick<SessionService, 'ofBrowser'>;
  readonly users: AccountSource;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Address of the page that asks, at the host of the request where it is bound to the tenant. */
  readonly questionUrl: (tenant: TenantRef, host: string | null | undefined, handle: string) => Promise<string>;
}

/** Who resumes the sign-in that comes before the question. */
const SIGN_IN = 'link-account';

/** Errors with a specific outcome. Every other failure is a `server_error`, with its reason in the event. */
const OUTCOME_OF_CODE: Readonly<Record<string, LinkingOutcome>> = { LINK_ALREADY_BOUND: 'already_bound' };

/** A question as a request finds it. */
interface Found {
  readonly known: PendingQuestion;
  /** The account for which the linking was begun; null: that of the user who is signed in. */
  readonly begunFor: string | null;
  /** Null when nobody is signed in in the browser, somebody else than the account it was begun for, or too long ago. */
  readonly session: SessionRow | null;
}

/**
 * Asks the user of a browser whether an external account is linked, and links it. The browser must be signed in as the account
 * for which the linking was begun: otherwise an attacker could send a victim the address of a visit, and the victim's external
 * account would be linked to the attacker's user, or the attacker's external account to the victim's (RFC 9700 section 4.7). The sign-in must
 * be recent (check 54), because the user can sign in by the linked account from then on.
 */
export class LinkQuestionFlow {
  readonly #deps: LinkQuestionFlowDeps;

  constructor(deps: LinkQuestionFlowDeps) {
    this.#deps = deps;
  }

  /**
   * The question, once the right user is signed in in the browser; before that the sign-in to which the browser is sent.
   * @param signIn Handle of the sign-in from which the browser comes back.
   * @throws ACCOUNT_LINK_STATE_INVALID Unknown, answered, expired, or of another browser.
   * @throws BROWSER_REQUIRED, TOO_MANY_REQUESTS
   */
  async ask(
    authority: Authority,
    port: BrowserPort | null,
    { handle, signIn }: { readonly handle: string; readonly signIn?: string | null | undefined },
  ): Promise<LinkQuestionAnswer> {
    const { tenant } = authority;
    const browser = requireBrowser(port);
    const found = await this.#find(tenant, browser, handle);
    if (signIn != null) {
      const outcome = await this.#resume(authority, browser, signIn);
      if (outcome === 'open') return { kind: 'sign-in', redirectTo: await this.#signInUrl(authority, signIn) };
      if (outcome === 'cancelled') return { kind: 'end', redirectTo: await this.#decline(authority, found, handle) };
    }
    if (found.session === null) return this.#beginSignIn(authority, browser, found, handle);
    return this.#question(tenant, found, found.session, handle);
  }

  /**
   * Answers the question.
   * @param userId The account that the page named. The browser may have signed in to another one in the meantime.
   * @returns Where the browser goes: to the return address of the linking, which takes the outcome from `complete`.
   * @throws ACCOUNT_LINK_STATE_INVALID Unknown, answered, expired, or of another browser.
   * @throws ACCOUNT_LINK_SESSION_REQUIRED The user whom the page named is not signed in any more. The question stays.
   * @throws BROWSER_REQUIRED
   */
  async decide(
    authority: Authority,
    port: BrowserPort | null,
    {
      handle,
      userId,
      isConfirmed,
    }: { readonly handle: string; readonly userId: string; readonly isConfirmed: boolean },
  ): Promise<{ readonly redirectTo: string }> {
    const browser = requireBrowser(port);
    const found = await this.#find(authority.tenant, browser, handle);
    if (found.session?.userId !== userId) throw linkAccountErrors.ACCOUNT_LINK_SESSION_REQUIRED();
    if (!isConfirmed) return { redirectTo: await this.#decline(authority, found, handle) };
    await this.#take(authority.tenant, handle);
    const outcome = await this.#link(authority, found.known, found.session);
    return { redirectTo: await this.#end(authority.tenant, found.known, outcome) };
  }

  /** The session of a browser; null without one, and when its sign-in is too old for a change of credentials (check 54). */
  async #recentSession(tenant: TenantRef, browser: BrowserPort): Promise<SessionRow | null> {
    const { clock, directory, sessions } = this.#deps;
    const session = await sessions.ofBrowser(browser, tenant);
    if (session === null) return null;
    const known = await directory.byId(tenant.id);
    if (known === null) throw tenantErrors.TENANT_REQUIRED();
    return isRecentSignIn(session.authTime, known.settings.reauthSeconds, clock.now()) ? session : null;
  }

  async #find(tenant: TenantRef, browser: BrowserPort, handle: string): Promise<Found> {
    const row = await this.#deps.codes.find(tenant.id, QUESTION, handle);
    if (row === null) throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
    const known = row.payload as unknown as PendingQuestion;
    if (known.browserHash !== undefined && !isBoundBrowser(browser, tenant, known.browserHash))
      throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
    const session = await this.#recentSession(tenant, browser);
    const begunFor = row.userId ?? null;
    const isRight = session !== null && (begunFor === null || session.userId === begunFor);
    return { known, begunFor, session: isRight ? session : null };
  }

  /** How the sign-in before the question ended. One that was resumed before, by a reload, counts as done. */
  async #resume(authority: Authority, browser: BrowserPort, signIn: string): Promise<'open' | 'done' | 'cancelled'> {
    try {
      const { kind } = await this.#deps.interactions.resume(authority, browser, SIGN_IN, signIn);
      return kind === 'denied' ? 'cancelled' : kind;
    } catch (error) {
      if (error instanceof IdentityError && error.kind === 'not-found') return 'done';
      throw error;
    }
  }

  async #beginSignIn(
    authority: Authority,
    browser: BrowserPort,
    { known, begunFor }: Found,
    handle: string,
  ): Promise<LinkQuestionAnswer> {
    const { interactions, questionUrl } = this.#deps;
    const { tenant, caller } = authority;
    const begun = await interactions.begin(authority, browser, {
      kind: SIGN_IN,
      purpose: {},
      resumeAt: await questionUrl(tenant, caller.origin.host, handle),
      clientId: known.actor.clientId,
      demands: {
        mustAuthenticate: true,
        mustChoose: false,
        factors: 1,
        isStrict: false,
        userId: begunFor,
        loginHint: null,
        consent: null,
        locales: null,
      },
    });
    return { kind: 'sign-in', redirectTo: await this.#signInUrl(authority, begun.handle) };
  }

  #signInUrl({ tenant, caller }: Authority, handle: string): Promise<string> {
    return this.#deps.interactions.pageUrl(tenant, caller.origin.host, handle);
  }

  async #question(tenant: TenantRef, { known }: Found, { userId }: SessionRow, handle: string): Promise<LinkQuestion> {
    const { clients, providers, users } = this.#deps;
    const { provider: ref, externalId, externalName, actor } = known;
    const provider = await findProvider(providers, tenant.id, ref);
    const client = actor.clientId === null ? null : await clients.byClientId(tenant.id, actor.clientId);
    return {
      kind: 'question',
      handle,
      provider: provider?.displayName ?? ref.name,
      externalName: externalName ?? externalId,
      account: showAccount(await getAccount(users, tenant.id, userId)),
      application: client === null ? null : showApplication(client),
    };
  }

  async #decline({ caller, tenant }: Authority, { known, begunFor, session }: Found, handle: string): Promise<string> {
    await this.#take(tenant, handle);
    const who = { userId: session?.userId ?? begunFor, sessionId: session?.id ?? null };
    const refused = continuingCaller(known, tenant, caller, who);
    const fault = { fault: 'USER_DECLINED' };
    return this.#end(
      tenant,
      known,
      await refuseLinking(this.#deps.events, refused, tenant, known, 'access_denied', fault),
    );
  }

  /** Uses the question up, so that of two answers one counts. */
  async #take(tenant: TenantRef, handle: string): Promise<void> {
    if ((await this.#deps.codes.take(tenant.id, QUESTION, handle)) === null)
      throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
  }

  async #link({ caller, tenant }: Authority, known: PendingQuestion, session: SessionRow): Promise<LinkingOutcome> {
    const { events, links, providers, sealer, users } = this.#deps;
    const { userId, id: sessionId } = session;
    const { provider, externalId, externalName } = known;
    const linking = continuingCaller(known, tenant, caller, { userId, sessionId });
    try {
      if ((await findProvider(providers, tenant.id, provider))?.enabled !== true)
        throw linkAccountErrors.BIND_PROVIDER_UNKNOWN();
      if (!(await getAccount(users, tenant.id, userId)).enabled) throw userErrors.USER_NOT_FOUND();
      const tokens = openTokens(sealer, known);
      const input = { userId, provider, externalId, ...(externalName === null ? {} : { externalName }) };
      await links.linkProven(new Authority(linking, tenant, 'self'), input, tokens);
      return 'linked';
    } catch (error) {
      const fault = faultOf(error);
      const outcome = OUTCOME_OF_CODE[fault] ?? 'server_error';
      return refuseLinking(events, linking, tenant, known, outcome, { fault });
    }
  }

  /** Keeps the outcome until the browser is back. @returns The address to which it goes. */
  async #end(tenant: TenantRef, known: PendingQuestion, outcome: LinkingOutcome): Promise<string> {
    const { codes, clock } = this.#deps;
    const { provider, callback, isPopup, redirectUri } = known;
    const state = await codes.put(tenant, {
      kind: END,
      payload: { provider, callback, isPopup, outcome },
      expiresAt: addSeconds(clock.now(), STATE_SECONDS),
    });
    const url = new URL(redirectUri);
    url.searchParams.set('state', state);
    return url.href;
  }
}
