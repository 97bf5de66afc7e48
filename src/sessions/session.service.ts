import { type Authority, NEVER_SIGNED_IN } from '../access/index.ts';
import { hashHandle, mintHandle, routeOfHandle } from '../crypto/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import {
  addSeconds,
  type BrowserPort,
  type Clock,
  isStorableText,
  kernelErrors,
  newId,
  type TenantRef,
} from '../kernel/index.ts';
import type { ColumnSet, Database, PageRequest, PageResult } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { TenantDirectory, TenantSettings } from '../tenants/index.ts';
import { canonicalUserId, getAccount, requireUserId, type UserStore, writeForUser } from '../users/index.ts';
import type { Session } from './session.entity.ts';
import { sessionErrors } from './session.errors.ts';
import { sessionEvents } from './session.events.ts';
import type { SessionFilter, SessionKeys, SessionRow, SessionStore, SignedInSession } from './session.store.ts';
import { storableHeader } from './storable-header.ts';
import type { TokenFamilies } from './token-families.ts';

export interface SessionServiceDeps {
  readonly db: Database;
  readonly store: SessionStore;
  readonly users: Pick<UserStore, 'findById' | 'noteSignIn' | 'outdateProofs'>;
  readonly directory: TenantDirectory;
  readonly families: TokenFamilies;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange' | 'changeableAmong'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** A sign-in that succeeded. */
export interface StartSession {
  readonly userId: string;
  /** How the user proved who they are (RFC 8176). */
  readonly amr: readonly string[];
  readonly acr?: string | null;
  /** The name used to sign in, as typed. */
  readonly identifier?: string | null;
  readonly deviceId?: string | null;
  readonly remember?: boolean;
  readonly offline?: boolean;
  /** Whether the session is for a browser: a cookie value is made then. Default false. */
  readonly inBrowser?: boolean;
  /**
   * Session that the same browser held before. It ends, so that a cookie planted before the sign-in is useless (session
   * fixation).
   */
  readonly replaces?: string | null;
  /**
   * Whether the caller acts as the user. Nobody proved to be the user then: the sign-in is not noted at the account, `auth_time` is
   * 1970, so that what needs a recent sign-in stays closed, and the event has the caller as its actor. Default false.
   */
  readonly isImpersonated?: boolean;
}

export interface StartedSession {
  readonly session: SessionRow;
  /** The value of the session cookie; shown once. Null for a session without a browser. */
  readonly cookie: string | null;
}

export interface EndSessionsOptions {
  /** Sessions of this device continue (the kept device of a session reset). */
  readonly exceptDeviceId?: string | null | undefined;
  /** This session continues. */
  readonly exceptSessionId?: string | null | undefined;
}

/**
 * A use is stored only when the last stored one is older than this share of the idle time, to avoid a write for each
 * request.
 */
const TOUCH_SHARE = 1 / 20;

/** Users whose sessions end in one commit where all of a tenant do. */
const USERS_PER_COMMIT = 200;

/** Rules of sessions: how they start, how long they live, how they end. */
export class SessionService {
  readonly #deps: SessionServiceDeps;

  constructor(deps: SessionServiceDeps) {
    this.#deps = deps;
  }

  /** The session with this id, or null when there is none that is alive. */
  async find(authority: Authority, id: string): Promise<SessionRow | null> {
    const session = await this.#deps.store.findById(authority.tenant.id, id);
    if (session === null || !this.isAlive(session)) return null;
    authority.requireAccount(session.userId);
    return session;
  }

  /** The living session of a cookie value, or null; also null for a cookie of another tenant. */
  async findByCookie(tenant: TenantRef, cookie: string): Promise<SessionRow | null> {
    return this.#living(tenant, cookie, (hash) => this.#deps.store.findByCookie(tenant.id, hash));
  }

  /** The living session of a browser in a tenant, by its cookie; null without one, and for a request that no browser sent. */
  async ofBrowser(browser: BrowserPort | null, tenant: TenantRef): Promise<SessionRow | null> {
    const cookie = browser?.read('session', tenant) ?? null;
    return cookie === null ? null : this.findByCookie(tenant, cookie);
  }

  /** As `ofBrowser`, with what the account may have to do, in one statement. */
  async signedInOf(browser: BrowserPort, tenant: TenantRef): Promise<SignedInSession | null> {
    const cookie = browser.read('session', tenant);
    if (cookie === null) return null;
    return this.#living(tenant, cookie, (hash) => this.#deps.store.findSignedIn(tenant.id, hash));
  }

