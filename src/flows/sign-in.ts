import type { Authority } from '../access/index.ts';
import {
  type Attempt,
  acrOf,
  amrAfter,
  type CredentialType,
  type LockoutService,
  type PasswordMode,
  runGuardedTry,
  type TotpService,
} from '../auth-modes/index.ts';
import type { EventActor, EventLog } from '../events/index.ts';
import type { Clock, Origin, TenantRef } from '../kernel/index.ts';
import type { DeviceService, SessionService, StartedSession } from '../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../tenants/index.ts';
import type { User, UserStore } from '../users/index.ts';
import { accountRefusal, isRevealable } from './account-refusals.ts';
import { toActor } from './attempt-actor.ts';
import { signInErrors } from './sign-in.errors.ts';
import { signInFailed } from './sign-in.events.ts';
import { type AccountFactSource, type AccountStep, accountFacts, missingStep } from './sign-in.steps.ts';
import { afterEqualWork } from './unknown-name.ts';

/** A name and a password as typed, with the origin of the request. */
export interface PasswordSignIn {
  readonly tenant: Pick<TenantRef, 'id'>;
  /** Username, chosen id, or the e-mail address if the tenant allows it. */
  readonly identifier: string;
  /** The id of the only account that may sign in, which then replaces the name; absent or null: any account. */
  readonly userId?: string | null;
  readonly password: string;
  readonly origin: Origin;
  /** Id of the device, proved by its cookie; absent or null when there is none. */
  readonly deviceId?: string | null;
  /** How many factors the request for the sign-in demands. Default 1; an account may demand two by itself. */
  readonly factors?: 1 | 2;
  /** Whether the request for the sign-in demands every factor and action of the account; absent: as the tenant has it. */
  readonly isStrict?: boolean;
  /**
   * Whether the right password tells that the account is disabled. For older identity services, whose clients show it to the
   * user; absent: no.
   */
  readonly tellsDisabled?: boolean;
  /** The client the sign-in is for, and how it authenticated. */
  readonly client: Pick<EventActor, 'clientId' | 'clientAuth'> | null;
}

/** Result of a right password: the first step that is missing, or none. All refusals are the same error and no result. */
export type SignInResult =
  | { readonly kind: 'verified'; readonly user: User; readonly amr: readonly string[] }
  | {
      readonly kind: 'factor-required';
      readonly user: User;
      readonly amr: readonly string[];
      /** What the account can show as second factor, recovery codes included; empty when it has nothing. */
      readonly methods: readonly CredentialType[];
    }
  | { readonly kind: 'password-change-required'; readonly user: User; readonly amr: readonly string[] }
  | { readonly kind: 'email-unverified'; readonly user: User; readonly amr: readonly string[] }
  | { readonly kind: 'actions-required'; readonly user: User; readonly amr: readonly string[] };

type Verified = Extract<SignInResult, { kind: 'verified' }>;

export interface SignInFlowDeps {
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly users: Pick<UserStore, 'findById' | 'findByIdentifier'>;
  readonly passwords: Pick<PasswordMode, 'admit' | 'prove' | 'amr'>;
  readonly credentials: AccountFactSource;
  readonly totp: Pick<TotpService, 'verify'>;
  readonly lockouts: LockoutService;
  readonly devices: Pick<DeviceService, 'isKnown' | 'seen'>;
  readonly sessions: Pick<SessionService, 'start'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

const RESULT_OF_STEP = {
  factor: 'factor-required',
  enrolment: 'factor-required',
  terms: 'actions-required',
  'new-password': 'password-change-required',
  'email-code': 'email-unverified',
  'key-enrolment': 'actions-required',
  'other-actions': 'actions-required',
} as const satisfies Record<AccountStep, SignInResult['kind']>;

/** Signs in users with a name and a password, for all APIs. */
export class SignInFlow {
  readonly #deps: SignInFlowDeps;

  constructor(deps: SignInFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Unknown name, wrong password, blocked, disabled, inactive, method locked: each gives the same error after the same work
   * (check 43), so that the answer does not reveal whether an account exists or its state. Only a caller with the right
   * password learns which step is missing.
   * @throws SIGN_IN_REFUSED Records `sign_in.failed` with the reason.
   * @throws SIGN_IN_ACCOUNT_DISABLED The password is right, and the caller may know that the account is disabled.
   * @throws TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE Too many attempts wait.
   */
  verifyPassword(input: PasswordSignIn): Promise<SignInResult> {
    const typed = { ...input, identifier: readTypedName(input.identifier) };
    return this.#deps.passwords.admit(() => this.#verify(typed));
  }

  async #verify(input: PasswordSignIn): Promise<SignInResult> {
    const tenant = await this.#tenant(input.tenant);
    const user = await this.#find(tenant, input);
    const attempt: Attempt = {
      tenant,
      factor: 'first',
      userId: user?.id ?? null,
      name: input.identifier,
      peerIp: input.origin.peerIp,
      knownDeviceId: await this.#knownDevice(tenant.id, user, input.deviceId ?? null),
    };
    return this.#try(tenant, user, input, attempt);
  }

