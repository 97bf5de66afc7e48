import {
  type Attempt,
  accountStateOf,
  type LockoutService,
  passwordEvents,
  runGuardedTry,
} from '../../auth-modes/index.ts';
import { constantTimeEqual, newDigitCode, sha256Base64Url } from '../../crypto/index.ts';
import { type Mailer, renderTemplate } from '../../delivery/index.ts';
import type { EventLog } from '../../events/index.ts';
import { addSeconds, type Clock, kernelErrors, readTypedCode } from '../../kernel/index.ts';
import type { OneTimeCodeRow, OneTimeCodeStore } from '../../sessions/index.ts';
import { isSameEmail, type User, type UserStore } from '../../users/index.ts';
import { countTryOfAddress } from '../address-tries.ts';
import { LINK_AMR } from '../mail-owner.ts';
import { countMail, isMailedEnough, MAIL_PAUSE_SECONDS } from '../mail-pace.ts';
import { type MailWording, type MailWordingDeps, wordingFor } from '../mail-wording.ts';
import { usualLanguages } from '../message-languages.ts';
import { signInEvents, signInFailed } from '../sign-in.events.ts';
import { afterEqualWork, RESERVED_ID } from '../unknown-name.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import { closedReset, type InteractionState, type PasswordResetState } from './interaction.state.ts';
import { mayResetPassword } from './interaction.steps.ts';
import { PASSWORD_RESET_DIGITS } from './password-reset.code.ts';
import { languagesOf } from './proved-account.ts';

export interface PasswordResetStepDeps extends MailWordingDeps {
  readonly codes: OneTimeCodeStore;
  readonly users: Pick<UserStore, 'findById' | 'findByIdentifier' | 'lockToSignIn'>;
  readonly lockouts: LockoutService;
  readonly mailer: Pick<Mailer, 'offer'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

const KIND = 'password-reset';
/** How long a code works at most, and where the tenant sets nothing: ASVS 6.6.2 allows ten minutes (check 45). */
const MAX_CODE_SECONDS = 600;
/** How long a code works at least, because a mail needs time. */
const MIN_CODE_SECONDS = 60;
const MAX_TRIES = 5;
const MAX_ASKED = 5;

/** Mails of an account are counted by rows that outlive their codes. */
const MAIL_KIND = 'password-reset-mail';

const TRY_KIND = 'password-reset-try';

const LONGEST_NAME = 320;

const NOT_ASKED: PasswordResetState = { isOpen: true, isAsked: false, asked: 0, askedAt: null, provedEmail: null };

/** What is stored of a code, beside its hash. */
interface SentCode {
  /** The address to which it was mailed; null: it was mailed to nobody. */
  readonly to: string | null;
  readonly proof: string;
  /** `users.proof_version` at that time: a new password and the end of all sessions outdate the code. */
  readonly proofVersion: number | null;
}

/** Why an account gets no mail, which only the event tells. */
const REFUSALS: readonly (readonly [reason: string, holds: (user: User | null, now: Date) => boolean])[] = [
  ['unknown_user', (user) => user === null],
  ['service_account', (user) => user!.serviceClientId != null],
  ['account_disabled', (user) => !user!.enabled],
  ['account_inactive', (user, now) => accountStateOf(user!, now).name === 'inactivityLock'],
  ['method_locked', (user) => (user!.lockedMethods ?? []).includes('password')],
  ['email_missing', (user) => user!.email == null],
];

/**
 * Proves an account whose password is forgotten, by a code that is mailed to it. Whether there is such an account shows nowhere but in
 * its mails: known and unknown names take the same answer and the same statements (check 43).
 */
export class PasswordResetStep {
  readonly #deps: PasswordResetStepDeps;

  constructor(deps: PasswordResetStepDeps) {
    this.#deps = deps;
  }

  /**
   * Mails a code, and a link that has it, to the account of a name, if there is one that may have it and got none within a minute and
   * less than five within an hour. A name is ignored where the account is fixed. Records `password.reset_requested`.
   * @throws TOO_MANY_REQUESTS The address has asked too often, or the sign-in asked within the last minute or five times.
   */
  async request(open: OpenInteraction, typed: string): Promise<Advance> {
    this.#assertPaused(open);
    await countTryOfAddress(this.#deps, open, TRY_KIND);
    const identifier = typed.trim();
    const found = await this.#find(open, identifier);
    const wording = await wordingFor(this.#deps, open.tenant);
    return async (state) => {
      const before = state.passwordReset!;
      const asked = before.asked + 1;
      const working = await this.#send(open, found, { number: asked, former: workingOf(before) }, wording);
      const passwordReset = { ...before, isAsked: true, asked, working, askedAt: this.#deps.clock.now().toISOString() };
      return { ...state, identifier: identifier.slice(0, LONGEST_NAME), passwordReset };
    };
  }

  #assertPaused({ state }: OpenInteraction): void {
    const { asked, askedAt } = state.passwordReset!;
    if (asked >= MAX_ASKED) throw kernelErrors.TOO_MANY_REQUESTS();
    const waits = askedAt !== null && addSeconds(new Date(askedAt), MAIL_PAUSE_SECONDS) > this.#deps.clock.now();
    if (waits) throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: MAIL_PAUSE_SECONDS });
  }