  /** The session of a cookie value, if it is one of the tenant and the session has not ended. */
  async #living<S extends SessionRow>(
    { route }: TenantRef,
    cookie: string,
    find: (cookieHash: Buffer) => Promise<S | null>,
  ): Promise<S | null> {
    if (routeOfHandle(cookie) !== route) return null;
    const session = await find(hashHandle(cookie));
    return session !== null && this.isAlive(session) ? session : null;
  }

  /** The session with this id if it has not ended, else null. The caller of this method must check the permission to read it. */
  async findIn(tenantId: string, id: string): Promise<SessionRow | null> {
    const session = await this.#deps.store.findById(tenantId, id);
    return session !== null && this.isAlive(session) ? session : null;
  }

  /** As `findIn`, also for a session that ran out, which tokens may outlive. */
  findEvenRunOut(tenantId: string, id: string): Promise<SessionRow | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** Whether neither the idle nor the absolute end has passed. */
  isAlive(session: Pick<SessionRow, 'idleExpiresAt' | 'expiresAt'>): boolean {
    const now = this.#deps.clock.now();
    return session.idleExpiresAt > now && session.expiresAt > now;
  }

  /**
   * The newest living sessions of each user. The caller of this method must check the permission to read them.
   * @param columns What is read of each beside its keys; null: all.
   */
  newestOfUsers(
    tenantId: string,
    userIds: readonly string[],
    limit: number,
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly SessionKeys[]>> {
    return this.#deps.store.newestOfUsers(tenantId, userIds, limit, this.#deps.clock.now(), columns);
  }

  /**
   * Living sessions, newest first. With reach `self`, those of the caller's own account.
   * @throws FORBIDDEN With reach `self`, the filter names another account. @throws INVALID_INPUT
   */
  page(authority: Authority, filter: SessionFilter, request: PageRequest): Promise<PageResult<SessionRow>>;
  /** @param columns What is read of each session beside its keys; null: all. */
  page(
    authority: Authority,
    filter: SessionFilter,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<SessionKeys>>;
  async page(
    authority: Authority,
    filter: SessionFilter,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<SessionKeys>> {
    const own = authority.reach === 'self' ? authority.caller.userId : null;
    const userId = filter.userId == null ? own : canonicalUserId(filter.userId);
    authority.requireAccount(userId ?? '');
    for (const [name, text] of Object.entries({ ...filter, userId })) {
      if (text == null || isStorableText(text)) continue;
      const message = 'The text holds characters that cannot be stored.';
      throw kernelErrors.INVALID_INPUT({ fields: [{ path: `filter.${name}`, code: 'TEXT_NOT_STORABLE', message }] });
    }
    const narrowed = { ...filter, userId };
    return this.#deps.store.page(authority.tenant.id, narrowed, this.#deps.clock.now(), request, columns);
  }

  /**
   * Starts a session: a new id and, for a browser, a new cookie value at every sign-in.
   * @throws USER_NOT_FOUND The account was deleted.
   */
  async start(authority: Authority, input: StartSession): Promise<StartedSession> {
    const { db, store, users, events } = this.#deps;
    const { caller, tenant } = authority;
    const settings = await this.#settings(authority);
    const { isImpersonated = false } = input;
    const cookie = input.inBrowser === true ? mintHandle(tenant.route) : null;
    const row = newSession(authority, input, cookie, settings, this.#deps.clock.now());
    await db.transaction(async () => {
      if (input.replaces != null) await this.#endReplaced(authority, input.replaces);
      await writeForUser('sessions', () => store.insert(row));
      if (!isImpersonated) await users.noteSignIn(tenant.id, row.userId, row.authTime);
      // The actor of the event is the user who signs in, even when a client sent the request.
      const actor = isImpersonated ? caller : { ...caller, kind: 'user', userId: row.userId };
      events.record(actor, tenant, {
        type: sessionEvents['session.started'],
        subjectId: row.userId,
        sessionId: row.id,
        params: signInParams(input, row.deviceId),
      });
    });
    const { cookieHash: _hidden, ...session } = row;
    return { session: { ...session, amr: input.amr, acr: input.acr ?? null }, cookie };
  }

  /**
   * Records that the user proved its identity again: same session, new cookie value, `auth_time` of now.
   * @throws SESSION_NOT_FOUND
   */
  async renew(
    authority: Authority,
    id: string,
    proof: { readonly amr: readonly string[]; readonly acr?: string | null; readonly identifier?: string | null },
  ): Promise<StartedSession> {
    const { db, store, clock, users, events } = this.#deps;
    const { caller, tenant } = authority;
    const settings = await this.#settings(authority);
    const cookie = mintHandle(tenant.route);
    return db.transaction(async () => {
      const before = await store.lock(authority.tenant.id, id);
      if (before === null || !this.isAlive(before)) throw sessionErrors.SESSION_NOT_FOUND();
      const now = clock.now();
      const session = await store.renew(authority.tenant.id, id, {
        cookieHash: hashHandle(cookie),
        authTime: now,
        amr: [...proof.amr],
        acr: proof.acr ?? null,
        idleExpiresAt: earlier(addSeconds(now, livesOf(before, settings).idle), before.expiresAt),
      });
      await users.noteSignIn(tenant.id, before.userId, now);
      events.record({ ...caller, kind: 'user', userId: before.userId }, tenant, {
        type: sessionEvents['session.renewed'],
        subjectId: before.userId,
        sessionId: id,
        params: signInParams(proof, before.deviceId),
      });
      return { session: session!, cookie };
    });
  }

  /** Records that a living session was used, which moves its idle end. Skips the write when the last one is recent. */
  async touch(
    tenant: Pick<TenantRef, 'id'>,
    session: Pick<SessionRow, 'id' | 'remember' | 'lastUsedAt' | 'expiresAt'>,
  ): Promise<void> {
    const settings = (await this.#deps.directory.byId(tenant.id))?.settings;
    if (settings === undefined) return;
    const now = this.#deps.clock.now();
    const { idle } = livesOf(session, settings);
    if (now.getTime() - session.lastUsedAt.getTime() < idle * 1000 * TOUCH_SHARE) return;
    await this.#deps.store.touch(tenant.id, session.id, now, earlier(addSeconds(now, idle), session.expiresAt));
  }

  /** The user signs out: the session, also one that ran out, and the tokens made in it end. @throws SESSION_NOT_FOUND, FORBIDDEN */
  end(authority: Authority, id: string): Promise<SessionRow> {
    return this.#end(authority, id, sessionEvents['session.ended'], { mayHaveRunOut: true });
  }

  /**
   * The caller signs out: the session of its token and the tokens made in it end. Tokens may outlive a session that ran out, so this
   * ends such a session too.
   * @throws SESSION_NOT_FOUND Also for a credential without a session.
   */
  async endOfCaller(authority: Authority): Promise<SessionRow> {
    const { sessionId } = authority.caller;
    if (sessionId === null) throw sessionErrors.SESSION_NOT_FOUND();
    return this.#end(authority, sessionId, sessionEvents['session.ended'], { isOwn: true, mayHaveRunOut: true });
  }

  /**
   * Ends a session and the tokens made in it.
   * @param options.isOwn Whether another user's session is refused like one that does not exist, however far the caller's reach goes;
   *   an own one ends also when it ran out, because its tokens may live on.
   * @throws SESSION_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   */
  revoke(authority: Authority, id: string, { isOwn = false }: Pick<EndingOptions, 'isOwn'> = {}): Promise<SessionRow> {
    return this.#end(authority, id, sessionEvents['session.revoked'], { isOwn, mayHaveRunOut: isOwn });
  }

  /**
   * Ends the sessions of a user and the tokens made in them; tokens without a session stay valid. One event per session.
   * @returns The sessions that ended. @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   */
  async revokeOf(
    authority: Authority,
    userId: string,
    options: EndSessionsOptions = {},
  ): Promise<readonly SessionRow[]> {
    const id = await this.#account(authority, userId);
    return this.#deps.db.transaction(async () => {
      const { ended, kept } = await this.#divide(authority, id, options);
      // An account with sessions exists.
      if (ended.length + kept.length === 0) await getAccount(this.#deps.users, authority.tenant.id, id);
      for (const session of ended) await this.#deps.families.revokeOfSession(authority, session.id);
      await this.#delete(authority, ended);
      return ended;
    });
  }

  /**
   * Ends all sessions and all tokens of a user: one event per session, and one `user.sessions_reset` if there was anything
   * to end. A sign-in under way starts again.
   * @returns The sessions that ended. @throws FORBIDDEN, ACCOUNT_GUARDED
   */
  async revokeAllOf(
    authority: Authority,
    userId: string,
    options: EndSessionsOptions = {},
  ): Promise<readonly SessionRow[]> {
    const { db, users, families, events } = this.#deps;
    const id = await this.#account(authority, userId);
    return db.transaction(async () => {
      await users.outdateProofs(authority.tenant.id, id);
      const { ended, kept } = await this.#divide(authority, id, options);
      const revoked = await families.revokeOfUser(authority, id, {
        exceptSessionIds: kept.map((session) => session.id),
      });
      await this.#delete(authority, ended);
      if (revoked === 0 && !ended.some((session) => this.isAlive(session))) return ended;
      const params = {
        sessions: ended.length,
        tokenFamilies: revoked,
        ...(kept.length === 0 ? {} : { kept: kept.length }),
      };
      events.record(authority.caller, authority.tenant, {
        type: sessionEvents['user.sessions_reset'],
        subjectId: id,
        params,
      });
      return ended;
    });
  }

  /**
   * As `revokeAllOf`, for accounts that are locked and are deleted next: those without sessions and tokens cost nothing.
   * @throws FORBIDDEN, ACCOUNT_GUARDED
   */
  async revokeAllOfMany(authority: Authority, userIds: readonly string[]): Promise<void> {
    const { families, store } = this.#deps;
    const { id: tenantId } = authority.tenant;
    const signedIn = await store.ownersAmong(tenantId, userIds);
    const withTokens = await families.ownersAmong(tenantId, userIds);
    for (const id of new Set([...signedIn, ...withTokens])) await this.revokeAllOf(authority, id);
  }

  /**
   * Ends the sessions of all users of the tenant and the tokens made in them, 200 users a commit; tokens without a session stay
   * valid. Accounts that the caller may not change stay signed in. One event per session, and one about all of them, which
   * tells how many accounts were left out.
   * @returns How many ended.
   */
  async revokeOfTenant(authority: Authority): Promise<number> {
    const { events, store } = this.#deps;
    const { caller, tenant } = authority;
    let count = 0;
    let leftOut = 0;
    let after = '';
    for (;;) {
      const userIds = await store.usersWithSessions(tenant.id, after, USERS_PER_COMMIT);
      const done = await this.#revokeOfEach(authority, userIds);
      count += done.ended;
      leftOut += done.leftOut;
      if (userIds.length < USERS_PER_COMMIT) break;
      after = userIds.at(-1)!;
    }
    if (count > 0 || leftOut > 0) {
      const params = { sessions: count, ...(leftOut === 0 ? {} : { accountsLeftOut: leftOut }) };
      await events.append(caller, tenant, { type: sessionEvents['tenant.sessions_revoked'], params });
    }
    return count;
  }

  /** Ends the sessions of those users whom the caller may change, which is asked where it holds until the commit. */
  #revokeOfEach(authority: Authority, userIds: readonly string[]): Promise<{ ended: number; leftOut: number }> {
    return this.#deps.db.transaction(async () => {
      const changeable = await this.#deps.guard.changeableAmong(authority, userIds);
      let ended = 0;
      for (const userId of changeable) ended += (await this.revokeOf(authority, userId)).length;
      return { ended, leftOut: userIds.length - changeable.length };
    });
  }

  async #account(authority: Authority, userId: string): Promise<string> {
    authority.requireAccount(canonicalUserId(userId));
    const id = requireUserId(userId);
    await this.#deps.guard.assertMayChange(authority, 'user', id);
    return id;
  }

