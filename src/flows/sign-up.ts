import type { Authority } from '../access/index.ts';
import { type CodeResendService, type PasswordMode, UPDATE_PASSWORD } from '../auth-modes/index.ts';
import type { LinkedAppBinding } from '../clients/index.ts';
import { constantTimeEqual, mintHandle, newDigitCode, routeOfHandle, sha256Base64Url } from '../crypto/index.ts';
import { type Mailer, renderTemplate, type SmsSender, type Wanted } from '../delivery/index.ts';
import { addSeconds, type Clock, invalidField, kernelErrors, readTypedCode } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { OneTimeCodeRow, OneTimeCodeStore, SessionService } from '../sessions/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import {
  type CreateUser,
  isSameEmail,
  isSamePhone,
  type User,
  type UserInput,
  type UserService,
} from '../users/index.ts';
import { languagesFor } from './message-languages.ts';
import { insertAccount, prepareAccount } from './new-account.ts';
import { lacksConfirmedEmail } from './sign-in.steps.ts';
import { signUpErrors } from './sign-up.errors.ts';

/** A step that a new user must still take: to prove that a contact is theirs. */
export type SignUpStep = 'confirm-email' | 'confirm-phone';

export interface SignUp extends CreateUser {
  /** Default: none; the user signs in by other means. */
  readonly password?: string | null | undefined;
  /** client_ids of app instances without an owner, which become the user's. */
  readonly linkApps?: readonly string[] | null | undefined;
  /** Languages of the messages in the form of `Accept-Language`. Default: that of the account. */
  readonly languages?: string | null | undefined;
}

export interface ContinueSignUp {
  readonly context: string;
  readonly step: SignUpStep;
  /** The code that was sent; blanks in it are ignored. */
  readonly code: string;
}

export interface ResendSignUpCode extends Pick<SignUp, 'languages'>, Pick<ContinueSignUp, 'context' | 'step'> {}

/** Progress of a sign-up. */
export interface SignUpProgress {
  readonly user: User;
  /** Identifies the sign-up for `continue`; invalid once no step is left. */
  readonly context: string;
  readonly steps: readonly SignUpStep[];
  /** Session cookie of the user. Returned once, as soon as the user may sign in; else null. */
  readonly sessionCookie: string | null;
}

export interface SignUpFlowDeps {
  readonly db: Database;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly users: Pick<UserService, 'prepare' | 'insert' | 'lock' | 'lockToChange' | 'update'>;
  readonly passwords: Pick<PasswordMode, 'prepareNew' | 'add' | 'amr'>;
  readonly apps: Pick<LinkedAppBinding, 'bind'>;
  readonly sessions: Pick<SessionService, 'start'>;
  readonly codes: OneTimeCodeStore;
  readonly resends: Pick<CodeResendService, 'count'>;
  readonly mailer: Mailer;
  readonly sms: SmsSender;
  readonly clock: Clock;
}

/** A step that is left: the contact to which its code was sent, and a hash to check the code. */
interface OpenStep {
  readonly step: SignUpStep;
  readonly to: string;
  readonly proof: string;
  /** How many codes were sent there. */
  readonly sent: number;
}

/** State that is stored between the steps. */
interface Pending {
  readonly open: readonly OpenStep[];
  readonly amr: readonly string[];
  readonly isSignedIn: boolean;
}

const KIND = 'sign-up';
/** A day, because some people read the mail on the next day. */
const CONTEXT_SECONDS = 86_400;
/** Six digits, five tries at each of four codes: a guessing attacker succeeds with a chance of 20 in a million. */
const MAX_TRIES = 5;
const MAX_SENT = 4;
const MAX_APPS = 16;

interface StepKind {
  /** The contact to send the code to; null when there is nothing to prove. */
  readonly contact: (user: User) => string | null;
  /** Whether two spellings mean the same contact. */
  readonly isSame: (one: string, other: string) => boolean;
  readonly verified: UserInput;
}

const unverified = (contact: string | null | undefined, isVerified: boolean): string | null =>
  contact == null || isVerified ? null : contact;

/** The steps, in the order in which they are shown. */
const STEPS: Readonly<Record<SignUpStep, StepKind>> = {
  'confirm-email': {
    contact: ({ email, emailVerified }) => unverified(email, emailVerified),
    isSame: isSameEmail,
    verified: { emailVerified: true },
  },
  'confirm-phone': {
    contact: ({ phone, phoneVerified }) => unverified(phone, phoneVerified),
    isSame: isSamePhone,
    verified: { phoneVerified: true },
  },
};

/** Creates an account with its password, app instances and session, and then verifies its contacts. */
export class SignUpFlow {
  readonly #deps: SignUpFlowDeps;

