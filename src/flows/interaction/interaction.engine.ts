import { Authority, anonymousCaller, type Caller } from '../../access/index.ts';
import { accountStateOf, acrOf } from '../../auth-modes/index.ts';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import type { ConsentService } from '../../consents/index.ts';
import { routeOfHandle } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type BrowserPort, type Clock, type CookieLife, IdentityError, type TenantRef } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import {
  type BrowserDevice,
  type DeviceService,
  deviceOf,
  isBoundBrowser,
  keepSession,
  requireBrowser,
  type SessionRow,
  type SessionService,
} from '../../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import { isSameEmail, type User, type UserStore } from '../../users/index.ts';
import { signInFailed } from '../sign-in.events.ts';
import { type AccountFactSource, type AccountFacts, accountFacts } from '../sign-in.steps.ts';
import { interactionErrors } from './interaction.errors.ts';
import {
  askAgain,
  type InteractionState,
  type ProvedAccount,
  resetProvedBy,
  type SignInDemands,
} from './interaction.state.ts';
import { isSignedInAt, mayRegisterIn, mayResetPassword, presentStep, type StepName } from './interaction.steps.ts';
import type { InteractionRow, InteractionStore } from './interaction.store.ts';

/** An interaction as a step finds it, in the browser that began it. */
export interface OpenInteraction {
  readonly tenant: KnownTenant;
  readonly handle: string;
  readonly row: InteractionRow;
  /** What counts of the stored state: a proof that was outdated meanwhile is left out. */
  readonly state: InteractionState;
  readonly demands: SignInDemands;
  /** The application that the page names; null when there is none any more. */
  readonly client: ClientRecord | null;
  /** The proved account. */
  readonly user: User | null;
  /** The session of the browser, of any account. */
  readonly session: SessionRow | null;
  readonly device: BrowserDevice;
  /** Anonymous, with the client that the sign-in is for. */
  readonly actor: Caller;
  readonly step: StepName;
}

/** Changes the state in the unit of work of a step, in which the interaction and its account are locked. */
export type Advance = (state: InteractionState) => InteractionState | Promise<InteractionState>;

export interface InteractionEngineDeps {
  readonly db: Database;
  readonly store: InteractionStore;
  readonly directory: Pick<TenantDirectory, 'byId' | 'holdSettings'>;
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly users: Pick<UserStore, 'findById' | 'lockToSignIn'>;
  readonly credentials: AccountFactSource;
  readonly consents: Pick<ConsentService, 'covers'>;
  readonly sessions: SessionService;
  readonly devices: Pick<DeviceService, 'seen'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** What a step left behind: the new state, and what the browser gets after the commit. */
interface Committed {
  readonly state: InteractionState;
  readonly user: User | null;
  readonly session: SessionRow | null;
  readonly step: StepName;
  /** What the browser gets of a session that begins or is renewed. */
  readonly cookie: {
    readonly session: Pick<SessionRow, 'id'>;
    readonly value: string;
    readonly life: CookieLife | undefined;
  } | null;
}

/** The steps that make or change the account by rules of the tenant. */
const HOLDING_SETTINGS: ReadonlySet<StepName> = new Set([
  'registration',
  'password-reset-code',
  'terms',
  'new-password',
  'email-code',
]);

/**
 * Runs the steps of interactions (docs/sign-in.md). A step proves its secret first and then, in one unit of work, locks the
 * interaction, compares its version and stores the new state, so that neither two tabs nor two clicks advance it twice.
 */
export class InteractionEngine {
  readonly #deps: InteractionEngineDeps;

  constructor(deps: InteractionEngineDeps) {
    this.#deps = deps;
  }