  async #divide(authority: Authority, userId: string, { exceptDeviceId, exceptSessionId }: EndSessionsOptions) {
    const all = await this.#deps.store.lockOfUser(authority.tenant.id, userId);
    const isKept = (session: SessionRow) =>
      session.id === exceptSessionId || (exceptDeviceId != null && session.deviceId === exceptDeviceId);
    return { ended: all.filter((session) => !isKept(session)), kept: all.filter(isKept) };
  }

  async #end(
    authority: Authority,
    id: string,
    type: EventType<'session.ended' | 'session.revoked'>,
    { isOwn = false, mayHaveRunOut = false }: EndingOptions = {},
  ): Promise<SessionRow> {
    return this.#deps.db.transaction(async () => {
      const session = await this.#deps.store.lock(authority.tenant.id, id);
      if (isOwn && !isOfCaller(authority, session)) throw sessionErrors.SESSION_NOT_FOUND();
      // Callers with reach `self` must not learn whether another user's session exists.
      authority.requireAccount(session?.userId ?? ownerOfEnded(authority, id));
      if (session === null || !(mayHaveRunOut || this.isAlive(session))) throw sessionErrors.SESSION_NOT_FOUND();
      await this.#account(authority, session.userId);
      await this.#deps.families.revokeOfSession(authority, id);
      await this.#delete(authority, [session], type, mayHaveRunOut);
      return session;
    });
  }

  /** Ends the session that the browser held before, if it still exists: signing in again signs its user out. */
  async #endReplaced(authority: Authority, id: string): Promise<void> {
    const session = await this.#deps.store.lock(authority.tenant.id, id);
    if (session === null) return;
    await this.#deps.families.revokeOfSession(authority, id);
    await this.#delete(authority, [session], sessionEvents['session.ended']);
  }

  async #delete(
    authority: Authority,
    sessions: readonly SessionRow[],
    type: EventType<'session.ended' | 'session.revoked'> = sessionEvents['session.revoked'],
    hasTokens = false,
  ): Promise<void> {
    const { store, events } = this.#deps;
    await store.delete(
      authority.tenant.id,
      sessions.map(({ id }) => id),
    );
    // An expired session has already ended, so no event records its end, unless tokens have outlived it.
    for (const { id, userId, amr } of sessions.filter((session) => hasTokens || this.isAlive(session))) {
      events.record(authority.caller, authority.tenant, { type, subjectId: userId, sessionId: id, params: { amr } });
    }
  }

  async #settings(authority: Authority): Promise<TenantSettings> {
    const tenant = await this.#deps.directory.byId(authority.tenant.id);
    if (tenant === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such tenant.' });
    return tenant.settings;
  }
}

