import { type ForeignHashParts, writeForeignHash } from '../../crypto/index.ts';
import { isStorableText } from '../../kernel/index.ts';
import { type OtpShape, readTotpSecret, USUAL_SHAPE, writeTotpSecret } from '../totp/totp.code.ts';

/**
 * A credential as another service exports it. Details and secrets are JSON texts: `{"hashIterations":5,"algorithm":"argon2",
 * "additionalParameters":{...}}` and `{"value":"<base64>","salt":"<base64>"}`.
 */
export interface ForeignCredential {
  /** `password` or `otp`; others are not read. */
  readonly type?: string | undefined;
  readonly credentialData?: string | undefined;
  readonly secretData?: string | undefined;
  /** A password in plain text, in files that people wrote. */
  readonly value?: string | undefined;
  /** Whether another password has to be chosen at the next sign-in. */
  readonly temporary?: boolean | undefined;
  readonly userLabel?: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdDate?: number | undefined;
  /** Small numbers come first. */
  readonly priority?: number | undefined;
}

/** What a credential of another service is here. */
export type ReadCredential =
  | { readonly kind: 'password-hash'; readonly hash: string }
  | { readonly kind: 'plain-password'; readonly password: string }
  | {
      readonly kind: 'totp';
      /** Base32, without padding. */
      readonly secret: string;
      readonly shape: OtpShape;
      /** The last counter that was used; null: of codes that are made from the time. */
      readonly lastCounter: number | null;
    }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason };

/**
 * `TYPE_UNKNOWN`: neither a password nor an app; `HASH_UNKNOWN`: a hash that cannot be verified here, or only at too high a cost;
 * `MALFORMED`: its details or its secret are missing or have another shape.
 */
export type UnreadableReason = 'TYPE_UNKNOWN' | 'HASH_UNKNOWN' | 'MALFORMED';

type Details = Readonly<Record<string, unknown>>;

const MAX_JSON = 16_384;
const DIGITS = /^\d{1,10}$/;
const MAX_PERIOD = 300;
const MAX_COUNTER = 1_000_000_000;

const unreadable = (reason: UnreadableReason): ReadCredential => ({ kind: 'unreadable', reason });

/** The members of a JSON object; null: it is none. */
function membersOf(text: unknown): Details | null {
  if (typeof text !== 'string' || text.length > MAX_JSON) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Details) : null;
  } catch {
    return null;
  }
}

const textIn = (details: Details, name: string): string => {
  const value = details[name];
  return typeof value === 'string' ? value : '';
};

/** The number of a JSON number or of a text, because parameters are lists of texts; NaN: it is neither. */
function numberOf(value: unknown): number {
  const one = Array.isArray(value) ? (value[0] as unknown) : value;
  return typeof one === 'number' || (typeof one === 'string' && DIGITS.test(one)) ? Number(one) : Number.NaN;
}

const DIGESTS = { pbkdf2: 'sha1', 'pbkdf2-sha256': 'sha256', 'pbkdf2-sha512': 'sha512' } as const;
const VERSIONS = new Map<unknown, 16 | 19>([
  ['1.0', 16],
  ['1.3', 19],
]);
const ARGON2_TYPES = ['id', 'i', 'd'] as const;

/** Base64 as Java reads it: a text with other characters is none. */
function decoded(text: string): Buffer {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}

function argon2Parts(details: Details, salt: Buffer, key: Buffer): ForeignHashParts | null {
  const more = details['additionalParameters'];
  if (typeof more !== 'object' || more === null) return null;
  const { type, version, memory, parallelism } = more as Details;
  const [kind, number] = [type, version].map((value) => (Array.isArray(value) ? (value[0] as unknown) : value));
  const argonType = ARGON2_TYPES.find((one) => one === kind);
  const argonVersion = VERSIONS.get(number);
  if (argonType === undefined || argonVersion === undefined) return null;
  return {
    kind: 'argon2',
    type: argonType,
    version: argonVersion,
    memoryKib: numberOf(memory),
    iterations: numberOf(details['hashIterations']),
    parallelism: numberOf(parallelism),
    salt,
    key,
  };
}

