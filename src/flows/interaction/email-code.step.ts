import { type Attempt, type CodeResendService, type LockoutService, runGuardedTry } from '../../auth-modes/index.ts';
import { constantTimeEqual, newDigitCode, sha256Base64Url } from '../../crypto/index.ts';
import { type Mailer, renderTemplate } from '../../delivery/index.ts';
import type { EventLog } from '../../events/index.ts';
import { addSeconds, type Clock, kernelErrors, readTypedCode } from '../../kernel/index.ts';
import type { OneTimeCodeRow, OneTimeCodeStore } from '../../sessions/index.ts';
import { isSameEmail, type User, type UserService } from '../../users/index.ts';
import { usualLanguages } from '../message-languages.ts';
import { signInFailed } from '../sign-in.events.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import { authorityOfProved, languagesOf } from './proved-account.ts';

export interface EmailCodeStepDeps {
  readonly codes: OneTimeCodeStore;
  readonly users: Pick<UserService, 'update' | 'findIn'>;
  readonly lockouts: LockoutService;
  readonly resends: Pick<CodeResendService, 'assertNotBlocked' | 'count'>;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

const KIND = 'email-code';
/** ASVS 6.6.2 allows ten minutes (check 45). */
const CODE_SECONDS = 600;
/** Six digits, five tries at each of four codes: in one interaction an attacker guesses right with a chance of 20 in a million. */
const MAX_TRIES = 5;
const MAX_SENT = 4;
/**
 * Codes of one account that have not expired, in all its interactions: an address gets 8 mails in ten minutes at most, and somebody
 * who knows the password has 40 tries in that time.
 */
const MAX_LIVING = 8;

/** Confirms the e-mail address of an account by a code that is mailed to it and typed into the page. */
export class EmailCodeStep {
  readonly #deps: EmailCodeStepDeps;

  constructor(deps: EmailCodeStepDeps) {
    this.#deps = deps;
  }

  /** Whether a code was sent to the present address that can still be typed. */
  async isSent(open: OpenInteraction): Promise<boolean> {
    const sent = await this.#findSent(open);
    return sent !== null && sent.attempts < MAX_TRIES && isFor(sent, open.user!);
  }

  /**
   * Mails a code after the commit. Only the newest code of an interaction counts.
   * @throws TOO_MANY_REQUESTS Four codes were sent in this interaction, too many in others of the account, or the
   *   account has to wait before a code is sent again, which holds for the first code of another sign-in too (docs/lock-out.md).
   * @throws EMAIL_ADDRESS_MISSING The account has no address.
   * @throws SERVICE_UNAVAILABLE Too many mails wait; nothing was changed.
   */
  async send(open: OpenInteraction): Promise<Advance> {
    const { tenant, user, actor, state: before } = open;
    const { resends } = this.#deps;
    if (before.emailCodesSent > 0) await resends.count(tenant, user!.id, actor);
    else await resends.assertNotBlocked(tenant, user!.id, actor);
    return async (state) => {
      const number = state.emailCodesSent + 1;
      await this.#send(open, number);
      return { ...state, emailCodesSent: number };
    };
  }

  /** In the unit of work of the step, in which the account is locked. */
  async #send(open: OpenInteraction, number: number): Promise<void> {
    const { codes, users, mailer, clock } = this.#deps;
    const { tenant, handle } = open;
    const { id: userId, email, locale } = (await users.findIn(tenant.id, open.user!.id))!;
    if (email == null) throw interactionErrors.EMAIL_ADDRESS_MISSING();
    if (number > MAX_SENT || (await codes.countOfUser(tenant.id, userId, KIND)) >= MAX_LIVING)
      throw kernelErrors.TOO_MANY_REQUESTS();
    const code = newDigitCode();
    const payload = { to: email, proof: proofOf(handle, number, code) };
    const expiresAt = addSeconds(clock.now(), CODE_SECONDS);
    await codes.put(tenant, { kind: KIND, userId, code: keyOf(handle, number), payload, expiresAt });
    const purpose = 'verify-email';
    const wanted = [languagesOf(open), ...usualLanguages(tenant.settings, locale)];
    const rendered = renderTemplate(purpose, wanted, { code });
    const behalf = { tenant, actor: authorityOfProved(open).caller, subjectId: userId };
    mailer.send({ to: email, ...rendered, purpose, behalf });
  }

