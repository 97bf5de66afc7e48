import { randomUUID } from 'node:crypto';
import { randomNonce, randomPKCECodeVerifier } from 'openid-client';
import { Authority, type Caller } from '../../access/index.ts';
import { type ClientDirectory, isRegisteredRedirect } from '../../clients/index.ts';
import type { Sealer } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import {
  checkedAccount,
  type FederationLinkService,
  type FederationProvider,
  type FederationProviderStore,
  findProvider,
  parseProviderKey,
  providerKey,
} from '../../federation/index.ts';
import { addSeconds, type BrowserPort, type Clock, type IdentityError, type TenantRef } from '../../kernel/index.ts';
import { bindBrowser, isBoundBrowser, type OneTimeCodeStore, requireBrowser } from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import { isOwnAddress } from '../own-origin.ts';
import { linkAccountErrors } from './link-account.errors.ts';
import {
  continuingCaller,
  END,
  type EndedLinking,
  endAddress,
  faultOf,
  type LinkingOutcome,
  type PendingQuestion,
  type PendingVisit,
  QUESTION,
  refuseLinking,
  STATE_SECONDS,
  sealTokens,
  VISIT,
} from './link-state.ts';
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

export interface LinkingResult {
  /** `confirmation`: nothing is linked yet, a page asks the user. */
  readonly outcome: LinkingOutcome | 'confirmation';
  readonly callback: string;
  readonly isPopup: boolean;
  /** The page that asks, or the callback, with `error` and `error_description` unless the account was linked. */
  readonly redirectTo: string;
}

export interface LinkAccountFlowDeps {
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly codes: OneTimeCodeStore;
  readonly directory: Pick<TenantDirectory, 'byHost'>;
  readonly events: EventLog;
  readonly links: Pick<FederationLinkService, 'userToChange'>;
  readonly providers: FederationProviderStore;
  readonly upstream: Upstream;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Origin of this service. */
  readonly publicUrl: string;
  /** Address of the page that asks, at the host of the request where it is bound to the tenant. */
  readonly questionUrl: (tenant: TenantRef, host: string | null | undefined, handle: string) => Promise<string>;
}

/** Providers' codes are below 2,000 characters; a longer one is cut, and its provider then refuses it. */
const MAX_CODE = 4096;