  constructor(deps: SignUpFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Creates an account, sets its password, binds app instances and signs the user in, all or nothing. Sends a code to each
   * unverified contact.
   * @throws FORBIDDEN App instances are given, and the caller does not hold `linked-app:create`.
   * @throws LINKED_APP_NOT_FREE, PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT, and the errors of creating an account.
   */
  async signUp(authority: Authority, input: SignUp): Promise<SignUpProgress> {
    const { db, directory, passwords } = this.#deps;
    const { password, linkApps, languages, ...account } = input;
    const apps = checkedApps(authority, linkApps ?? []);
    const prepared = await prepareAccount(this.#deps, authority, account, password);
    return db.transaction(async () => {
      const user = await insertAccount(this.#deps, authority, prepared, 'user');
      for (const [at, clientId] of apps.entries())
        await this.#deps.apps.bind(authority, clientId, user.id, `input.linkApps.${at}`);
      const context = mintHandle(authority.tenant.route);
      const open = this.#sendCodes(authority, user, context, await languagesFor(directory, user, languages));
      const amr = prepared.password === null ? [] : passwords.amr;
      const expiresAt = addSeconds(this.#deps.clock.now(), CONTEXT_SECONDS);
      return this.#advance(authority, user, context, { open, amr, isSignedIn: false }, expiresAt);
    });
  }

  /**
   * Checks the code of a step.
   * @throws SIGN_UP_NOT_FOUND, SIGN_UP_STEP_NOT_OPEN
   * @throws SIGN_UP_CODE_WRONG After five attempts at a step the sign-up ends; the account stays.
   */
  async continue(authority: Authority, { context, step, code }: ContinueSignUp): Promise<SignUpProgress> {
    const { db, users, codes } = this.#deps;
    const { tenant } = authority;
    const found = await this.#find(authority, context);
    const { proof } = openStep(found, step);
    await this.#countTry(tenant.id, context);
    if (!constantTimeEqual(proofOf(context, step, readTypedCode(code)), proof)) throw signUpErrors.SIGN_UP_CODE_WRONG();
    return db.transaction(async () => {
      const before = await users.lockToChange(authority, found.userId!);
      const row = await codes.take(tenant.id, KIND, context);
      // Another code was sent in the meantime, so the checked one is no longer valid.
      if (row === null || openStep(row, step).proof !== proof) throw signUpErrors.SIGN_UP_NOT_FOUND();
      assertUnchanged(before, openStep(row, step));
      const user = await users.update(authority, before.id, STEPS[step].verified);
      const pending = pendingOf(row);
      const left = { ...pending, open: pending.open.filter((one) => one.step !== step) };
      return this.#advance(authority, user, context, left, row.expiresAt);
    });
  }

  /**
   * Sends a new code for a step, because messages can get lost. The previous code becomes invalid, and attempts are counted
   * from zero.
   * @throws SIGN_UP_NOT_FOUND, SIGN_UP_STEP_NOT_OPEN, TOO_MANY_REQUESTS Four codes were sent already, or the
   *   account has to wait (docs/lock-out.md).
   */
  async resend(authority: Authority, { context, step, languages }: ResendSignUpCode): Promise<SignUpProgress> {
    const { db, directory, users, codes } = this.#deps;
    const { userId } = await this.#find(authority, context);
    await this.#deps.resends.count(authority.tenant, userId!, authority.caller);
    return db.transaction(async () => {
      const user = await users.lock(authority, userId!);
      const row = await codes.take(authority.tenant.id, KIND, context);
      if (row === null) throw signUpErrors.SIGN_UP_NOT_FOUND();
      const before = openStep(row, step);
      assertUnchanged(user, before);
      if (before.sent >= MAX_SENT) throw kernelErrors.TOO_MANY_REQUESTS();
      const wanted = await languagesFor(directory, user, languages);
      const after = this.#sendCode(authority, user, context, { ...before, sent: before.sent + 1 }, wanted);
      const pending = pendingOf(row);
      const open = pending.open.map((one) => (one === before ? after : one));
      return this.#advance(authority, user, context, { ...pending, open }, row.expiresAt);
    });
  }

  async #find({ tenant }: Authority, context: string): Promise<OneTimeCodeRow> {
    const { codes } = this.#deps;
    const found = routeOfHandle(context) === tenant.route ? await codes.find(tenant.id, KIND, context) : null;
    if (found === null) throw signUpErrors.SIGN_UP_NOT_FOUND();
    return found;
  }

  /** Counts an attempt before the code is compared, so that concurrent attempts are counted too. */
  async #countTry(tenantId: string, context: string): Promise<void> {
    const { codes } = this.#deps;
    const tries = await codes.countAttempt(tenantId, KIND, context);
    if (tries > 0 && tries <= MAX_TRIES) return;
    await codes.take(tenantId, KIND, context);
    throw signUpErrors.SIGN_UP_NOT_FOUND();
  }

  /** Signs the user in if possible, and stores the steps that are left. */
  async #advance(
    authority: Authority,
    user: User,
    context: string,
    pending: Pending,
    expiresAt: Date,
  ): Promise<SignUpProgress> {
    const { sessions, codes } = this.#deps;
    const isDue = !pending.isSignedIn && (await this.#maySignIn(user));
    const start = { userId: user.id, amr: pending.amr, inBrowser: true };
    const sessionCookie = isDue ? (await sessions.start(authority, start)).cookie : null;
    if (pending.open.length > 0) {
      const payload = { ...pending, isSignedIn: pending.isSignedIn || isDue };
      await codes.put(authority.tenant, { kind: KIND, userId: user.id, code: context, payload, expiresAt });
    }
    return { user, context, steps: pending.open.map(({ step }) => step), sessionCookie };
  }

  /** Whether the user may be signed in now, by the conditions of a sign-in. */
  async #maySignIn(user: User): Promise<boolean> {
    const { tenantId, enabled, requiredActions } = user;
    const settings = (await this.#deps.directory.byId(tenantId))?.settings;
    if (settings === undefined || !enabled || (requiredActions ?? []).includes(UPDATE_PASSWORD)) return false;
    return !lacksConfirmedEmail(settings, user);
  }

  #sendCodes(authority: Authority, user: User, context: string, languages: Wanted): OpenStep[] {
    return (Object.keys(STEPS) as SignUpStep[]).flatMap((step) => {
      const to = STEPS[step].contact(user);
      return to === null ? [] : [this.#sendCode(authority, user, context, { step, to, sent: 1 }, languages)];
    });
  }

  /** Sends a code after the commit. */
  #sendCode(
    { caller, tenant }: Authority,
    user: User,
    context: string,
    open: Omit<OpenStep, 'proof'>,
    languages: Wanted,
  ): OpenStep {
    const { mailer, sms } = this.#deps;
    const { step, to } = open;
    const code = newDigitCode();
    const purpose = step === 'confirm-email' ? 'verify-email' : 'verify-phone';
    const { subject, text, locale } = renderTemplate(purpose, languages, { code });
    const message = { to, text, purpose, behalf: { tenant, actor: caller, subjectId: user.id } };
    if (step === 'confirm-email') mailer.send({ ...message, subject, locale });
    else sms.send(message);
    return { ...open, proof: proofOf(context, step, code) };
  }
}

/**
 * Hash to check a code. It includes the handle, which the table does not contain, so that a reader of the table cannot find
 * the code by trying a million.
 */
const proofOf = (context: string, step: SignUpStep, code: string): string =>
  sha256Base64Url(`${context} ${step} ${code}`);

const pendingOf = ({ payload }: OneTimeCodeRow): Pending => payload as unknown as Pending;

function stepNotOpen() {
  const { code, message } = signUpErrors.SIGN_UP_STEP_NOT_OPEN();
  return signUpErrors.SIGN_UP_STEP_NOT_OPEN({ fields: [{ path: 'input.step', code, message }] });
}

/** @throws SIGN_UP_STEP_NOT_OPEN */
function openStep(row: OneTimeCodeRow, step: SignUpStep): OpenStep {
  const open = pendingOf(row).open.find((one) => one.step === step);
  if (open === undefined) throw stepNotOpen();
  return open;
}

/** Refuses a code for a contact that was changed since. @throws SIGN_UP_STEP_NOT_OPEN */
function assertUnchanged(user: User, { step, to }: OpenStep): void {
  const contact = STEPS[step].contact(user);
  if (contact === null || !STEPS[step].isSame(contact, to)) throw stepNotOpen();
}

/** @throws FORBIDDEN, INVALID_INPUT */
function checkedApps(authority: Authority, linkApps: readonly string[]): readonly string[] {
  if (linkApps.length === 0) return linkApps;
  if (!authority.holds([{ permission: 'linked-app:create', reach: 'tenant' }]))
    throw kernelErrors.FORBIDDEN({ message: 'Binding app instances needs `linked-app:create`.' });
  const apps = [...new Set(linkApps)];
  if (apps.length <= MAX_APPS) return apps;
  throw invalidField('input.linkApps', 'LINK_APPS_TOO_MANY', `At most ${MAX_APPS} app instances are bound at once.`);
}