  async #find({ tenant: { id, settings }, demands }: OpenInteraction, identifier: string): Promise<User | null> {
    const { users } = this.#deps;
    if (demands.userId !== null) return users.findById(id, demands.userId);
    const found = await users.findByIdentifier(id, identifier, { byEmail: settings.signInByEmail });
    return afterEqualWork(users, id, found);
  }

  /**
   * In the unit of work of the step. The account is locked, so that simultaneous requests bring one mail.
   * @returns The number of the code that works then. It is the former one where that was mailed to this account, which gets no other by
   *   now; any other request replaces it, so that its end does not show whose name was typed.
   */
  async #send(
    open: OpenInteraction,
    found: User | null,
    { number, former }: { readonly number: number; readonly former: number },
    wording: MailWording,
  ): Promise<number> {
    const { codes, users, events, clock } = this.#deps;
    const { tenant, handle, actor } = open;
    const user = await users.lockToSignIn(tenant.id, found?.id ?? RESERVED_ID);
    const refusal = REFUSALS.find(([, holds]) => holds(user, clock.now()))?.[0] ?? null;
    const isMailed = await isMailedEnough(this.#deps, tenant, { kind: MAIL_KIND, userId: user?.id ?? RESERVED_ID });
    const reason = refusal === null && isMailed ? 'mailed_before' : refusal;
    const sent = await codes.find(tenant.id, KIND, keyOf(handle, former));
    const code = newDigitCode(PASSWORD_RESET_DIGITS);
    const to = reason === null ? user!.email! : null;
    const payload: SentCode = { to, proof: proofOf(handle, number, code), proofVersion: user?.proofVersion ?? null };
    const expiresAt = addSeconds(clock.now(), codeSecondsOf(open));
    const userId = to === null ? null : user!.id;
    await codes.put(tenant, { kind: KIND, userId, code: keyOf(handle, number), payload: { ...payload }, expiresAt });
    await countMail(this.#deps, tenant, { kind: MAIL_KIND, userId });
    events.record(actor, tenant, {
      type: passwordEvents['password.reset_requested'],
      subjectId: user?.id ?? null,
      ...(reason === null ? {} : { outcome: 'failure' as const, reason }),
    });
    if (to !== null) this.#mail(open, user!, to, code, wording);
    return reason === 'mailed_before' && sent?.userId === user!.id ? former : number;
  }

  #mail(open: OpenInteraction, user: User, to: string, code: string, { app, texts }: MailWording): void {
    const { tenant, handle, row, actor } = open;
    const purpose = 'password-reset';
    // The page is at the host of the sign-in, where its browser has the cookie. What follows `#` reaches no server and no log.
    const link = `${new URL(row.request.resumeAt).origin}/t/${tenant.name}/sign-in/${handle}#code=${code}`;
    const values = { app, code, link, minutes: String(Math.floor(codeSecondsOf(open) / 60)) };
    const wanted = [languagesOf(open), ...usualLanguages(tenant.settings, user.locale)];
    const rendered = renderTemplate(purpose, wanted, values, texts);
    const behalf = { tenant, actor, subjectId: user.id };
    // Offered, because a queue that is full would tell which accounts there are.
    this.#deps.mailer.offer({ to, ...rendered, purpose, behalf });
  }

  /**
   * Proves the account if the code is right, with the event `user.recovery_started`; the code is used up.
   * @throws EMAIL_CODE_WRONG Also when it expired, was tried five times, or the account changed since it was mailed, and while the
   *   address is blocked. Records `sign_in.failed`.
   * @throws TOO_MANY_REQUESTS
   */
  async submit(open: OpenInteraction, typed: string): Promise<Advance> {
    const { codes, events, clock } = this.#deps;
    const { tenant, handle, actor } = open;
    const proof = await this.#prove(open, typed);
    return async (state) => {
      const row = await codes.take(tenant.id, KIND, keyOf(handle, workingOf(state.passwordReset!)));
      const user = row === null ? null : await this.#lockProved(open, row, proof);
      if (user === null) throw interactionErrors.EMAIL_CODE_WRONG();
      events.record(actor, tenant, { type: signInEvents['user.recovery_started'], subjectId: user.id });
      return provedBy(state, user, clock.now());
    };
  }

  /** The proof of the code, if it is right. @throws EMAIL_CODE_WRONG */
  async #prove(open: OpenInteraction, typed: string): Promise<string> {
    const { codes, events, lockouts } = this.#deps;
    const { tenant, handle, actor, state } = open;
    const number = workingOf(state.passwordReset!);
    const proof = proofOf(handle, number, readTypedCode(typed));
    const sent = await codes.find(tenant.id, KIND, keyOf(handle, number));
    const userId = sent?.userId ?? null;
    const { peerIp } = actor.origin;
    // Tries queue by sign-in: a queue of the account, which others can fill, would tell whether the code was mailed to one.
    const attempt: Attempt = { tenant, factor: 'reset-code', userId: null, name: handle, peerIp, knownDeviceId: null };
    const result = await runGuardedTry(lockouts, attempt, actor, async () =>
      (await this.#tryOnce(open, proof)) ? proof : null,
    );
    if (result.kind === 'right') return proof;
    const reason = result.kind === 'blocked' ? 'locked_out' : 'wrong_code';
    await events.append(actor, tenant, signInFailed(userId, reason, { method: KIND }));
    throw interactionErrors.EMAIL_CODE_WRONG();
  }

  /** Counts the try before it compares, so that simultaneous ones are counted too. */
  async #tryOnce({ tenant, handle, state }: OpenInteraction, proof: string): Promise<boolean> {
    const { codes } = this.#deps;
    const key = keyOf(handle, workingOf(state.passwordReset!));
    const tries = await codes.countAttempt(tenant.id, KIND, key);
    const sent = tries > MAX_TRIES ? null : await codes.find(tenant.id, KIND, key);
    return sent !== null && isRight(sent, proof);
  }

  /** The account of a right code, as it was when the code was mailed; null: it changed since, or the code is not right. */
  async #lockProved({ tenant }: OpenInteraction, row: OneTimeCodeRow, proof: string): Promise<User | null> {
    const { users, clock } = this.#deps;
    if (!isRight(row, proof)) return null;
    const user = await users.lockToSignIn(tenant.id, row.userId!);
    const { to, proofVersion } = sentIn(row);
    const isSame = user !== null && user.proofVersion === proofVersion && isSameEmail(user.email ?? '', to!);
    return isSame && REFUSALS.every(([, holds]) => !holds(user, clock.now())) ? user : null;
  }
}

