import { Authority, type Caller } from '../../access/index.ts';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import { isRegisteredSignOutRedirect } from '../../clients/index.ts';
import type { EventLog } from '../../events/index.ts';
import { addSeconds, type BrowserPort, type Clock, IdentityError } from '../../kernel/index.ts';
import {
  bindBrowser,
  dropSession,
  isBoundBrowser,
  type OneTimeCodeRow,
  type OneTimeCodeStore,
  requireBrowser,
  type SessionRow,
  type SessionService,
} from '../../sessions/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { PostedRequests } from '../posted/posted-requests.ts';
import { signOutErrors } from './sign-out.errors.ts';
import { signOutEvents } from './sign-out.events.ts';
import {
  type CheckedSignOut,
  type ReturnAddress,
  type SignOutChecks,
  type SignOutRequest,
  withState,
} from './sign-out-request.ts';

/** What the browser does next. */
export type SignOutAnswer =
  | { readonly kind: 'redirect'; readonly redirectTo: string }
  /** The user must be asked first. */
  | { readonly kind: 'confirmation'; readonly handle: string; readonly pageUrl: string }
  /** Nobody is signed in any more, and there is no address to go to. */
  | { readonly kind: 'signed-out'; readonly client: ClientRecord | null }
  /** The user chose to stay signed in. */
  | { readonly kind: 'declined'; readonly client: ClientRecord | null };

/** A sign-out that the user must confirm. */
export interface PendingSignOut {
  readonly handle: string;
  /** Who is signed in in the browser; null: nobody any more. */
  readonly user: User | null;
  /** The application that asked for it; null: unknown. */
  readonly client: ClientRecord | null;
}

export interface SignOutServiceDeps {
  readonly checks: SignOutChecks;
  readonly clients: Pick<ClientDirectory, 'byClientId' | 'byUuid'>;
  readonly codes: OneTimeCodeStore;
  readonly events: EventLog;
  readonly issuers: IssuerDirectory;
  readonly posted: Pick<PostedRequests, 'read'>;
  readonly sessions: Pick<SessionService, 'ofBrowser' | 'end' | 'findEvenRunOut'>;
  readonly users: Pick<UserStore, 'findById'>;
  readonly clock: Clock;
}

const KIND = 'sign-out';
/** Long enough to read a page that somebody returns to after a while. */
const CONFIRMATION_SECONDS = 600;
/**
 * Confirmations that one user has at the same time, of tabs and browsers: 5 of at most 27 KB (an address of 2,000 characters and
 * a state of 4,096, which JSON may write as six bytes each), so 135 KB.
 */
const MAX_CONFIRMATIONS = 5;

/** What is kept until the user has answered. */
interface Pending {
  readonly browserHash: string;
  readonly sessionId: string;
  /** `clients.id`. */
  readonly clientUuid: string | null;
  readonly returnTo: ReturnAddress | null;
}

/** Signs users out in their browser (OpenID Connect RP-Initiated Logout 1.0). */
export class SignOutService {
  readonly #deps: SignOutServiceDeps;

  constructor(deps: SignOutServiceDeps) {
    this.#deps = deps;
  }