function partsOf(details: Details, secret: Details): ForeignHashParts | null {
  const algorithm = textIn(details, 'algorithm');
  const value = textIn(secret, 'value');
  if (algorithm === 'bcrypt') return { kind: 'bcrypt', text: value };
  const [salt, key] = [decoded(textIn(secret, 'salt')), decoded(value)];
  if (algorithm === 'argon2') return argon2Parts(details, salt, key);
  if (!Object.hasOwn(DIGESTS, algorithm)) return null;
  const digest = DIGESTS[algorithm as keyof typeof DIGESTS];
  return { kind: 'pbkdf2', digest, iterations: numberOf(details['hashIterations']), salt, key };
}

function readPassword({ credentialData, secretData, value }: ForeignCredential): ReadCredential {
  if (value !== undefined && value !== null) {
    return typeof value === 'string' && value !== ''
      ? { kind: 'plain-password', password: value }
      : unreadable('MALFORMED');
  }
  const [details, secret] = [membersOf(credentialData), membersOf(secretData)];
  if (details === null || secret === null || textIn(secret, 'value') === '') return unreadable('MALFORMED');
  const parts = partsOf(details, secret);
  const hash = parts === null ? null : writeForeignHash(parts);
  return hash === null ? unreadable('HASH_UNKNOWN') : { kind: 'password-hash', hash };
}

const ALGORITHMS = new Map<unknown, OtpShape['algorithm']>([
  ['HmacSHA1', 'SHA1'],
  ['HmacSHA256', 'SHA256'],
  ['HmacSHA512', 'SHA512'],
]);
const isPeriod = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_PERIOD;

function shapeOf(details: Details): OtpShape | null {
  const { subType = 'totp', digits = 6, period = 30, algorithm = 'HmacSHA1' } = details;
  const found = ALGORITHMS.get(algorithm);
  // Codes that are made from a counter have no period, and 0 for it.
  const periodSeconds = subType === 'hotp' && !isPeriod(period) ? USUAL_SHAPE.periodSeconds : period;
  const isShape =
    found !== undefined &&
    (subType === 'totp' || subType === 'hotp') &&
    (digits === 6 || digits === 8) &&
    isPeriod(periodSeconds);
  return isShape ? { type: subType, algorithm: found, digits, periodSeconds } : null;
}

/** Base32 of a secret, which is the text itself unless its details name another encoding; null: it cannot be used. */
function otpSecretOf({ secretEncoding }: Details, value: string): string | null {
  if (secretEncoding == null) return writeTotpSecret(Buffer.from(value));
  const isBase32 = typeof secretEncoding === 'string' && secretEncoding.toUpperCase() === 'BASE32';
  return isBase32 ? readTotpSecret(value) : null;
}

function readOtp({ credentialData, secretData }: ForeignCredential): ReadCredential {
  const [details, data] = [membersOf(credentialData), membersOf(secretData)];
  if (details === null || data === null) return unreadable('MALFORMED');
  const secret = otpSecretOf(details, textIn(data, 'value'));
  const shape = shapeOf(details);
  const counter = numberOf(details['counter'] ?? 0);
  const isCounter = Number.isInteger(counter) && counter >= 0 && counter <= MAX_COUNTER;
  if (secret === null || shape === null || !isCounter) return unreadable('MALFORMED');
  return { kind: 'totp', secret, shape, lastCounter: shape.type === 'hotp' ? counter - 1 : null };
}

/** Reads a credential of another service. Faults are reported, never thrown, and quote no secret. */
export function readForeignCredential(foreign: ForeignCredential): ReadCredential {
  if (foreign.type === 'password') return readPassword(foreign);
  if (foreign.type === 'otp' || foreign.type === 'totp' || foreign.type === 'hotp') return readOtp(foreign);
  return unreadable('TYPE_UNKNOWN');
}

/** Greatest length of a name of a credential. */
const MAX_LABEL = 255;

/** The name of a credential; null: it has none, or one that cannot be stored. */
export const labelOf = ({ userLabel }: ForeignCredential): string | null =>
  typeof userLabel === 'string' && userLabel !== '' && userLabel.length <= MAX_LABEL && isStorableText(userLabel)
    ? userLabel
    : null;

/** When a credential was made; null: it does not say, or not in this century. */
export function createdAtOf({ createdDate }: ForeignCredential, now: Date): Date | null {
  const isTime = typeof createdDate === 'number' && createdDate > 946_684_800_000 && createdDate <= now.getTime();
  return isTime ? new Date(createdDate) : null;
}
