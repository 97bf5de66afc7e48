import { randomUUID } from 'node:crypto';
import { randomNonce, randomPKCECodeVerifier } from 'openid-client';
import { Authority, anonymousCaller, type Caller } from '../../access/index.ts';
import { type ClientDirectory, isRegisteredRedirect } from '../../clients/index.ts';
import type { Sealer } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import {
  type FederationLinkService,
  type FederationProvider,
  type FederationProviderStore,
  federationEvents,
  findProvider,
  type ProviderRef,
  parseProviderKey,
  providerKey,
} from '../../federation/index.ts';
import {
  addSeconds,
  type BrowserPort,
  type Clock,
  hostNameOf,
  IdentityError,
  originAt,
  type TenantRef,
} from '../../kernel/index.ts';
import {
  bindBrowser,
  isBoundBrowser,
  type OneTimeCodeStore,
  requireBrowser,
  type SessionRow,
  type SessionService,
} from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import { type AccountSource, getAccount, userErrors } from '../../users/index.ts';
import { withError } from './callback.ts';
import { linkAccountErrors } from './link-account.errors.ts';
import type { Upstream, Visit } from './upstream.ts';

/** The kind of issuer whose applications begin links: their redirect addresses may be prefixes. */
const CALLBACK_KIND = 'suite';

export interface BeginLinking {
  /**
   * The user to link the account to. Default: the caller; for an application, the user who is signed in when the browser
   * returns.
   */
  readonly userId?: string | null | undefined;
  /** `type:name`. */
  readonly provider: string;
  /** Address to which the browser returns in the end. */
  readonly callback: string;
  /** Default false. */
  readonly isPopup?: boolean | null | undefined;
  /**
   * Where the provider sends the browser: an address of this service that calls `complete`. Default: the callback itself,
   * for an application that calls `complete` itself.
   */
  readonly redirectUri?: string | null | undefined;
}

/** Parameters with which the provider sent the browser back. */
export interface CompleteLinking {
  readonly state: string;
  readonly code?: string | null | undefined;
  /** The provider's error (RFC 6749 section 4.1.2.1). */
  readonly error?: string | null | undefined;
  /** The provider's `iss` (RFC 9207). */
  readonly issuer?: string | null | undefined;
  /** `type:name` of the provider that the redirect address is for; refused unless it is the provider of `begin`. */
  readonly provider?: string | null | undefined;
}

/** `linked`, or the reason of the failure. */
export type LinkingOutcome = 'linked' | 'access_denied' | 'already_bound' | 'server_error';

export interface LinkingResult {
  readonly outcome: LinkingOutcome;
  readonly callback: string;
  readonly isPopup: boolean;
  /** The callback, with `error` and `error_description` unless the account was linked. */
  readonly redirectTo: string;
}

export interface LinkAccountFlowDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly codes: OneTimeCodeStore;
  readonly directory: Pick<TenantDirectory, 'byHost'>;
  readonly events: EventLog;
  readonly links: FederationLinkService;
  readonly providers: FederationProviderStore;
  readonly upstream: Upstream;
  readonly users: AccountSource;
  readonly sealer: Sealer;
  readonly sessions: Pick<SessionService, 'ofBrowser'>;
  readonly clock: Clock;
  /** Origin of this service. */
  readonly publicUrl: string;
}

const KIND = 'account-link';
/** Long enough for a sign-in with a second factor at the provider. */
const STATE_SECONDS = 600;
/** Providers' codes are below 2,000 characters; a longer one is cut, and its provider then refuses it. */
const MAX_CODE = 4096;

/** State that is stored between `begin` and `complete`. */
interface Pending {
  readonly provider: ProviderRef;
  readonly callback: string;
  readonly isPopup: boolean;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly sealedVerifier: string;
  /** The mark of the browser in which the linking was begun and must end; absent when it was begun in none. */
  readonly browserHash?: string;
  /** The caller of `begin`. */
  readonly actor: Pick<Caller, 'userId' | 'clientId' | 'clientUuid' | 'clientAuth' | 'sessionId'>;
}

