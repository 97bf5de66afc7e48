import { fold, isUuid } from '../kernel/index.ts';

export { fold };

/** What a row of `user_identifiers` stands for, as bits: one value can be several things of one user. */
export const IDENTIFIER_KINDS = { username: 1, email: 2, id: 4 } as const;
export type IdentifierKind = keyof typeof IDENTIFIER_KINDS;

const USER_ID = /^[A-Za-z0-9_.-]{1,128}$/;
/**
 * Third segments of users' paths in the older APIs, the two names that a URL parser removes, and the one that objects keyed by
 * id cannot hold: a right on it would be shown to nobody.
 */
const RESERVED_IDS: ReadonlySet<string> = new Set(
  'current count profile rights batch batch-delete by-name me search getusers adminusers otp-brute-force . .. __proto__'.split(
    ' ',
  ),
);
/** `usr:` and `grp:` in base64url: an id must not read as another's instance id. */
const INSTANCE_ID_PREFIXES = ['dXNyO', 'Z3JwO'] as const;

/** Whether a text can be the id of a user at all; one that cannot is not looked for. */
export function isUserIdShaped(value: string): boolean {
  return USER_ID.test(value);
}

/** The stored spelling of an id: UUIDs in lower case, everything else as it is. */
export function canonicalUserId(id: string): string {
  return isUuid(id) ? id.toLowerCase() : id;
}

/** Why a chosen id is refused, or null. */
export function userIdFault(id: string): string | null {
  if (!isUserIdShaped(id)) return 'A user id has 1 to 128 letters, digits, "_", "." or "-".';
  if (RESERVED_IDS.has(id.toLowerCase())) return 'This user id is reserved.';
  if (INSTANCE_ID_PREFIXES.some((prefix) => id.startsWith(prefix)))
    return 'A user id may not begin like an instance id.';
  return null;
}

/** `\p{C}`: control, format, private, surrogate and unassigned code points; `Zl`, `Zp`: line and paragraph separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const FORBIDDEN_IN_USERNAME = /[/\\<>"%#?|]/;
const MAX_USERNAME = 255;

function usernameTextFault(text: string): string | null {
  const length = [...text].length;
  if (length === 0 || length > MAX_USERNAME) return `A username has 1 to ${MAX_USERNAME} characters.`;
  if (!text.isWellFormed() || UNPRINTABLE.test(text)) return 'A username has printable characters only.';
  if (FORBIDDEN_IN_USERNAME.test(text)) return 'A username has none of / \\ < > " % # ? |.';
  return text.trim() === text ? null : 'A username neither begins nor ends with a blank.';
}

/**
 * Why a username is refused, or null. The folded form must pass as well: a full-width solidus folds to `/`, and some
 * single characters fold to eighteen.
 * @param ownId The id of the user who is to have it: only that one may be a UUID-shaped username (model.md section 5).
 */
export function usernameFault(username: string, ownId: string): string | null {
  const fault = usernameTextFault(username) ?? usernameTextFault(fold(username));
  if (fault !== null) return fault;
  return isUuid(fold(username)) && fold(username) !== ownId ? 'A username may not look like a user id.' : null;
}

const EMAIL = /^[^\s@"<>()[\]\\,;:]{1,64}@[^\s@"<>()[\]\\,;:]{1,253}$/u;
/** RFC 5321 section 4.5.3.1.3: a path has 256 octets, its angle brackets included. */
const MAX_EMAIL = 254;

/** Why an e-mail address is refused, or null. Only what can be mailed to: no quoted local parts, no comments. */
export function emailFault(email: string): string | null {
  const isAddress = (text: string) =>
    Buffer.byteLength(text) <= MAX_EMAIL && text.isWellFormed() && !UNPRINTABLE.test(text) && EMAIL.test(text);
  if (!isAddress(email) || !isAddress(fold(email))) return 'This is not an e-mail address.';
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return domain.split('.').includes('') ? 'This is not an e-mail address.' : null;
}

const inOneCase = (text: string): string => text.normalize('NFC').toLowerCase();

/**
 * Whether two e-mail addresses differ in the case of letters at most. Narrower than `fold`, which makes one name of a
 * full-width letter and a plain one: their mailboxes may be two people's, so what is proved of one says nothing of the other.
 */
export const isSameEmail = (one: string, other: string): boolean => inOneCase(one) === inOneCase(other);

/** Whether a text is one that the database takes and a person can read: no control characters, no lone surrogates. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
