import { addSeconds, type Clock, type TenantRef } from '../kernel/index.ts';
import type { NewOneTimeCode, OneTimeCodeStore } from '../sessions/index.ts';

export interface MailPaceDeps {
  readonly codes: Pick<OneTimeCodeStore, 'put' | 'countSince'>;
  readonly clock: Clock;
}

/** An account gets a mail of a kind in this time at most. */
export const MAIL_PAUSE_SECONDS = 60;
const WINDOW_SECONDS = 3600;
/** Mails of a kind that an account gets within that time. */
const MAX_MAILS = 5;

/** Whether an account got as many mails of a kind as it may get by now. It takes the same statements where there is no such account. */
export async function isMailedEnough(
  { codes, clock }: MailPaceDeps,
  { id }: Pick<TenantRef, 'id'>,
  { kind, userId }: { readonly kind: string; readonly userId: string },
): Promise<boolean> {
  const countWithin = (seconds: number) => codes.countSince(id, userId, kind, addSeconds(clock.now(), -seconds));
  const [lately, within] = [await countWithin(MAIL_PAUSE_SECONDS), await countWithin(WINDOW_SECONDS)];
  return lately > 0 || within >= MAX_MAILS;
}

/** A mail of an account. */
interface CountedMail {
  readonly kind: string;
  /** Null: there is no mail, and the statement is the same. */
  readonly userId: string | null;
}

/** Counts a mail of an account, by a row that outlives its code. */
export async function countMail({ codes, clock }: MailPaceDeps, tenant: TenantRef, mail: CountedMail): Promise<void> {
  await codes.put(tenant, mailCount(mail, clock.now()));
}

/** The row that counts a mail of an account. */
export const mailCount = ({ kind, userId }: CountedMail, now: Date): NewOneTimeCode => ({
  kind,
  userId,
  expiresAt: addSeconds(now, WINDOW_SECONDS),
});