const DESCRIPTIONS: Readonly<Record<Exclude<LinkingOutcome, 'linked'>, string>> = {
  access_denied: 'The account was not linked: access was denied.',
  already_bound: 'The external account is linked to another user.',
  server_error: 'The account could not be linked. Try again later.',
};

/** Errors with a specific outcome. Every other failure is a `server_error`, with its reason in the event. */
const OUTCOME_OF_CODE: Readonly<Record<string, LinkingOutcome>> = { LINK_ALREADY_BOUND: 'already_bound' };

/** Links an external account after its owner signed in at the provider, which proves the ownership. */
export class LinkAccountFlow {
  readonly #deps: LinkAccountFlowDeps;

  constructor(deps: LinkAccountFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Begins the linking.
   * @param browser The browser of a page of this service. The linking then ends in this browser alone.
   * @returns The address to send the browser to.
   * @throws BIND_PROVIDER_UNKNOWN, BIND_CALLBACK_NOT_REGISTERED, BIND_REDIRECT_INVALID, USER_NOT_FOUND, ACCOUNT_GUARDED,
   *   FORBIDDEN, REAUTHENTICATION_REQUIRED
   * @throws FEDERATION_PROVIDER_UNREACHABLE The provider's metadata cannot be read.
   */
  async begin(
    authority: Authority,
    input: BeginLinking,
    browser: BrowserPort | null,
  ): Promise<{ readonly redirectTo: string }> {
    const { tenant, caller } = authority;
    const userId = await this.#account(authority, input.userId ?? caller.userId);
    const provider = await this.#enabledProvider(tenant, input.provider);
    await this.#assertCallback(caller, input.callback);
    const redirectUri = await this.#redirectUri(tenant, input);
    const visit = { state: randomUUID(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier(), redirectUri };
    const redirectTo = await this.#deps.upstream.authorizationUrl(provider, visit);
    const pending: Pending = {
      provider: { type: provider.type, name: provider.name },
      callback: input.callback,
      isPopup: input.isPopup ?? false,
      redirectUri,
      nonce: visit.nonce,
      sealedVerifier: this.#deps.sealer.seal(visit.codeVerifier, visit.state),
      ...(browser === null ? {} : { browserHash: bindBrowser(browser, tenant) }),
      actor: actorOf(caller),
    };
    await this.#deps.codes.put(tenant, {
      kind: KIND,
      userId,
      payload: { ...pending },
      expiresAt: addSeconds(this.#deps.clock.now(), STATE_SECONDS),
      code: visit.state,
    });
    return { redirectTo };
  }

  /**
   * Completes the linking: uses the state up, redeems the code, links the account. Failures of the provider are an outcome
   * and no error, because the browser must return to its application.
   *
   * If the linking was begun without a browser, by an application or with a user's token, the state is bound to none. An
   * attacker can then make a victim open the return address, which links the attacker's external account to the victim's user
   * where no user was named, and the victim's external account to the attacker's user where one was and nobody is signed in.
   * Before linked accounts can be used to sign in, the browser that returns must be signed in as the named user, and a page must
   * ask for consent before this call.
   * @param authority Any caller: the state contains what was allowed.
   * @param browser The browser that came back. Its session, if it has one, says who is signed in.
   * @throws ACCOUNT_LINK_STATE_INVALID Unknown, used, expired, of another provider, or begun in another browser, where it
   *   stays valid.
   * @throws BROWSER_REQUIRED The linking was begun in a browser, and this request comes from none. The state stays valid.
   * @throws ACCOUNT_LINK_SESSION_REQUIRED An application began the linking without a user, and no user is signed in. The
   *   state stays valid.
   */
  async complete(sender: Authority, input: CompleteLinking, browser: BrowserPort | null): Promise<LinkingResult> {
    const { codes } = this.#deps;
    const { tenant } = sender;
    const found = await codes.find(tenant.id, KIND, input.state);
    const known = found?.payload as unknown as Pending | undefined;
    if (known === undefined || (input.provider != null && input.provider !== providerKey(known.provider)))
      throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
    const session = await this.#deps.sessions.ofBrowser(browser, tenant);
    const authority = session === null ? sender : authorityOf(session, sender);
    const signedIn = session?.userId ?? null;
    await this.#requireSameBrowser(authority, known, browser);
    if (found!.userId === null && signedIn === null && input.error == null)
      throw linkAccountErrors.ACCOUNT_LINK_SESSION_REQUIRED();
    const taken = await codes.take(tenant.id, KIND, input.state);
    if (taken === null) throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
    const visited = new Authority(continuation(known, tenant, authority, taken.userId ?? signedIn), tenant, 'self');
    const outcome = await this.#outcome(visited, known, input, { begunFor: taken.userId ?? null, signedIn });
    const { callback, isPopup } = known;
    const redirectTo = outcome === 'linked' ? callback : withError(callback, outcome, DESCRIPTIONS[outcome]);
    return { outcome, callback, isPopup, redirectTo };
  }

  /**
   * Login CSRF: an attacker began the linking and sent the provider's address to a victim, whose external account would be
   * linked to the attacker's user.
   */
  async #requireSameBrowser(authority: Authority, pending: Pending, browser: BrowserPort | null): Promise<void> {
    if (pending.browserHash === undefined) return;
    if (isBoundBrowser(requireBrowser(browser), authority.tenant, pending.browserHash)) return;
    await this.#refused(authority, pending, 'access_denied', { fault: 'OTHER_BROWSER' });
    throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
  }