  /**
   * An application sends the browser to sign its user out. Without an ID token of the session that the browser has, the user is
   * asked first (section 2).
   * @throws BROWSER_REQUIRED, POSTED_REQUEST_NOT_FOUND
   * @throws SIGN_OUT_PARAMETER_INVALID, SIGN_OUT_HINT_INVALID, SIGN_OUT_CLIENT_UNKNOWN, SIGN_OUT_CLIENT_CONFLICT,
   *   SIGN_OUT_REDIRECT_UNREGISTERED The request is refused. The user stays signed in. Records `sign_out.refused`.
   */
  async begin(authority: Authority, browser: BrowserPort | null, request: SignOutRequest): Promise<SignOutAnswer> {
    const present = requireBrowser(browser);
    const asked = await this.#checked(authority, request);
    const session =
      (await this.#deps.sessions.ofBrowser(present, authority.tenant)) ??
      (await this.#sessionOfHint(authority, request, asked));
    if (session !== null && !isHintOf(asked, session)) return this.#ask(authority, present, session, asked);
    if (session !== null) await this.#end(authority, session, asked.client);
    dropSession(present, authority.tenant);
    return answerTo(asked);
  }

  /** The session of an ID token without a browser that has it, at issuers where the token is enough to end it; also one that ran out. */
  async #sessionOfHint(
    { tenant, caller }: Authority,
    { issuerKind }: SignOutRequest,
    { hint }: CheckedSignOut,
  ): Promise<SessionRow | null> {
    const { issuers, sessions } = this.#deps;
    const { kind } = await issuers.of(tenant, issuerKind, caller.origin);
    return kind.hintEndsSession && hint?.sessionId != null ? sessions.findEvenRunOut(tenant.id, hint.sessionId) : null;
  }

  /** A sign-out that waits for the answer of its user. @throws BROWSER_REQUIRED, SIGN_OUT_NOT_FOUND */
  async find(authority: Authority, browser: BrowserPort | null, handle: string): Promise<PendingSignOut> {
    const { sessions, users } = this.#deps;
    const { tenant } = authority;
    const present = requireBrowser(browser);
    const { clientUuid } = pendingOf(await this.#pending(authority, present, handle));
    const session = await sessions.ofBrowser(present, tenant);
    const user = session === null ? null : await users.findById(tenant.id, session.userId);
    return { handle, user, client: await this.#usableClient(authority, clientUuid) };
  }

  /**
   * The user answers. When another session has begun in the browser since the page was shown, its user is asked in turn.
   * @throws BROWSER_REQUIRED
   * @throws SIGN_OUT_NOT_FOUND Unknown, answered, expired, of another tenant, or of another browser, where it stays valid.
   */
  async confirm(
    authority: Authority,
    browser: BrowserPort | null,
    { handle, isConfirmed }: { readonly handle: string; readonly isConfirmed: boolean },
  ): Promise<SignOutAnswer> {
    const { codes, sessions } = this.#deps;
    const { tenant } = authority;
    const present = requireBrowser(browser);
    await this.#pending(authority, present, handle);
    const taken = await codes.take(tenant.id, KIND, handle);
    if (taken === null) throw signOutErrors.SIGN_OUT_NOT_FOUND();
    const asked = await this.#stillAllowed(authority, pendingOf(taken));
    if (!isConfirmed) return { kind: 'declined', client: asked.client };
    const session = await sessions.ofBrowser(present, tenant);
    if (session !== null && session.id !== pendingOf(taken).sessionId)
      return this.#ask(authority, present, session, asked);
    if (session !== null) await this.#end(authority, session, asked.client);
    dropSession(present, tenant);
    return answerTo(asked);
  }

  async #checked(authority: Authority, request: SignOutRequest): Promise<CheckedSignOut> {
    try {
      const asked = { ...request, endpoint: 'endSession' } as const;
      const parameters = await this.#deps.posted.read(authority, asked, (error) =>
        this.#recordRefusal(authority, error.code, { issuerKind: request.issuerKind }),
      );
      return await this.#deps.checks.check(authority.tenant, { ...request, parameters });
    } catch (error) {
      if (error instanceof IdentityError && error.kind === 'invalid')
        await this.#recordRefusal(authority, error.code, { issuerKind: request.issuerKind });
      throw error;
    }
  }

  async #recordRefusal({ caller, tenant }: Authority, reason: string, params: { readonly issuerKind?: string } = {}) {
    await this.#deps.events.append(caller, tenant, {
      type: signOutEvents['sign_out.refused'],
      outcome: 'failure',
      reason,
      params,
    });
  }

  async #ask(
    authority: Authority,
    browser: BrowserPort,
    session: SessionRow,
    { client, returnTo }: Pick<CheckedSignOut, 'client' | 'returnTo'>,
  ): Promise<SignOutAnswer> {
    const { codes, clock, issuers } = this.#deps;
    const { tenant, caller } = authority;
    const pending: Pending = {
      browserHash: bindBrowser(browser, tenant),
      sessionId: session.id,
      clientUuid: client?.client.id ?? null,
      returnTo,
    };
    await codes.keepNewest(tenant.id, { kind: KIND, userId: session.userId, count: MAX_CONFIRMATIONS - 1 });
    const handle = await codes.put(tenant, {
      kind: KIND,
      userId: session.userId,
      payload: { ...pending },
      expiresAt: addSeconds(clock.now(), CONFIRMATION_SECONDS),
    });
    // Pages are served below the native issuer, for every kind.
    const { url } = await issuers.of(tenant, 'native', caller.origin);
    return { kind: 'confirmation', handle, pageUrl: `${url}/sign-out/${handle}` };
  }

  /** Ends the session with its tokens, in one transaction. One that has ended meanwhile is as good. */
  async #end({ caller, tenant }: Authority, session: SessionRow, client: ClientRecord | null): Promise<void> {
    const user: Caller = {
      ...caller,
      kind: 'user',
      tenant,
      userId: session.userId,
      clientId: client?.client.clientId ?? null,
      clientUuid: client?.client.id ?? null,
      sessionId: session.id,
      authTime: session.authTime,
      amr: session.amr,
    };
    try {
      await this.#deps.sessions.end(new Authority(user, tenant, 'self'), session.id);
    } catch (error) {
      if (!(error instanceof IdentityError && error.code === 'SESSION_NOT_FOUND')) throw error;
    }
  }

  /** @throws SIGN_OUT_NOT_FOUND In another browser: records `sign_out.refused`. */
  async #pending(authority: Authority, browser: BrowserPort, handle: string): Promise<OneTimeCodeRow> {
    const { tenant } = authority;
    const found = await this.#deps.codes.find(tenant.id, KIND, handle);
    if (found !== null && isBoundBrowser(browser, tenant, pendingOf(found).browserHash)) return found;
    const error = signOutErrors.SIGN_OUT_NOT_FOUND();
    if (found !== null) await this.#recordRefusal(authority, error.code);
    throw error;
  }

  /** What the request asked for, as far as the client still allows it. */
  async #stillAllowed(authority: Authority, { clientUuid, returnTo }: Pending) {
    const client = await this.#usableClient(authority, clientUuid);
    const registered = client?.client.postLogoutRedirects ?? [];
    const isAllowed = returnTo !== null && isRegisteredSignOutRedirect(returnTo.uri, registered);
    return { client, returnTo: isAllowed ? returnTo : null };
  }

  async #usableClient({ tenant }: Authority, clientUuid: string | null): Promise<ClientRecord | null> {
    const client = clientUuid === null ? null : await this.#deps.clients.byUuid(tenant.id, clientUuid);
    return client?.isUsable === true ? client : null;
  }
}

const pendingOf = ({ payload }: OneTimeCodeRow): Pending => payload as unknown as Pending;

/** Whether the request shows an ID token of this very session, so that its user need not be asked. */
const isHintOf = ({ hint }: CheckedSignOut, session: SessionRow): boolean =>
  hint !== null && hint.sessionId === session.id && hint.userId === session.userId;

function answerTo({ client, returnTo }: Pick<CheckedSignOut, 'client' | 'returnTo'>): SignOutAnswer {
  return returnTo === null ? { kind: 'signed-out', client } : { kind: 'redirect', redirectTo: withState(returnTo) };
}
