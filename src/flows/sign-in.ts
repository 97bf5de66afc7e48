import type { Authority } from '../access/index.ts';
import {
  type Attempt,
  accountStateOf,
  acrOf,
  type CredentialStore,
  type CredentialType,
  type LockoutService,
  type PasswordMode,
  runGuardedTry,
} from '../auth-modes/index.ts';
import type { EventActor, EventLog } from '../events/index.ts';
import type { Clock, Origin, TenantRef } from '../kernel/index.ts';
import type { DeviceService, SessionService, StartedSession } from '../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../tenants/index.ts';
import type { User, UserStore } from '../users/index.ts';
import { signInErrors } from './sign-in.errors.ts';
import { signInEvents } from './sign-in.events.ts';
import { type AccountStep, missingStep, needsMethods } from './sign-in.steps.ts';

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
  | { readonly kind: 'email-unverified'; readonly user: User; readonly amr: readonly string[] };

export interface SignInFlowDeps {
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly users: Pick<UserStore, 'findById' | 'findByIdentifier'>;
  readonly passwords: Pick<PasswordMode, 'admit' | 'prove' | 'amr'>;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
  readonly lockouts: LockoutService;
  readonly devices: Pick<DeviceService, 'isKnown' | 'seen'>;
  readonly sessions: Pick<SessionService, 'start'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Reasons why an account may not sign in at all. They appear only in the event, never in the answer. */
const ACCOUNT_REFUSALS: readonly (readonly [reason: string, holds: (user: User | null, now: Date) => boolean])[] = [
  ['unknown_user', (user) => user === null],
  ['service_account', (user) => user!.serviceClientId != null],
  ['account_disabled', (user) => !user!.enabled],
  ['account_inactive', (user, now) => accountStateOf(user!, now).name === 'inactivityLock'],
  ['method_locked', (user) => (user!.lockedMethods ?? []).includes('password')],
];

const RESULT_OF_STEP = {
  factor: 'factor-required',
  enrolment: 'factor-required',
  'new-password': 'password-change-required',
  'email-code': 'email-unverified',
} as const satisfies Record<AccountStep, SignInResult['kind']>;

/** A reserved id, which no user can have. */
const RESERVED_ID = 'current';

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
   * @throws TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE Too many attempts wait.
   */
  verifyPassword(input: PasswordSignIn): Promise<SignInResult> {
    const typed = { ...input, identifier: readTypedName(input.identifier) };
    return this.#deps.passwords.admit(() => this.#verify(typed));
  }

  async #verify(input: PasswordSignIn): Promise<SignInResult> {
    const { directory, users } = this.#deps;
    const tenant = await directory.byId(input.tenant.id);
    if (tenant === null) throw tenantErrors.TENANT_REQUIRED();
    const found = await this.#find(tenant, input);
    // A known name takes two statements, so run a second one for an unknown name as well.
    const user = found ?? (await users.findById(tenant.id, RESERVED_ID));
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