const codeSecondsOf = ({ tenant: { settings } }: Pick<OpenInteraction, 'tenant'>): number =>
  Math.max(MIN_CODE_SECONDS, Math.min(settings.tokens.recoveryLinkSeconds ?? MAX_CODE_SECONDS, MAX_CODE_SECONDS));

/**
 * Goes from the password to the page that asks whose password is forgotten, also from that of its code.
 * @throws PASSWORD_RESET_CLOSED The tenant gives out no passwords in this way.
 */
export function beginPasswordReset({ tenant }: Pick<OpenInteraction, 'tenant'>): Advance {
  if (!mayResetPassword(tenant)) throw interactionErrors.PASSWORD_RESET_CLOSED();
  return (state) => ({
    ...state,
    passwordReset: { ...(state.passwordReset ?? NOT_ASKED), isOpen: true, isAsked: false },
  });
}

/** Goes back to the password. */
export const leavePasswordReset: Advance = (state) => ({ ...state, passwordReset: closedReset(state) });

/** What a sign-in has that begins with a forgotten password. */
export const BEGUN_RESET: Pick<InteractionState, 'passwordReset'> = { passwordReset: NOT_ASKED };

/** The session that it begins is a new one: those of the account end with the old password. */
function provedBy(state: InteractionState, user: User, now: Date): InteractionState {
  const { id: userId, proofVersion } = user;
  const proof = { amr: LINK_AMR, provedAt: now.toISOString(), sessionId: null, isProvedNow: true };
  const passwordReset = { ...state.passwordReset!, provedEmail: user.email! };
  return { ...state, account: { userId, proofVersion, ...proof }, identifier: user.username, passwordReset };
}

/** The number of the code that works. */
const workingOf = ({ working, asked }: PasswordResetState): number => working ?? asked;

/** Names a code of an interaction, so that no other interaction finds it (check 45). */
const keyOf = (handle: string, number: number): string => `reset ${handle} ${number}`;

/** Hash to check a code. It includes the handle, which no table contains, so that a reader of the table cannot find the code. */
const proofOf = (handle: string, number: number, code: string): string =>
  sha256Base64Url(`${keyOf(handle, number)} ${code}`);

const sentIn = ({ payload }: OneTimeCodeRow): SentCode => payload as unknown as SentCode;

/** Whether a code is the one that was mailed; one that was mailed to nobody never is. */
const isRight = (row: OneTimeCodeRow, proof: string): boolean =>
  row.userId !== null && constantTimeEqual(sentIn(row).proof, proof);
