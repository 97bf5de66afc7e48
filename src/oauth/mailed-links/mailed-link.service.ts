import type { Authority } from '../../access/index.ts';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import { isMailbox } from '../../delivery/index.ts';
import {
  confirmsOnly,
  type InteractionService,
  LINK_ACTIONS,
  LINK_AMR,
  type LinkAction,
  type MailedLink,
  type MailedLinkFlow,
  mailedLinkErrors,
  RESERVED_ID,
  type ShownLink,
  type SignInDemands,
} from '../../flows/index.ts';
import { type BrowserPort, IdentityError, invalidField, kernelErrors, requireText } from '../../kernel/index.ts';
import { requireBrowser } from '../../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import { type User, type UserService, userErrors } from '../../users/index.ts';
import type { AuthorizationAnswer } from '../authorize/answer.ts';
import type { AuthorizationService } from '../authorize/authorization.service.ts';
import { checkAuthorization } from '../authorize/checks.ts';
import { RequestParameters } from '../authorize/parameters.ts';
import { type StoredRequest, storeRequest } from '../authorize/stored-request.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { Issuer } from '../issuers/issuers.ts';
import { assertLeadsTo, assertTarget, findReturn, type LinkTarget, requireLinkClient } from './link-target.ts';

/** A link by which a user signs in to an application. */
export interface SendSignInLink {
  readonly issuerKind: string;
  /** Address of the account. */
  readonly email: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly responseMode: string;
  /** Whether to create the account where there is none. Default false. */
  readonly isUserCreated?: boolean;
  /** Whether the user chooses a new password first. Default false. */
  readonly needPasswordChange?: boolean;
}

/** A link by which a user carries out actions. */
export interface SendActionsLink {
  readonly issuerKind: string;
  readonly userId: string;
  readonly actions: readonly string[];
  readonly clientId?: string | null;
  readonly redirectUri?: string | null;
  /** Default: that of the tenant for links of administrators. */
  readonly lifeSeconds?: number | null;
}

/** A browser that comes back from the pages on which its user carried out actions. */
export interface ResumedLink {
  readonly issuerKind: string;
  /** The handle of the interaction. */
  readonly handle: string;
}

/** What the browser does next. */
export type MailedLinkAnswer =
  | AuthorizationAnswer
  /** Nothing is left to do, and there is no address to return to. */
  | { readonly kind: 'end'; readonly isCompleted: boolean };

export interface MailedLinkServiceDeps {
  readonly authorization: Pick<AuthorizationService, 'beginProved'>;
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly interactions: Pick<InteractionService, 'begin' | 'resume' | 'pageUrl'>;
  readonly issuers: IssuerDirectory;
  readonly links: Pick<MailedLinkFlow, 'send' | 'find' | 'use'>;
  readonly users: Pick<UserService, 'create' | 'findIn' | 'page'>;
}

/** Where the links of a tenant are opened. */
interface Place {
  readonly tenant: KnownTenant;
  readonly issuer: Issuer;
  readonly url: string;
}

/** An address has at most 320 characters. */
const EMAIL = { max: 320 };
/** A year, as for the settings of lifetimes. */
const MAX_LIFE_SECONDS = 31_536_000;
const MAY_CREATE_USERS = [{ permission: 'user:create', reach: 'tenant' }] as const;

/** Links in mails by which users sign in to applications or carry out actions. */
export class MailedLinkService {
  readonly #deps: MailedLinkServiceDeps;