  /** A fixed account is found by its id alone, which may be the username or the chosen name of another account. */
  #find({ id, settings }: KnownTenant, { identifier, userId = null }: PasswordSignIn): Promise<User | null> {
    const { users } = this.#deps;
    if (userId !== null) return users.findById(id, userId);
    return users.findByIdentifier(id, identifier, { byEmail: settings.signInByEmail });
  }

  async #knownDevice(tenantId: string, user: User | null, deviceId: string | null): Promise<string | null> {
    if (user === null || deviceId === null) return null;
    return (await this.#deps.devices.isKnown(tenantId, user.id, deviceId)) ? deviceId : null;
  }

  async #try(tenant: KnownTenant, user: User | null, input: PasswordSignIn, attempt: Attempt): Promise<SignInResult> {
    const { lockouts, passwords, clock } = this.#deps;
    const now = clock.now();
    const accountReason = ACCOUNT_REFUSALS.find(([, holds]) => holds(user, now))?.[0] ?? null;
    const result = await runGuardedTry(lockouts, attempt, actorOf(input), async () => {
      // Check the password even when the sign-in is refused anyway, so that the response time does not reveal that.
      const proved = await passwords.prove(tenant.id, user?.id ?? null, input.password);
      return accountReason === null ? proved : null;
    });
    if (result.kind === 'right') return this.#next(tenant, user!, input.factors ?? 1);
    const reason = result.kind === 'blocked' ? 'locked_out' : (accountReason ?? 'wrong_password');
    await this.#recordRefusal(input, attempt, reason);
    throw signInErrors.SIGN_IN_REFUSED();
  }

  async #recordRefusal(input: PasswordSignIn, attempt: Attempt, reason: string): Promise<void> {
    await this.#deps.events.append(actorOf(input), attempt.tenant, {
      type: signInEvents['sign_in.failed'],
      subjectId: attempt.userId,
      outcome: 'failure',
      reason,
      // Omit a name that no account has: the user may have typed a password into the field.
      params: { method: 'password', ...(attempt.userId === null ? {} : { identifier: input.identifier }) },
    });
  }

  /** The first step that is missing after a right password. */
  async #next({ id, settings }: KnownTenant, user: User, factors: 1 | 2): Promise<SignInResult> {
    const { credentials, passwords } = this.#deps;
    const { amr } = passwords;
    const facts = { user, settings, factors, amr };
    const methods = needsMethods(facts) ? await credentials.acceptedAsSecond(id, user.id) : [];
    const step = missingStep({ ...facts, methods });
    if (step === null) return { kind: 'verified', user, amr };
    const kind = RESULT_OF_STEP[step];
    return kind === 'factor-required' ? { kind, user, amr, methods } : { kind, user, amr };
  }

  /**
   * Signs in where no further step is possible, as in the password grant: a missing step is an error.
   * @throws SIGN_IN_REFUSED, SIGN_IN_FACTOR_REQUIRED, SIGN_IN_PASSWORD_CHANGE_REQUIRED, SIGN_IN_EMAIL_UNVERIFIED
   */
  async signInWithPassword(
    authority: Authority,
    input: { readonly username: string; readonly password: string; readonly deviceId?: string | null },
  ): Promise<StartedSession & { readonly userId: string }> {
    const { caller, tenant } = authority;
    const { password, deviceId = null } = input;
    const identifier = readTypedName(input.username);
    const { origin } = caller;
    const result = await this.verifyPassword({ tenant, identifier, password, deviceId, origin, client: caller });
    const { user, amr } = requireVerified(result);
    const signIn = { userId: user.id, amr, acr: acrOf(amr), identifier, deviceId };
    const started = await this.#deps.sessions.start(authority, signIn);
    if (deviceId !== null) await this.#deps.devices.seen(authority, { userId: user.id, deviceId });
    return { ...started, userId: user.id };
  }
}

/** Removes outer blanks, which pasted names often have and stored names never have. */
const readTypedName = (typed: string): string => typed.trim();

const MISSING_STEP = {
  'factor-required': signInErrors.SIGN_IN_FACTOR_REQUIRED,
  'password-change-required': signInErrors.SIGN_IN_PASSWORD_CHANGE_REQUIRED,
  'email-unverified': signInErrors.SIGN_IN_EMAIL_UNVERIFIED,
} as const;

/**
 * The result, if no step is missing.
 * @throws SIGN_IN_FACTOR_REQUIRED, SIGN_IN_PASSWORD_CHANGE_REQUIRED, SIGN_IN_EMAIL_UNVERIFIED
 */
function requireVerified(result: SignInResult): Extract<SignInResult, { kind: 'verified' }> {
  if (result.kind === 'verified') return result;
  throw MISSING_STEP[result.kind]();
}

/** The actor of an attempt, whose user is not known yet. */
function actorOf({ origin, client }: PasswordSignIn): EventActor {
  const { clientId = null, clientAuth = null } = client ?? {};
  return { kind: 'anonymous', userId: null, clientId, clientAuth, sessionId: null, origin };
}
