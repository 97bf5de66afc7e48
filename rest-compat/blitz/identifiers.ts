import { z } from 'zod';
import { isUuid } from '../../src/kernel/index.ts';

/** Other kinds of hyphens and dashes, which typesetting has put into published ids (docs/dialects/blitz.md, section 0.3). */
const DASHES = /[\u2010-\u2015]/g;
/**
 * The beginning of every `instanceId` of a user, before it is encoded; chosen ids must not begin with its encoding
 * (docs/dialects/blitz.md, section 0.3).
 */
const INSTANCE = 'usr:';
const ENCODED_INSTANCE = 'dXNyO';

/** The id of an account in a path: `subjectId` or `instanceId`. Text of another form is the id of no account. */
export const ACCOUNT_ID = z
  .string()
  .regex(/^[A-Za-z0-9_.\-\u2010-\u2015]{1,256}$/)
  .describe('`subjectId` or `instanceId` of the account.');

/** The `subjectId` for either form of an id in a path. */
export function subjectIdOf(pathId: string): string {
  const id = pathId.replace(DASHES, '-');
  if (!id.startsWith(ENCODED_INSTANCE)) return id;
  const decoded = Buffer.from(id, 'base64url').toString('utf8');
  const subject = decoded.slice(INSTANCE.length);
  return decoded.startsWith(INSTANCE) && instanceIdOf(subject) === id ? subject : id;
}

const TOTP_ID = /^SW_TOTP_(\d{1,9})_(.+)$/;
/** A number that no app has. */
const NO_ORDINAL = 0;

/** Makes the id of a code app (docs/dialects/blitz.md, section 0.3). */
export const totpIdOf = (ordinal: number, subjectId: string): string => `SW_TOTP_${ordinal}_${subjectId}`;

/** The number in the id of a code app of this account; `NO_ORDINAL` if the id belongs to another account. */
export function totpOrdinalOf(id: string, subjectId: string): number {
  const [, ordinal, owner] = TOTP_ID.exec(id.replace(DASHES, '-')) ?? [];
  const isOwner = owner === subjectId || (isUuid(subjectId) && owner?.toLowerCase() === subjectId.toLowerCase());
  return isOwner ? Number(ordinal) : NO_ORDINAL;
}

/** Makes the id of a consent (docs/dialects/blitz.md, section 0.3). */
export const consentIdOf = (subjectId: string, clientId: string): string => `${subjectId}_${clientId}`;

/** A `client_id` that no application has. */
const NO_CLIENT = '';

/** The `client_id` in the id of a consent of this account; `NO_CLIENT` if the id belongs to another account. */
export function consentClientOf(id: string, subjectId: string): string {
  const prefix = consentIdOf(subjectId, '');
  const start = id.slice(0, prefix.length).replace(DASHES, '-');
  const isOwner = start === prefix || (isUuid(subjectId) && start.toLowerCase() === prefix.toLowerCase());
  return isOwner ? id.slice(prefix.length) : NO_CLIENT;
}

/** Makes the `instanceId` of an account. */
export function instanceIdOf(subjectId: string): string {
  return Buffer.from(INSTANCE + subjectId, 'utf8').toString('base64url');
}