  constructor(deps: MailedLinkServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Mails a link by which a user signs in to an application, which gets the answer to an authorization request.
   * @returns When the link expires.
   * @throws MAILED_LINK_CLIENT_UNKNOWN, MAILED_LINK_REDIRECT_INVALID, MAILED_LINK_REQUEST_INVALID, INVALID_INPUT
   * @throws USER_NOT_FOUND No account, or more than one, has the address.
   * @throws FORBIDDEN An account may be created, and the caller does not hold `user:create`. @throws MAILED_LINK_ACCOUNT_REFUSED
   * @throws What `MailedLinkFlow.send` throws.
   */
  async sendSignIn(authority: Authority, input: SendSignInLink): Promise<Date> {
    const { clients, links } = this.#deps;
    const { clientId, redirectUri, issuerKind, isUserCreated = false, needPasswordChange = false } = input;
    const place = await this.#placeOf(authority, issuerKind);
    const email = checkedEmail(input.email);
    const client = await requireLinkClient(clients, place.tenant, clientId);
    assertLeadsTo(client, redirectUri, place.issuer);
    const request = await this.#checked(place, client, input);
    const user = await this.#account(authority, email, isUserCreated);
    return links.send(authority, {
      purpose: 'sign-in',
      issuerKind,
      clientId,
      redirectUri,
      actions: needPasswordChange ? ['UPDATE_PASSWORD'] : [],
      request: { ...request },
      user,
      lifeSeconds: place.tenant.settings.tokens.userLinkSeconds,
      toAddress: addressAt(place, clientId),
    });
  }

  /**
   * Mails a link by which a user carries out actions.
   * @returns When the link expires.
   * @throws MAILED_LINK_ACTION_UNKNOWN, MAILED_LINK_USER_DISABLED, MAILED_LINK_CLIENT_UNKNOWN, MAILED_LINK_REDIRECT_INVALID
   * @throws USER_NOT_FOUND, INVALID_INPUT, and what `MailedLinkFlow.send` throws.
   */
  async sendActions(authority: Authority, input: SendActionsLink): Promise<Date> {
    const { clients, links, users } = this.#deps;
    const { issuerKind, clientId = null, redirectUri = null } = input;
    const { tenant, ...place } = await this.#placeOf(authority, issuerKind);
    const user = await users.findIn(tenant.id, input.userId);
    if (user === null) throw userErrors.USER_NOT_FOUND();
    if (!user.enabled) throw mailedLinkErrors.MAILED_LINK_USER_DISABLED();
    await assertTarget(clients, tenant, { clientId, redirectUri }, place.issuer);
    return links.send(authority, {
      purpose: 'required-actions',
      issuerKind,
      clientId,
      redirectUri,
      actions: checkedActions(input.actions),
      request: null,
      user,
      lifeSeconds: checkedLife(input.lifeSeconds) ?? tenant.settings.tokens.administratorLinkSeconds,
      toAddress: addressAt(place, clientId),
    });
  }

  /** A link, as its page shows it; it goes on working. @throws MAILED_LINK_UNUSABLE */
  async find(authority: Authority, shown: ShownLink): Promise<MailedLink & { readonly client: ClientRecord | null }> {
    const { clients, links } = this.#deps;
    const link = await links.find(authority.tenant, shown);
    return {
      ...link,
      client: link.clientId === null ? null : await clients.byClientId(authority.tenant.id, link.clientId),
    };
  }

  /**
   * Uses a link up, in the browser of its user. A link whose sign-in cannot begin goes on working.
   * @throws MAILED_LINK_UNUSABLE, BROWSER_REQUIRED
   * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID The application changed meanwhile.
   * @throws TOO_MANY_REQUESTS Too many sign-ins are under way from this address.
   */
  async use(authority: Authority, port: BrowserPort | null, shown: ShownLink): Promise<MailedLinkAnswer> {
    const browser = requireBrowser(port);
    const { authorization, links } = this.#deps;
    const place = await this.#placeOf(authority, shown.issuerKind);
    const answer = await links.use(authority, shown, async (link): Promise<() => Promise<MailedLinkAnswer>> => {
      if (link.purpose === 'required-actions') return this.#carryOut(authority, browser, place, link);
      const proved = { user: link.user, amr: LINK_AMR };
      const stored = link.request as unknown as StoredRequest;
      return authorization.beginProved(authority, browser, { issuerKind: shown.issuerKind, stored, proved });
    });
    return answer();
  }

  /**
   * Answers after the pages on which the actions of a link were carried out. It works once.
   * @throws INTERACTION_NOT_FOUND, BROWSER_REQUIRED
   */
  async resume(
    authority: Authority,
    port: BrowserPort | null,
    { issuerKind, handle }: ResumedLink,
  ): Promise<MailedLinkAnswer> {
    const browser = requireBrowser(port);
    const { interactions } = this.#deps;
    const place = await this.#placeOf(authority, issuerKind);
    const outcome = await interactions.resume(authority, browser, interactionKind(issuerKind), handle);
    if (outcome.kind === 'open') return this.#showPage(authority, handle);
    return this.#end(place, outcome.purpose as unknown as LinkTarget, outcome.kind === 'done');
  }

  /**
   * Begins the pages of the actions that need some. The link has confirmed the address by itself, which needs no sign-in.
   * @returns What gives the answer, after the commit.
   */
  async #carryOut(
    authority: Authority,
    browser: BrowserPort,
    place: Place,
    link: MailedLink,
  ): Promise<() => Promise<MailedLinkAnswer>> {
    const { user, actions, clientId, redirectUri } = link;
    const target: LinkTarget = { clientId, redirectUri };
    if (confirmsOnly(actions)) return () => this.#end(place, target, true);
    const { handle } = await this.#deps.interactions.begin(authority, browser, {
      kind: interactionKind(link.issuerKind),
      purpose: { ...target },
      resumeAt: place.url,
      clientId,
      demands: demandsOf(link, place.issuer),
      proved: { user, amr: LINK_AMR },
    });
    return () => this.#showPage(authority, handle);
  }

  async #showPage({ caller, tenant }: Authority, handle: string): Promise<MailedLinkAnswer> {
    const pageUrl = await this.#deps.interactions.pageUrl(tenant, caller.origin.host, handle);
    return { kind: 'interaction', handle, pageUrl };
  }

  async #end({ tenant, issuer }: Place, target: LinkTarget, isCompleted: boolean): Promise<MailedLinkAnswer> {
    const redirectTo = await findReturn(this.#deps.clients, tenant, target, issuer);
    return redirectTo === null ? { kind: 'end', isCompleted } : { kind: 'redirect', redirectTo };
  }

  /** @throws INVALID_INPUT The kind of issuer has no links. */
  async #placeOf({ tenant, caller }: Authority, issuerKind: string): Promise<Place> {
    const { directory, issuers } = this.#deps;
    const known = await directory.byId(tenant.id);
    if (known === null) throw tenantErrors.TENANT_REQUIRED();
    const issuer = await issuers.of(known, issuerKind, caller.origin);
    const { linkPath } = issuer;
    if (linkPath === null)
      throw invalidField('input.issuerKind', 'ISSUER_WITHOUT_LINKS', 'This kind of issuer has no links in mails.');
    return { tenant: known, issuer, url: issuer.url + linkPath };
  }

  /** What the application asks for, by the checks of its authorization requests. @throws MAILED_LINK_REQUEST_INVALID */
  async #checked(
    { tenant, issuer }: Place,
    client: ClientRecord,
    { redirectUri, scope, responseMode }: SendSignInLink,
  ): Promise<StoredRequest> {
    const sent = {
      client_id: client.client.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      response_mode: responseMode,
      scope,
    };
    const parameters = new RequestParameters(Object.entries(sent).map(([name, value]) => ({ name, values: [value] })));
    const { clients } = this.#deps;
    // The request has no hint.
    const hints = { readHint: async () => null, findNamed: async () => RESERVED_ID };
    const checked = await checkAuthorization({ tenant, issuer, clients, ...hints, parameters });
    if ('refused' in checked) throw mailedLinkErrors.MAILED_LINK_REQUEST_INVALID({ message: checked.refused.message });
    return storeRequest(checked.request, {
      issuerKind: issuer.kind.kind,
      issuerHost: issuer.host,
      isSteppedUp: false,
    });
  }

  /** The account with an address. @throws USER_NOT_FOUND, FORBIDDEN, MAILED_LINK_ACCOUNT_REFUSED */
  async #account(authority: Authority, email: string, isUserCreated: boolean): Promise<User> {
    if (isUserCreated && !authority.holds(MAY_CREATE_USERS))
      throw kernelErrors.FORBIDDEN({ detail: 'may not create users' });
    const found = await this.#findByEmail(authority, email);
    if (found !== null) return found;
    if (!isUserCreated) throw userErrors.USER_NOT_FOUND();
    try {
      return await this.#deps.users.create(authority, { username: email, email });
    } catch (error) {
      if (!(error instanceof IdentityError) || !REFUSALS.has(error.kind)) throw error;
      // Another request may have created it meanwhile.
      const other = await this.#findByEmail(authority, email);
      if (other !== null) return other;
      throw mailedLinkErrors.MAILED_LINK_ACCOUNT_REFUSED({ cause: error });
    }
  }

  /** The only account with an address; null where none has it, or several have. */
  async #findByEmail(authority: Authority, email: string): Promise<User | null> {
    const { rows } = await this.#deps.users.page(authority, { email }, 'createdAt', { first: 2 });
    return rows.length === 1 ? rows[0]! : null;
  }
}

