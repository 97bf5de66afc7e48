import { z } from 'zod';
import { isUuid } from '../../src/kernel/index.ts';

/** Typesetting put hyphens and dashes of other kinds into published ids (docs/dialects/blitz.md, section 0.3). */
const DASHES = /[\u2010-\u2015]/g;
/**
 * What begins every `instanceId` of a user; ids that are chosen may not begin with its encoding (docs/dialects/blitz.md,
 * section 0.3).
 */
const INSTANCE = 'usr:';
const ENCODED_INSTANCE = 'dXNyO';

/** An account in a path: `subjectId` or `instanceId`. What cannot be either is the id of nobody. */
export const ACCOUNT_ID = z
  .string()
  .regex(/^[A-Za-z0-9_.\-\u2010-\u2015]{1,256}$/)
  .describe('`subjectId` of the account; `instanceId` does as well.');

/** The public id behind either form of a path id. */
export function subjectIdOf(pathId: string): string {
  const id = pathId.replace(DASHES, '-');
  if (!id.startsWith(ENCODED_INSTANCE)) return id;
  const decoded = Buffer.from(id, 'base64url').toString('utf8');
  const subject = decoded.slice(INSTANCE.length);
  return decoded.startsWith(INSTANCE) && instanceIdOf(subject) === id ? subject : id;
}

const TOTP_ID = /^SW_TOTP_(\d{1,9})_(.+)$/;
/** Never given out: the id of no app. */
const NO_ORDINAL = 0;

/** Id of a code app (docs/dialects/blitz.md, section 0.3). */
export const totpIdOf = (ordinal: number, subjectId: string): string => `SW_TOTP_${ordinal}_${subjectId}`;

/** The number in the id of a code app of this account; that of no app when the id is not one of this account. */
export function totpOrdinalOf(id: string, subjectId: string): number {
  const [, ordinal, owner] = TOTP_ID.exec(id.replace(DASHES, '-')) ?? [];
  const isOwner = owner === subjectId || (isUuid(subjectId) && owner?.toLowerCase() === subjectId.toLowerCase());
  return isOwner ? Number(ordinal) : NO_ORDINAL;
}

/** Id of what a user allowed an application (docs/dialects/blitz.md, section 0.3). */
export const consentIdOf = (subjectId: string, clientId: string): string => `${subjectId}_${clientId}`;

/** Never registered: the id of no application. */
const NO_CLIENT = '';

/** The application in the id of a consent of this account; that of none when the id is not one of this account. */
export function consentClientOf(id: string, subjectId: string): string {
  const prefix = consentIdOf(subjectId, '');
  const start = id.slice(0, prefix.length).replace(DASHES, '-');
  const isOwner = start === prefix || (isUuid(subjectId) && start.toLowerCase() === prefix.toLowerCase());
  return isOwner ? id.slice(prefix.length) : NO_CLIENT;
}

/** The opaque reference to an account's record. */
export function instanceIdOf(subjectId: string): string {
  return Buffer.from(INSTANCE + subjectId, 'utf8').toString('base64url');
}