  /**
   * Confirms the address, with the event `user.email_verified`, if the code is right; the code is used up.
   * @param knownDeviceId The device, if the account was used on it before.
   * @throws EMAIL_CODE_WRONG Also when it expired, was tried five times or went to another address than the present one, and while the
   *   account is blocked. Counts as a failed attempt; records `sign_in.failed`.
   * @throws TOO_MANY_REQUESTS
   */
  async submit(open: OpenInteraction, code: string, knownDeviceId: string | null): Promise<Advance> {
    const { codes, users } = this.#deps;
    const proof = await this.#prove(open, code, knownDeviceId);
    return async (state) => {
      const user = (await users.findIn(open.tenant.id, open.user!.id))!;
      const row = await codes.take(open.tenant.id, KIND, keyOf(open.handle, state.emailCodesSent));
      if (row === null || !isRight(row, proof, user)) throw interactionErrors.EMAIL_CODE_WRONG();
      // The code replaces the permission for this one value.
      await users.update(authorityOfProved(open).withReach('tenant'), user.id, { emailVerified: true });
      return state;
    };
  }

  /** The proof of the code, if it is right. @throws EMAIL_CODE_WRONG */
  async #prove(open: OpenInteraction, typed: string, knownDeviceId: string | null): Promise<string> {
    const { lockouts } = this.#deps;
    const { tenant, user, actor, handle, state } = open;
    const attempt: Attempt = {
      tenant,
      factor: 'second',
      userId: user!.id,
      name: user!.id,
      peerIp: actor.origin.peerIp,
      knownDeviceId,
    };
    const proof = proofOf(handle, state.emailCodesSent, readTypedCode(typed));
    const result = await runGuardedTry(lockouts, attempt, actor, async () =>
      (await this.#tryOnce(open, proof)) ? proof : null,
    );
    if (result.kind === 'right') return proof;
    await this.#recordWrong(open, result.kind === 'blocked' ? 'locked_out' : 'wrong_code');
    throw interactionErrors.EMAIL_CODE_WRONG();
  }

  /** Counts the try before it compares, so that simultaneous ones are counted too. */
  async #tryOnce(open: OpenInteraction, proof: string): Promise<boolean> {
    const { tenant, handle, state } = open;
    const tries = await this.#deps.codes.countAttempt(tenant.id, KIND, keyOf(handle, state.emailCodesSent));
    const sent = tries > MAX_TRIES ? null : await this.#findSent(open);
    return sent !== null && isRight(sent, proof, open.user!);
  }

  #findSent({ tenant, handle, state }: OpenInteraction): Promise<OneTimeCodeRow | null> {
    return this.#deps.codes.find(tenant.id, KIND, keyOf(handle, state.emailCodesSent));
  }

  async #recordWrong({ actor, tenant, user }: OpenInteraction, reason: 'locked_out' | 'wrong_code'): Promise<void> {
    await this.#deps.events.append(actor, tenant, signInFailed(user!.id, reason, { method: 'email-code' }));
  }
}

/** Names a code of an interaction, so that no other interaction finds it (check 45). */
const keyOf = (handle: string, number: number): string => `${handle} ${number}`;

/**
 * Hash to check a code. It includes the handle, which no table contains, so that a reader of the table cannot find the code by trying
 * a million.
 */
const proofOf = (handle: string, number: number, code: string): string =>
  sha256Base64Url(`${keyOf(handle, number)} ${code}`);

/** Whether a code is the one that was sent, to the present address of the account. */
const isRight = (row: OneTimeCodeRow, proof: string, user: User): boolean =>
  constantTimeEqual(String(row.payload['proof']), proof) && isFor(row, user);

/** Whether a code went to the present address of the account. */
const isFor = ({ userId, payload }: OneTimeCodeRow, { id, email }: User): boolean =>
  userId === id && email != null && isSameEmail(email, String(payload['to']));
