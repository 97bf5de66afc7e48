import type { NewOneTimeCode, OneTimeCodeRow } from '../../sessions/index.ts';
import type { User } from '../../users/index.ts';

/** What a mail has for the page on which a user chooses an image without proving another one. */
export interface ResetSecrets {
  readonly code: string;
  /** What challenges for the reset belong to, in the place of a request for a sign-in. */
  readonly requestId: string;
}

export const RESET_KIND = 'image-proof-reset';
export const RESET_REQUEST_KIND = 'image-reset-request';
/** What counts the mails that have such a code. */
export const RESET_MAIL_KIND = 'image-reset-mail';

/** What is stored of a code. */
export interface StoredReset {
  readonly requestId: string;
  /** The address to which the code is mailed. */
  readonly to: string;
  /** `users.proof_version` at that time: another image and the end of all sessions outdate the code. */
  readonly proofVersion: number;
}

/** A code for a user; null: nobody can use it. @param requestId That of the same mail. */
export function newReset(user: User | null, requestId: string, expiresAt: Date): NewOneTimeCode {
  const payload: StoredReset = { requestId, to: user?.email ?? '', proofVersion: user?.proofVersion ?? 0 };
  return { kind: RESET_KIND, userId: user?.id ?? null, payload: { ...payload }, expiresAt };
}

/** What challenges for the reset of a user belong to; null: there is no such user. */
export const newResetRequest = (userId: string | null, expiresAt: Date): NewOneTimeCode => ({
  kind: RESET_REQUEST_KIND,
  userId,
  expiresAt,
});

export const storedResetOf = ({ payload }: OneTimeCodeRow): StoredReset => payload as unknown as StoredReset;