/** How the creation of an account is refused because of its address. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'conflict']);

/** Who resumes the interactions that are begun here. */
const interactionKind = (issuerKind: string): string => `mailed-link-${issuerKind}`;

/** The address of a link, by its secret. */
const addressAt =
  ({ url }: Pick<Place, 'url'>, clientId: string | null) =>
  (key: string): string =>
    `${url}?${new URLSearchParams({ key, ...(clientId === null ? {} : { client_id: clientId }) })}`;

/** An account that shall have a second factor attaches one in a sign-in that demands it, unless it has one. */
function demandsOf({ user, actions }: MailedLink, { kind }: Pick<Issuer, 'kind'>): SignInDemands {
  return {
    isStrict: kind.isRoleBased,
    mustAuthenticate: false,
    mustChoose: false,
    factors: actions.includes('CONFIGURE_TOTP') ? 2 : 1,
    userId: user.id,
    loginHint: null,
    consent: null,
    locales: null,
  };
}

/** @throws INVALID_INPUT */
function checkedEmail(email: string): string {
  if (isMailbox(requireText(email, 'input.email', EMAIL))) return email;
  throw invalidField('input.email', 'EMAIL_INVALID', 'This is not an e-mail address.');
}

const isAction = (name: string): boolean => (LINK_ACTIONS as readonly string[]).includes(name);

/** The actions, each once. @throws MAILED_LINK_ACTION_UNKNOWN Also where there is none. */
function checkedActions(names: readonly string[]): readonly LinkAction[] {
  const actions = LINK_ACTIONS.filter((action) => names.includes(action));
  if (actions.length === 0 || !names.every(isAction)) throw mailedLinkErrors.MAILED_LINK_ACTION_UNKNOWN();
  return actions;
}

/** @throws INVALID_INPUT */
function checkedLife(seconds: number | null | undefined): number | null {
  if (seconds == null) return null;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_LIFE_SECONDS) return seconds;
  throw invalidField('input.lifeSeconds', 'NUMBER_RANGE', `A link lives for 1 to ${MAX_LIFE_SECONDS} seconds.`);
}