  async #tenant({ id }: Pick<TenantRef, 'id'>): Promise<KnownTenant> {
    const tenant = await this.#deps.directory.byId(id);
    if (tenant === null) throw tenantErrors.TENANT_REQUIRED();
    return tenant;
  }

  /** A fixed account is found by its id alone, which may be the username or the chosen name of another account. */
  async #find({ id, settings }: KnownTenant, { identifier, userId = null }: PasswordSignIn): Promise<User | null> {
    const { users } = this.#deps;
    if (userId !== null) return users.findById(id, userId);
    const found = await users.findByIdentifier(id, identifier, { byEmail: settings.signInByEmail });
    return afterEqualWork(users, id, found);
  }

  async #knownDevice(tenantId: string, user: User | null, deviceId: string | null): Promise<string | null> {
    if (user === null || deviceId === null) return null;
    return (await this.#deps.devices.isKnown(tenantId, user.id, deviceId)) ? deviceId : null;
  }

  async #try(tenant: KnownTenant, user: User | null, input: PasswordSignIn, attempt: Attempt): Promise<SignInResult> {
    const { lockouts, passwords, clock } = this.#deps;
    const now = clock.now();
    const accountReason = accountRefusal(user, 'password', now);
    const isRevealed = input.tellsDisabled === true && isRevealable(accountReason, user);
    const result = await runGuardedTry(lockouts, attempt, actorOf(input), async () => {
      // Check the password even when the sign-in is refused anyway, so that the response time does not reveal that.
      const proved = await passwords.prove(tenant.id, user?.id ?? null, input.password);
      return accountReason === null || isRevealed ? proved : null;
    });
    const isRight = result.kind === 'right';
    if (isRight && accountReason === null) return this.#next(tenant, user!, input, this.#deps.passwords.amr);
    const reason = result.kind === 'blocked' ? 'locked_out' : (accountReason ?? 'wrong_password');
    await this.#recordRefusal(input, attempt, reason);
    throw isRight ? signInErrors.SIGN_IN_ACCOUNT_DISABLED() : signInErrors.SIGN_IN_REFUSED();
  }

  async #recordRefusal(
    input: PasswordSignIn,
    attempt: Pick<Attempt, 'tenant' | 'userId'>,
    reason: string,
  ): Promise<void> {
    const { tenant, userId } = attempt;
    // Omit a name that no account has: the user may have typed a password into the field.
    const params = { method: 'password', ...(userId === null ? {} : { identifier: input.identifier }) };
    await this.#deps.events.append(actorOf(input), tenant, signInFailed(userId, reason, params));
  }

  /** The first step that is missing after what was proved. */
  async #next(
    tenant: KnownTenant,
    user: User,
    { factors = 1, isStrict = false }: Pick<PasswordSignIn, 'factors' | 'isStrict'>,
    amr: readonly string[],
  ): Promise<SignInResult> {
    const asked = { userId: user.id, user, factors, isStrict, amr, isProvedNow: true };
    const facts = await accountFacts(this.#deps.credentials, tenant, asked);
    const step = missingStep(facts);
    if (step === null) return { kind: 'verified', user, amr };
    const kind = RESULT_OF_STEP[step];
    return kind === 'factor-required' ? { kind, user, amr, methods: facts.methods } : { kind, user, amr };
  }

  /**
   * Signs in where no further step is possible, as in the password grant: a missing step is an error. Every refusal has an event.
   * @throws SIGN_IN_REFUSED Also for a wrong code.
   * @throws SIGN_IN_FACTOR_REQUIRED, SIGN_IN_PASSWORD_CHANGE_REQUIRED, SIGN_IN_EMAIL_UNVERIFIED, SIGN_IN_ACTIONS_REQUIRED
   * @throws SIGN_IN_ACCOUNT_DISABLED With `tellsAccount` alone.
   */
  async signInWithPassword(
    authority: Authority,
    input: TypedCredentials,
  ): Promise<StartedSession & { readonly user: User }> {
    const { user, amr } = await this.#prove(authority, input);
    const { deviceId = null } = input;
    const signIn = { userId: user.id, amr, acr: acrOf(amr), identifier: readTypedName(input.username), deviceId };
    const started = await this.#deps.sessions.start(authority, signIn);
    if (deviceId !== null) await this.#deps.devices.seen(authority, { userId: user.id, deviceId });
    return { ...started, user };
  }

  /** Proves a user as `signInWithPassword` does, without a session. @throws The same. */
  async provePassword(authority: Authority, input: TypedCredentials): Promise<User> {
    return (await this.#prove(authority, input)).user;
  }

  async #prove(authority: Authority, input: TypedCredentials): Promise<Verified> {
    const { caller, tenant } = authority;
    const { password, deviceId = null, tellsAccount = false } = input;
    const identifier = readTypedName(input.username);
    const { origin } = caller;
    const how = { isStrict: tellsAccount, tellsDisabled: tellsAccount };
    const typed = { tenant, identifier, password, deviceId, origin, client: caller, ...how };
    const result = await this.#withCode(authority, await this.verifyPassword(typed), input);
    if (result.kind === 'verified') return result;
    const { error, reason } = toRefusal(result, tellsAccount);
    await this.#recordRefusal(typed, { tenant, userId: result.user.id }, reason);
    throw error();
  }

  /**
   * What is missing after the code of a second factor, if one is demanded and was typed.
   * @throws SIGN_IN_REFUSED The code is wrong. Records `sign_in.factor_failed`.
   * @throws TOO_MANY_REQUESTS
   */
  async #withCode(
    { caller, tenant }: Authority,
    result: SignInResult,
    { code = null, deviceId = null, tellsAccount = false }: TypedCredentials,
  ): Promise<SignInResult> {
    const { user } = result;
    if (code === null || !canShowFactor(result)) return result;
    const knownDeviceId = await this.#knownDevice(tenant.id, user, deviceId);
    const isRight = await this.#deps.totp.verify(caller, tenant, { userId: user.id, code, knownDeviceId });
    if (!isRight) throw signInErrors.SIGN_IN_REFUSED();
    const known = await this.#tenant(tenant);
    return this.#next(known, user, { isStrict: tellsAccount }, amrAfter(result.amr, CODE_AMR));
  }
}

