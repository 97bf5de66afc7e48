import { fold, isUuid } from '../kernel/index.ts';

export { fold };

/** Kinds of a row of `user_identifiers`, as bits: one value can be both the username and the e-mail address of a user. */
export const IDENTIFIER_KINDS = { username: 1, email: 2, id: 4 } as const;
export type IdentifierKind = keyof typeof IDENTIFIER_KINDS;

const USER_ID = /^[A-Za-z0-9_.-]{1,128}$/;
/**
 * Ids that a user cannot have: third segments of users' paths in the older APIs, the two names that a URL parser removes,
 * and the key that a JavaScript object cannot hold, because a right on such a user would never be shown.
 */
const RESERVED_IDS: ReadonlySet<string> = new Set(
  'current count profile rights batch batch-delete by-name me search getusers adminusers otp-brute-force . .. __proto__'.split(
    ' ',
  ),
);
/** `usr:` and `grp:` in base64url: an id must not be readable as the instance id of another object. */
const INSTANCE_ID_PREFIXES = ['dXNyO', 'Z3JwO'] as const;

/** What the usernames of service accounts begin with. */
const SERVICE_ACCOUNT = 'service-account-';

/** The username of the service account of a client. @param client Its `client_id` in lower case, or its UUID. */
export const serviceAccountName = (client: string): string => `${SERVICE_ACCOUNT}${client}`;

/** Whether a name is one that only the service account of a client may have. */
export const isServiceAccountName = (name: string): boolean => fold(name).startsWith(SERVICE_ACCOUNT);

/** Whether a text can be the id of a user; no query runs for others. */
export function isUserIdShaped(value: string): boolean {
  return USER_ID.test(value);
}

/** The stored spelling of an id: UUIDs in lower case, everything else as it is. */
export function canonicalUserId(id: string): string {
  return isUuid(id) ? id.toLowerCase() : id;
}

/** The reason to refuse a chosen id, or null. */
export function userIdFault(id: string): string | null {
  if (!isUserIdShaped(id)) return 'A user id has 1 to 128 letters, digits, "_", "." or "-".';
  if (RESERVED_IDS.has(id.toLowerCase())) return 'This user id is reserved.';
  if (INSTANCE_ID_PREFIXES.some((prefix) => id.startsWith(prefix)))
    return 'A user id may not begin like an instance id.';
  // An account without another name gets its id as the username.
  return isServiceAccountName(id) ? 'Only usernames of service accounts begin with "service-account-".' : null;
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
 * The reason to refuse a username, or null. The folded form must pass as well: a full-width solidus folds to `/`, and some
 * single characters fold to eighteen.
 * @param ownId The id of the user who gets the username: the only UUID it may be (docs/data-model.md).
 */
export function usernameFault(username: string, ownId: string): string | null {
  const fault = usernameTextFault(username) ?? usernameTextFault(fold(username));
  if (fault !== null) return fault;
  return isUuid(fold(username)) && fold(username) !== ownId ? 'A username may not look like a user id.' : null;
}

const EMAIL = /^[^\s@"<>()[\]\\,;:]{1,64}@[^\s@"<>()[\]\\,;:]{1,253}$/u;
/** RFC 5321 section 4.5.3.1.3: a path has 256 octets, its angle brackets included. */
const MAX_EMAIL = 254;

/**
 * The reason to refuse an e-mail address, or null. Only addresses that mail can be sent to: no quoted local parts, no
 * comments.
 */
export function emailFault(email: string): string | null {
  const isAddress = (text: string) =>
    Buffer.byteLength(text) <= MAX_EMAIL && text.isWellFormed() && !UNPRINTABLE.test(text) && EMAIL.test(text);
  if (!isAddress(email) || !isAddress(fold(email))) return 'This is not an e-mail address.';
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return domain.split('.').includes('') ? 'This is not an e-mail address.' : null;
}

const inOneCase = (text: string): string => text.normalize('NFC').toLowerCase();

/**
 * Whether two e-mail addresses differ in the case of letters at most. Narrower than `fold`, which treats a full-width
 * letter and a plain one as equal: the two mailboxes may belong to different people, so a proof for one is none for the
 * other.
 */
export const isSameEmail = (one: string, other: string): boolean => inOneCase(one) === inOneCase(other);

/** Whether the database accepts a text and a person can read it: no control characters, no lone surrogates. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}
