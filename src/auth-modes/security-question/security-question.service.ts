import type { Authority } from '../../access/index.ts';
import type { PasswordHasher } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type IdentityError, invalidField, requireText } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { type AccountChangeDeps, getAccountInReach, getAccountToChange, userErrors } from '../../users/index.ts';
import type { AuthModeStore } from '../auth-mode.store.ts';
import { runGuardedTry } from '../lockout/guarded-try.ts';
import type { LockoutService } from '../lockout/lockout.service.ts';
import { securityQuestionErrors } from './security-question.errors.ts';
import { securityQuestionEvents } from './security-question.events.ts';
import type { SecurityQuestion, SecurityQuestionStore } from './security-question.store.ts';

export interface SecurityQuestionServiceDeps extends AccountChangeDeps {
  readonly db: Database;
  readonly columns: Pick<AuthModeStore, 'lock'>;
  readonly store: SecurityQuestionStore;
  readonly hasher: PasswordHasher;
  readonly lockouts: LockoutService;
  readonly events: EventLog;
}

/** A question and its answer as the caller sent them. */
export interface AnsweredQuestion {
  readonly userId: string;
  readonly question: string;
  readonly answer: string;
}

/** In UTF-16 units; at three bytes each, the answer stays below the limit of the hasher. */
const TEXT = { max: 255 } as const;

/** Sets, checks and removes the security question of an account. The answer is stored hashed and never shown. */
export class SecurityQuestionService {
  readonly #deps: SecurityQuestionServiceDeps;

  constructor(deps: SecurityQuestionServiceDeps) {
    this.#deps = deps;
  }

  /** @throws SECURITY_QUESTION_NOT_FOUND, USER_NOT_FOUND */
  async get(authority: Authority, userId: string): Promise<SecurityQuestion> {
    const { store } = this.#deps;
    const { id } = await getAccountInReach(this.#deps.users, authority, userId);
    const question = await store.find(authority.tenant.id, id);
    if (question === null) throw securityQuestionErrors.SECURITY_QUESTION_NOT_FOUND();
    return question;
  }

  /** The questions of many users; users without one are left out. The caller of this method must check the permission to read them. */
  ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, SecurityQuestion>> {
    return this.#deps.store.findMany(tenantId, userIds);
  }

  /**
   * Sets question and answer, or replaces both.
   * @throws INVALID_INPUT Empty, blank, too long, or not storable.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED, SERVICE_UNAVAILABLE
   */
  async set(authority: Authority, input: AnsweredQuestion): Promise<SecurityQuestion> {
    const { columns, store, hasher, events, clock, db } = this.#deps;
    const { tenant, caller } = authority;
    const { id } = await getAccountToChange(this.#deps, authority, input.userId);
    const question = requireWords(input.question, 'input.question');
    // Hash outside the transaction, because it takes long.
    const hash = await hasher.hash(requireWords(input.answer, 'input.answer'));
    return db.transaction(async () => {
      if ((await columns.lock(tenant.id, id)) === null) throw userErrors.USER_NOT_FOUND();
      const stored = await store.set(tenant.id, id, question, hash, clock.now());
      events.record(caller, tenant, { type: securityQuestionEvents['security_question.changed'], subjectId: id });
      return stored;
    });
  }

  /** @throws SECURITY_QUESTION_NOT_FOUND, USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED */
  async remove(authority: Authority, userId: string): Promise<void> {
    const { id } = await getAccountToChange(this.#deps, authority, userId);
    await this.#deps.db.transaction(async () => {
      if (!(await this.discardOf(authority, id))) throw securityQuestionErrors.SECURITY_QUESTION_NOT_FOUND();
    });
  }

  /**
   * Removes the question of an account. By itself only for flows that have found out that somebody else may have set it, inside the unit
   * of work in which they have locked the account.
   * @returns Whether there was one.
   */
  async discardOf({ tenant, caller }: Authority, userId: string): Promise<boolean> {
    const { store, events } = this.#deps;
    if (!(await store.remove(tenant.id, userId))) return false;
    events.record(caller, tenant, { type: securityQuestionEvents['security_question.removed'], subjectId: userId });
    return true;
  }

  /**
   * Checks question and answer, in this order. The question must equal the stored one exactly, the answer after Unicode
   * normalisation. While the account is blocked for wrong answers, a right answer is refused in the same way as a wrong
   * one.
   * @throws SECURITY_QUESTION_NOT_FOUND None is set.
   * @throws SECURITY_QUESTION_WRONG, SECURITY_ANSWER_WRONG Each counts as a failed attempt, separately from passwords and
   *   codes.
   * @throws USER_NOT_FOUND, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE
   */
  async check(authority: Authority, input: AnsweredQuestion): Promise<void> {
    const { store, lockouts } = this.#deps;
    const { tenant, caller } = authority;
    const { id } = await getAccountInReach(this.#deps.users, authority, input.userId);
    const stored = await store.find(tenant.id, id);
    if (stored === null) return this.#refuse(authority, id, securityQuestionErrors.SECURITY_QUESTION_NOT_FOUND());
    const attempt = {
      tenant,
      factor: 'secret-answer',
      userId: id,
      name: id,
      peerIp: caller.origin.peerIp,
      // The session counts as a known device, so that failures of attackers do not block a user who is already signed in.
      knownDeviceId: caller.sessionId,
    } as const;
    const isQuestion = stored.question === input.question;
    const result = await runGuardedTry(lockouts, attempt, caller, async () =>
      isQuestion && (await this.#isAnswer(tenant.id, id, input.answer)) ? stored : null,
    );
    if (result.kind === 'right') return;
    const refusal = isQuestion
      ? securityQuestionErrors.SECURITY_ANSWER_WRONG()
      : securityQuestionErrors.SECURITY_QUESTION_WRONG();
    return this.#refuse(authority, id, refusal, result.kind === 'blocked');
  }

  async #isAnswer(tenantId: string, userId: string, answer: string): Promise<boolean> {
    const { store, hasher } = this.#deps;
    const hash = await store.findHash(tenantId, userId);
    // Do not hash a text that cannot be an answer.
    if (hash === null || answer.length > TEXT.max || !answer.isWellFormed()) return false;
    return (await hasher.verify(answer, hash)).ok;
  }

  async #refuse(authority: Authority, subjectId: string, refusal: IdentityError, isBlocked = false): Promise<never> {
    await this.#deps.events.append(authority.caller, authority.tenant, {
      type: securityQuestionEvents['security_question.check_failed'],
      subjectId,
      outcome: 'failure',
      reason: isBlocked ? 'locked_out' : refusal.code,
    });
    throw refusal;
  }
}

/** @throws INVALID_INPUT */
function requireWords(value: unknown, path: string): string {
  const text = requireText(value, path, TEXT);
  if (text.trim() === '') throw invalidField(path, 'TEXT_LENGTH', 'The text is blank.');
  return text;
}
