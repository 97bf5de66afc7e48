import { z } from 'zod';

/** Typesetting put hyphens and dashes of other kinds into published ids (spec section 0.3). */
const DASHES = /[\u2010-\u2015]/g;
/** What begins every `instanceId` of a user; ids that are chosen may not begin with its encoding (model.md section 5). */
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

/** The opaque reference to an account's record. */
export function instanceIdOf(subjectId: string): string {
  return Buffer.from(INSTANCE + subjectId, 'utf8').toString('base64url');
}