/**
 * Proves that a user owns an external account, by a visit to its provider. `LinkQuestionFlow` asks before the account is linked.
 */
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
    const pending: PendingVisit = {
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
      kind: VISIT,
      userId,
      payload: { ...pending },
      expiresAt: addSeconds(this.#deps.clock.now(), STATE_SECONDS),
      code: visit.state,
    });
    return { redirectTo };
  }

  /**
   * Takes what the browser brought back. From the provider: uses the state up and redeems the code; a page then asks the user, to
   * which the browser is sent. From that page: how the question ended. Failures of the provider are an outcome and no error,
   * because the browser must return to its application.
   * @param authority Any caller: the state contains what was allowed.
   * @param browser The browser that came back; needed if the linking was begun in one.
   * @throws ACCOUNT_LINK_STATE_INVALID Unknown, used, expired, of another provider, or begun in another browser, where it
   *   stays valid.
   * @throws BROWSER_REQUIRED The linking was begun in a browser, and this request comes from none. The state stays valid.
   */
  async complete(authority: Authority, input: CompleteLinking, browser: BrowserPort | null): Promise<LinkingResult> {
    const { codes } = this.#deps;
    const { tenant } = authority;
    const found = await codes.find(tenant.id, VISIT, input.state);
    if (found === null) return this.#end(tenant, input);
    const known = found.payload as unknown as PendingVisit;
    assertProvider(known, input);
    await this.#requireSameBrowser(authority, known, browser);
    const taken = await codes.take(tenant.id, VISIT, input.state);
    if (taken === null) throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
    const userId = taken.userId ?? null;
    const caller = continuingCaller(known, tenant, authority.caller, { userId, sessionId: null });
    const outcome = await this.#prove(new Authority(caller, tenant, 'self'), known, input);
    const { callback, isPopup } = known;
    if (typeof outcome === 'string') return { outcome, callback, isPopup, redirectTo: endAddress(callback, outcome) };
    const handle = await codes.put(tenant, {
      kind: QUESTION,
      userId,
      payload: { ...outcome },
      expiresAt: addSeconds(this.#deps.clock.now(), STATE_SECONDS),
    });
    const redirectTo = await this.#deps.questionUrl(tenant, authority.caller.origin.host, handle);
    return { outcome: 'confirmation', callback, isPopup, redirectTo };
  }

  /** How a question ended. @throws ACCOUNT_LINK_STATE_INVALID */
  async #end(tenant: TenantRef, input: CompleteLinking): Promise<LinkingResult> {
    const found = await this.#deps.codes.find(tenant.id, END, input.state);
    if (found === null) throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
    const { outcome, callback, isPopup, provider } = found.payload as unknown as EndedLinking;
    assertProvider({ provider }, input);
    if ((await this.#deps.codes.take(tenant.id, END, input.state)) === null)
      throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
    return { outcome, callback, isPopup, redirectTo: endAddress(callback, outcome) };
  }

  /**
   * Login CSRF: an attacker began the linking and sent the provider's address to a victim, whose external account would be
   * linked to the attacker's user.
   */
  async #requireSameBrowser(
    { caller, tenant }: Authority,
    pending: PendingVisit,
    browser: BrowserPort | null,
  ): Promise<void> {
    if (pending.browserHash === undefined) return;
    if (isBoundBrowser(requireBrowser(browser), tenant, pending.browserHash)) return;
    await refuseLinking(this.#deps.events, caller, tenant, pending, 'access_denied', { fault: 'OTHER_BROWSER' });
    throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
  }

  /** The external account as the provider proves it, or the outcome of a visit that proved none. */
  async #prove(
    { caller, tenant }: Authority,
    pending: PendingVisit,
    input: CompleteLinking,
  ): Promise<PendingQuestion | LinkingOutcome> {
    const { events } = this.#deps;
    if (input.error != null) {
      const outcome = input.error === 'access_denied' ? 'access_denied' : 'server_error';
      return refuseLinking(events, caller, tenant, pending, outcome, { provider_error: input.error });
    }
    try {
      return await this.#redeem(tenant, pending, input);
    } catch (error) {
      return refuseLinking(events, caller, tenant, pending, 'server_error', { fault: faultOf(error) });
    }
  }

  async #redeem(tenant: TenantRef, pending: PendingVisit, input: CompleteLinking): Promise<PendingQuestion> {
    const { providers, sealer, upstream } = this.#deps;
    const provider = await findProvider(providers, tenant.id, pending.provider);
    if (provider?.enabled !== true) throw linkAccountErrors.BIND_PROVIDER_UNKNOWN();
    const { nonce, sealedVerifier, ...begun } = pending;
    const codeVerifier = sealer.open(sealedVerifier, input.state).toString('utf8');
    const visit: Visit = { state: input.state, nonce, codeVerifier, redirectUri: pending.redirectUri };
    const answer = { code: (input.code ?? '').slice(0, MAX_CODE), issuer: input.issuer ?? undefined };
    const { tokens, ...named } = await upstream.redeem(provider, visit, answer);
    const { externalId, externalName } = checkedAccount(named);
    const sealedTokens = tokens === null || !provider.storeTokens ? null : sealTokens(sealer, tokens, externalId);
    return { ...begun, externalId, externalName: externalName ?? null, sealedTokens };
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
    if (!isPlain || !(address === callback || (await isOwnAddress(this.#deps, tenant, url))))
      throw atField('BIND_REDIRECT_INVALID', 'input.redirectUri');
    return address;
  }
}

function actorOf({ userId, clientId, clientUuid, clientAuth, sessionId }: Caller): PendingVisit['actor'] {
  return { userId, clientId, clientUuid, clientAuth, sessionId };
}

/** @throws ACCOUNT_LINK_STATE_INVALID The browser came back from another provider. */
function assertProvider({ provider }: Pick<PendingVisit, 'provider'>, input: CompleteLinking): void {
  if (input.provider != null && input.provider !== providerKey(provider))
    throw linkAccountErrors.ACCOUNT_LINK_STATE_INVALID();
}

function atField(code: keyof typeof linkAccountErrors.rows, path: string): IdentityError {
  const { message } = linkAccountErrors.rows[code];
  return linkAccountErrors[code]({ fields: [{ path, code, message }] });
}