/** What a user typed into an application. */
export interface TypedCredentials {
  readonly username: string;
  readonly password: string;
  /** A code of a code app; absent or null: none. */
  readonly code?: string | null;
  readonly deviceId?: string | null;
  /**
   * Whether the sign-in behaves as in older identity services: a second factor that the account has is demanded, every required
   * action stops it, and after the right password the caller learns that the account is disabled or not complete.
   */
  readonly tellsAccount?: boolean;
}

/** How a right code shows in `amr` (RFC 8176). */
const CODE_AMR = ['otp'];

/** A typed name without outer blanks, which pasted names often have and stored names never have. */
export const readTypedName = (typed: string): string => typed.trim();

/** The error of a missing step, and the reason that its event has. */
const REFUSALS = {
  'factor-required': { error: signInErrors.SIGN_IN_FACTOR_REQUIRED, reason: 'factor_required' },
  'password-change-required': {
    error: signInErrors.SIGN_IN_PASSWORD_CHANGE_REQUIRED,
    reason: 'password_change_required',
  },
  'email-unverified': { error: signInErrors.SIGN_IN_EMAIL_UNVERIFIED, reason: 'email_unverified' },
  'actions-required': { error: signInErrors.SIGN_IN_ACTIONS_REQUIRED, reason: 'actions_required' },
} as const;

type Refusal = (typeof REFUSALS)[keyof typeof REFUSALS];

/** Whether a second factor is demanded that the account has. */
const canShowFactor = (result: SignInResult): boolean => result.kind === 'factor-required' && result.methods.length > 0;

/** Why nobody is signed in whose step is missing. @param tellsAccount As in `TypedCredentials`. */
function toRefusal(result: Exclude<SignInResult, Verified>, tellsAccount: boolean): Refusal {
  const { error } = REFUSALS['actions-required'];
  const refusal = REFUSALS[result.kind];
  return tellsAccount && !canShowFactor(result) ? { ...refusal, error } : refusal;
}

function actorOf({ origin, client }: PasswordSignIn): EventActor {
  const { clientId = null, clientAuth = null } = client ?? {};
  return toActor({ clientId, clientAuth, origin });
}