  async #outcome(
    authority: Authority,
    pending: Pending,
    input: CompleteLinking,
    { begunFor, signedIn }: { readonly begunFor: string | null; readonly signedIn: string | null },
  ): Promise<LinkingOutcome> {
    if (input.error != null)
      return this.#refused(authority, pending, input.error === 'access_denied' ? 'access_denied' : 'server_error', {
        provider_error: input.error,
      });
    // Login CSRF, as in `#requireSameBrowser`, where an application began the linking.
    if (begunFor !== null && signedIn !== null && begunFor !== signedIn)
      return this.#refused(authority, pending, 'access_denied', { fault: 'OTHER_USER_SIGNED_IN' });
    try {
      await this.#link(authority, pending, input, (begunFor ?? signedIn)!);
      return 'linked';
    } catch (error) {
      const fault = faultOf(error);
      return this.#refused(authority, pending, OUTCOME_OF_CODE[fault] ?? 'server_error', { fault });
    }
  }

  async #link(authority: Authority, pending: Pending, input: CompleteLinking, userId: string): Promise<void> {
    const { links, providers, sealer, upstream, users } = this.#deps;
    const provider = await findProvider(providers, authority.tenant.id, pending.provider);
    if (provider?.enabled !== true) throw linkAccountErrors.BIND_PROVIDER_UNKNOWN();
    if (!(await getAccount(users, authority.tenant.id, userId)).enabled) throw userErrors.USER_NOT_FOUND();
    const visit: Visit = {
      state: input.state,
      nonce: pending.nonce,
      codeVerifier: sealer.open(pending.sealedVerifier, input.state).toString('utf8'),
      redirectUri: pending.redirectUri,
    };
    const answer = { code: (input.code ?? '').slice(0, MAX_CODE), issuer: input.issuer ?? undefined };
    const { externalId, externalName, tokens } = await upstream.redeem(provider, visit, answer);
    await links.linkProven(authority, { userId, provider: pending.provider, externalId, externalName }, tokens);
  }

  async #refused(
    authority: Authority,
    { provider }: Pending,
    outcome: LinkingOutcome,
    more: Readonly<Record<string, unknown>>,
  ): Promise<LinkingOutcome> {
    await this.#deps.events.append(authority.caller, authority.tenant, {
      type: federationEvents['federation_link.refused'],
      subjectId: authority.caller.userId,
      outcome: 'failure',
      reason: outcome,
      params: { provider_type: provider.type, provider_name: provider.name, ...more },
    });
    return outcome;
  }

  async #account(authority: Authority, userId: string | null): Promise<string | null> {
    return userId === null ? null : (await this.#deps.links.userToChange(authority, userId)).id;
  }

  async #enabledProvider(tenant: TenantRef, key: string): Promise<FederationProvider> {
    const ref = parseProviderKey(key);
    const provider = ref === null ? null : await findProvider(this.#deps.providers, tenant.id, ref);
    if (provider?.enabled !== true) throw atField('BIND_PROVIDER_UNKNOWN', 'input.provider');
    return provider;
  }

  async #assertCallback(caller: Caller, callback: string): Promise<void> {
    const { clientId, tenant } = caller;
    const record = clientId && tenant ? await this.#deps.clients.byClientId(tenant.id, clientId) : null;
    if (record === null || !isRegisteredRedirect(callback, record.client.redirects ?? [], CALLBACK_KIND))
      throw atField('BIND_CALLBACK_NOT_REGISTERED', 'input.callback');
  }

  /** Allows only an address of this service or the callback, so that no parameter can send a code to another address. */
  async #redirectUri(tenant: TenantRef, { redirectUri, callback }: BeginLinking): Promise<string> {
    const address = redirectUri ?? callback;
    const url = URL.canParse(address) ? new URL(address) : null;
    // The provider adds its parameters to the address, and compares the whole of it.
    const isPlain = url !== null && url.search === '' && url.hash === '' && url.href === address;
    if (!isPlain || !(address === callback || (await this.#isOwn(tenant, url))))
      throw atField('BIND_REDIRECT_INVALID', 'input.redirectUri');
    return address;
  }

  async #isOwn(tenant: TenantRef, url: URL): Promise<boolean> {
    const { directory, publicUrl } = this.#deps;
    if (url.origin === new URL(publicUrl).origin) return true;
    const host = hostNameOf(url.host);
    return (
      host !== null && url.origin === originAt(publicUrl, host) && (await directory.byHost(host))?.id === tenant.id
    );
  }
}