  /**
   * The interaction of a handle, with its present step.
   * @throws INTERACTION_NOT_FOUND Unknown, used, expired or of another tenant. Of another browser: records `sign_in.failed`.
   * @throws BROWSER_REQUIRED
   */
  async open(authority: Authority, port: BrowserPort | null, handle: string): Promise<OpenInteraction> {
    const browser = requireBrowser(port);
    const { store, directory, clients, sessions, users } = this.#deps;
    const row = routeOfHandle(handle) === authority.tenant.route ? await store.find(authority.tenant.id, handle) : null;
    // A guessed handle records nothing, so that guesses fill no log.
    if (row === null) throw interactionErrors.INTERACTION_NOT_FOUND();
    const actor = { ...anonymousCaller(authority.caller.origin), clientId: row.clientId ?? null };
    if (!isBoundBrowser(browser, authority.tenant, row.browserHash)) {
      await this.#recordFailure({ row, actor, tenant: authority.tenant }, row.userId ?? null, 'other_browser');
      throw interactionErrors.INTERACTION_NOT_FOUND();
    }
    if (this.#isExpired(row)) throw await this.#expired(row);
    const tenant = await directory.byId(authority.tenant.id);
    if (tenant === null) throw tenantErrors.TENANT_REQUIRED();
    const client = row.clientId == null ? null : await clients.byClientId(tenant.id, row.clientId);
    const session = await sessions.ofBrowser(browser, tenant);
    const proved = row.state.account === null ? null : await users.findById(tenant.id, row.state.account.userId);
    const state = this.#inForce(row, proved, session);
    const user = state.account === null ? null : proved;
    const { demands } = row.request;
    const device = deviceOf(browser, tenant);
    const found = { tenant, handle, row, state, demands, client, user, session, device, actor };
    const step = await this.#stepOf(found, state, user, session);
    // A proof that is not the one that is asked for counts for nothing.
    return isProvedInVain(step, state) ? { ...found, step, state: askAgain(state), user: null } : { ...found, step };
  }

  /**
   * Runs a step.
   * @param prove Checks what the user sent, outside a unit of work, because hashing takes long and failures are counted at once. What it
   *   returns changes the state.
   * @throws INTERACTION_STEP_OTHER Another step is the present one, or became it meanwhile.
   * @throws SIGN_IN_METHOD_OTHER The account was proved, and has to be proved by another method. Records `sign_in.failed`.
   * @throws INTERACTION_NOT_FOUND, BROWSER_REQUIRED, and what `prove` throws.
   */
  async step(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    expected: StepName,
    prove: (open: OpenInteraction) => Promise<Advance>,
  ): Promise<OpenInteraction> {
    const open = await this.open(authority, browser, handle);
    if (open.step !== expected) {
      const outdated = open.state.account === null ? open.row.state.account : null;
      if (outdated !== null) await this.#recordFailure(open, outdated.userId, 'proof_outdated');
      throw interactionErrors.INTERACTION_STEP_OTHER();
    }
    const advance = await prove(open);
    const { cookie, ...after } = await this.#commit(open, advance);
    if (after.step === 'other-actions') await this.#recordFailure(open, after.user!.id, 'actions_required');
    if (cookie !== null) {
      keepSession(browser!, open.tenant, cookie.session, cookie.value, cookie.life);
      open.device.keep();
    }
    return { ...open, ...after };
  }

  async #commit(open: OpenInteraction, advance: Advance): Promise<Committed> {
    try {
      return await this.#deps.db.transaction(() => this.#advance(open, advance));
    } catch (error) {
      if (!(error instanceof ProofRejected)) throw error;
      await this.#recordFailure(open, error.userId, error.reason);
      throw REJECTIONS[error.reason]();
    }
  }

  async #advance(open: OpenInteraction, advance: Advance): Promise<Committed> {
    const { store, directory } = this.#deps;
    const { tenant, handle, row } = open;
    // Settings are held before rows are locked, because a change of settings may wait for the rows of accounts.
    if (HOLDING_SETTINGS.has(open.step)) await directory.holdSettings(tenant.id);
    const locked = await store.lock(tenant.id, handle);
    if (locked === null || this.#isExpired(locked)) throw interactionErrors.INTERACTION_NOT_FOUND();
    if (locked.version !== row.version) throw interactionErrors.INTERACTION_STEP_OTHER();
    await this.#lockProved(open.state.account, tenant);
    const advanced = await advance(open.state);
    // A step may itself change the account, such as its password, while it holds the lock.
    const isSame = advanced.account?.userId === open.state.account?.userId;
    const user = await this.#lockProved(advanced.account, tenant, isSame);
    const account = advanced.account && { ...advanced.account, proofVersion: user!.proofVersion };
    const signedIn = await this.#signIn(open, { ...advanced, account }, user);
    await store.save(tenant.id, handle, signedIn.state);
    return signedIn;
  }