/** How a session is ended. */
interface EndingOptions {
  readonly isOwn?: boolean;
  readonly mayHaveRunOut?: boolean;
}

const isOfCaller = ({ caller, tenant }: Authority, session: Pick<SessionRow, 'userId'> | null): boolean =>
  session !== null && caller.tenant?.id === tenant.id && session.userId === caller.userId;

/** The owner of a session that no longer exists: known only if it was the caller's own session. */
const ownerOfEnded = ({ caller }: Authority, id: string): string =>
  (caller.sessionId === id ? caller.userId : null) ?? '';

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);

/** Seconds after which a session ends unused, and in any case. */
const livesOf = ({ remember }: Pick<SessionRow, 'remember'>, settings: TenantSettings) => {
  const { rememberIdleSeconds, rememberSeconds, sessionIdleSeconds, sessionSeconds } = settings;
  return {
    idle: (remember ? rememberIdleSeconds : 0) || sessionIdleSeconds,
    absolute: (remember ? rememberSeconds : 0) || sessionSeconds,
  };
};

function newSession(
  authority: Authority,
  input: StartSession,
  cookie: string | null,
  settings: TenantSettings,
  now: Date,
): Session {
  const { origin, clientId } = authority.caller;
  const remember = input.remember ?? false;
  const lives = livesOf({ remember }, settings);
  const expiresAt = addSeconds(now, lives.absolute);
  return {
    tenantId: authority.tenant.id,
    id: newId(),
    userId: input.userId,
    cookieHash: cookie === null ? null : hashHandle(cookie),
    deviceId: input.deviceId ?? null,
    clientId,
    authTime: input.isImpersonated === true ? NEVER_SIGNED_IN : now,
    amr: [...input.amr],
    acr: input.acr ?? null,
    remember,
    offline: input.offline ?? false,
    ip: origin.ip,
    userAgent: storableHeader(origin.userAgent),
    lastUsedAt: now,
    idleExpiresAt: earlier(addSeconds(now, lives.idle), expiresAt),
    expiresAt,
    createdAt: now,
  };
}

/** What the event of a sign-in tells: the methods, the name as it was typed, and the device. */
function signInParams(
  { amr, identifier }: { readonly amr: readonly string[]; readonly identifier?: string | null | undefined },
  deviceId: string | null | undefined,
) {
  return {
    amr,
    ...(identifier == null ? {} : { identifier }),
    ...(deviceId == null ? {} : { deviceId }),
  };
}