function actorOf({ userId, clientId, clientUuid, clientAuth, sessionId }: Caller): Pending['actor'] {
  return { userId, clientId, clientUuid, clientAuth, sessionId };
}

/** The user of a browser's session, in place of the caller who sent the request. */
function authorityOf({ userId, id: sessionId, authTime, amr }: SessionRow, { caller, tenant, reach }: Authority) {
  const anonymous = anonymousCaller(caller.origin);
  return new Authority({ ...anonymous, kind: 'user', tenant, userId, sessionId, authTime, amr }, tenant, reach);
}

/**
 * The caller that completes the linking: the user, with the client that began it and the origin of the browser. It holds no
 * permissions, because `begin` has checked them.
 */
function continuation({ actor }: Pending, tenant: TenantRef, { caller }: Authority, userId: string | null): Caller {
  const sessionId = caller.userId === userId ? caller.sessionId : actor.userId === userId ? actor.sessionId : null;
  return {
    ...caller,
    kind: userId === null ? 'anonymous' : 'user',
    tenant,
    userId,
    clientId: actor.clientId,
    clientUuid: actor.clientUuid,
    clientAuth: actor.clientAuth,
    sessionId,
  };
}

/**
 * The code of an error of this service or of the library, for the event. Never a message, which may contain data of the
 * provider.
 */
function faultOf(error: unknown): string {
  if (error instanceof IdentityError) return error.code;
  const { code, error: providerError } = error as { code?: unknown; error?: unknown };
  if (typeof providerError === 'string') return providerError;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}

function atField(code: keyof typeof linkAccountErrors.rows, path: string): IdentityError {
  const { message } = linkAccountErrors.rows[code];
  return linkAccountErrors[code]({ fields: [{ path, code, message }] });
}