  /** The error for an expired sign-in, which leads its browser to where the application begins a new one. */
  async #expired({ tenantId, clientId }: InteractionRow): Promise<IdentityError> {
    const record = clientId == null ? null : await this.#deps.clients.byClientId(tenantId, clientId);
    const startAgainAt = record?.isUsable === true ? record.metadata.initiateLoginUri : null;
    return interactionErrors.INTERACTION_NOT_FOUND(startAgainAt === null ? {} : { extensions: { startAgainAt } });
  }

  /**
   * Starts or renews the session as soon as the account has nothing left to do, and renews it again when more was demanded and proved
   * after that.
   */
  async #signIn(open: OpenInteraction, state: InteractionState, user: User | null): Promise<Committed> {
    const step = await this.#stepOf(open, state, user, open.session);
    if (isProvedInVain(step, state)) throw new ProofRejected(state.account!.userId, 'method_other');
    const unchanged = { state, user, session: open.session, step, cookie: null };
    const { account } = state;
    if (account === null || state.refusal !== null || !isSignedInAt(step)) return unchanged;
    if (!account.isProvedNow) return { ...unchanged, state: { ...state, sessionId: account.sessionId } };
    const { session, cookie } = await this.#startSession(open, state, account);
    const life = session.remember ? { maxAgeSeconds: secondsBetween(session.authTime, session.expiresAt) } : undefined;
    const held = { ...account, sessionId: session.id, isProvedNow: false };
    return {
      ...unchanged,
      state: { ...state, account: held, sessionId: session.id },
      session,
      cookie: { session, value: cookie!, life },
    };
  }

  async #startSession(open: OpenInteraction, { identifier, isRemembered }: InteractionState, account: ProvedAccount) {
    const { sessions, devices } = this.#deps;
    const { userId, amr } = account;
    const authority = new Authority(open.actor, open.tenant, 'self');
    const deviceId = open.device.id;
    await devices.seen(authority, { userId, deviceId });
    const acr = acrOf(amr);
    // `amr` has what the session proved only where the session proved the account. A password alone must not keep the second factor
    // of an earlier sign-in under an `auth_time` of now.
    if (account.sessionId !== null)
      return sessions.renew(authority, account.sessionId, { amr, acr, identifier }).catch(stepOther);
    return sessions.start(authority, {
      userId,
      amr,
      acr,
      identifier,
      deviceId,
      remember: isRemembered,
      inBrowser: true,
      replaces: open.session?.id ?? null,
    });
  }

  async #stepOf(
    { tenant, client, demands }: Pick<OpenInteraction, 'tenant' | 'client' | 'demands'>,
    state: InteractionState,
    user: User | null,
    session: SessionRow | null,
  ): Promise<StepName> {
    const account = user === null ? null : await this.#accountFacts(tenant, demands, state, user);
    const isConsentCovered = user === null || (await this.#isCovered(tenant, client, demands, user));
    const canRegister = mayRegisterIn({ tenant, demands, client });
    const canResetPassword = mayResetPassword(tenant);
    const isSignedIn = session !== null;
    return presentStep({ state, demands, isSignedIn, account, canRegister, canResetPassword, isConsentCovered });
  }

  #accountFacts(
    tenant: KnownTenant,
    { emailToConfirm = null, ...demands }: SignInDemands,
    state: InteractionState,
    user: User,
  ): Promise<AccountFacts> {
    const isResetting = resetProvedBy(state) !== null;
    const { amr, isProvedNow } = state.account!;
    const isEmailDemanded = emailToConfirm !== null && isSameEmail(user.email ?? '', emailToConfirm);
    const { factors, factorsAlone, ownFactors, isStrict, isPhishingResistant } = demands;
    const shown = { userId: user.id, user, amr, isProvedNow, isResetting, isEmailDemanded };
    const asked = { ...shown, factors, factorsAlone, ownFactors, isStrict, isPhishingResistant };
    return accountFacts(this.#deps.credentials, tenant, asked);
  }

  async #isCovered(
    { id }: KnownTenant,
    client: ClientRecord | null,
    { consent }: SignInDemands,
    user: User,
  ): Promise<boolean> {
    if (consent === null || client === null) return true;
    return this.#deps.consents.covers(id, { userId: user.id, client: client.client, scopes: consent.scopes });
  }

  /**
   * Leaves out what was outdated: the account was disabled, got a new password or had its sessions reset; or the session that
   * proved it ended or is no longer that of the browser.
   */
  #inForce({ state }: InteractionRow, user: User | null, session: SessionRow | null): InteractionState {
    if (state.account === null || state.refusal !== null) return state;
    const sessionId = state.sessionId ?? state.account.sessionId;
    const isSessionGone = sessionId !== null && session?.id !== sessionId;
    if (!isSessionGone && this.#isValid(state.account, user)) return state;
    return askAgain(state);
  }

  #isValid({ proofVersion }: Pick<ProvedAccount, 'proofVersion'>, user: User | null): boolean {
    if (user === null || !user.enabled || user.proofVersion !== proofVersion) return false;
    return accountStateOf(user, this.#deps.clock.now()).name !== 'inactivityLock';
  }

  /** @throws ProofRejected */
  async #lockProved(account: ProvedAccount | null, { id }: KnownTenant, isChangedHere = false): Promise<User | null> {
    if (account === null) return null;
    const user = await this.#deps.users.lockToSignIn(id, account.userId);
    const { proofVersion } = isChangedHere && user !== null ? user : account;
    if (!this.#isValid({ proofVersion }, user)) throw new ProofRejected(account.userId, 'proof_outdated');
    return user;
  }

  async #recordFailure(
    { row, actor, tenant }: Pick<OpenInteraction, 'row' | 'actor'> & { readonly tenant: Pick<TenantRef, 'id'> },
    subjectId: string | null,
    reason: keyof typeof REJECTIONS | 'other_browser' | 'actions_required',
  ): Promise<void> {
    await this.#deps.events.append(actor, tenant, signInFailed(subjectId, reason, { purpose: row.kind }));
  }

  #isExpired({ expiresAt }: InteractionRow): boolean {
    return expiresAt <= this.#deps.clock.now();
  }
}

/** Why a proof does not count, as the event has it, and the error. */
const REJECTIONS = {
  /** The account was disabled, got a new password or had its sessions reset since it was proved. */
  proof_outdated: interactionErrors.INTERACTION_STEP_OTHER,
  /** The account has to be proved by another method. */
  method_other: interactionErrors.SIGN_IN_METHOD_OTHER,
} as const;

/** The proof of an account does not count. */
class ProofRejected extends Error {
  readonly userId: string;
  readonly reason: keyof typeof REJECTIONS;

  constructor(userId: string, reason: keyof typeof REJECTIONS) {
    super('The proof of the account does not count.');
    this.userId = userId;
    this.reason = reason;
  }
}

/** Whether an account was proved and the first factor is missing all the same: by a method that is not the one asked for. */
const isProvedInVain = (step: StepName, { account }: InteractionState): boolean =>
  step === 'password' && account !== null;

/** The session that was to be renewed ended meanwhile. */
function stepOther(error: unknown): never {
  if (error instanceof IdentityError && error.kind === 'not-found') throw interactionErrors.INTERACTION_STEP_OTHER();
  throw error;
}

const secondsBetween = (from: Date, to: Date): number => Math.ceil((to.getTime() - from.getTime()) / 1000);
