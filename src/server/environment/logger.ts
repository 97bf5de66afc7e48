import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { API_KEY_PREFIX } from '../../api-keys/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import type { LogLevel } from './config.ts';

export type { Logger } from 'pino';

/** Names of members that hold a secret wherever they occur, compared by their letters: without case, digits and punctuation. */
const SECRET_NAMES = new Set(
  [
    'authorization',
    'proxyauthorization',
    'apikey',
    'xapikey',
    'code',
    'codeverifier',
    'idtokenhint',
    'masterkey',
    'otp',
    'otpcode',
    'privatekey',
    // Proofs and secrets of users, as the graph and the older APIs name them.
    'answer',
    'current',
    'base64QRCode',
    'qrCode',
    'ticket',
  ].map(bareName),
);
/** Members whose name ends like this also hold a secret: `newPassword`, `restSecret`, `base32Secret`, `sessionCookie`. */
const SECRET_ENDING = /(?:password|passphrase|secret|token|cookie|assertion)$/;
/** An error's `code` is its public name, not a credential. */
const ERROR_CODE = /^[A-Z0-9_]{2,64}$/;
const REDACTED = '[redacted]';
const API_KEY = new RegExp(`${API_KEY_PREFIX}[A-Za-z0-9_-]+`, 'g');
/** Deeper than any entry logged on purpose; also ends cycles. */
const MAX_DEPTH = 6;

function bareName(name: string): string {
  return name.replace(/[^A-Za-z]/g, '').toLowerCase();
}

function isSecret(name: string, value: unknown): boolean {
  const bare = bareName(name);
  if (!SECRET_NAMES.has(bare) && !SECRET_ENDING.test(bare)) return false;
  return !(bare === 'code' && (typeof value === 'number' || (typeof value === 'string' && ERROR_CODE.test(value))));
}

/** Removes bearer tokens, JWTs, API keys, URL credentials and `otpauth:` URLs from a text, such as an error message. */
function redactText(text: string): string {
  return text
    .replace(/\b(Bearer|Basic|DPoP)\s+[A-Za-z0-9._~+/=-]+/gi, `$1 ${REDACTED}`)
    .replace(/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, REDACTED)
    .replace(API_KEY, REDACTED)
    .replace(/\botpauth:\/\/[^\s"'<>]+/gi, REDACTED)
    .replace(/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${REDACTED}@`);
}

function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Date || Buffer.isBuffer(value)) return value instanceof Date ? value : '[bytes]';
  if (value instanceof Error) return redact(describeError(value), depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value))
    copy[name] = isSecret(name, member) ? REDACTED : redact(member, depth + 1);
  return copy;
}

function describeError(error: Error): Record<string, unknown> {
  const { message, name, stack } = error;
  const described: Record<string, unknown> = { name, message, stack };
  if (error instanceof IdentityError) Object.assign(described, { code: error.code, kind: error.kind });
  else if ('code' in error) described['code'] = error.code;
  if (error instanceof IdentityError && error.detail !== undefined) described['detail'] = error.detail;
  if (error.cause !== undefined)
    described['cause'] = error.cause instanceof Error ? stdSerializers.err(error.cause) : error.cause;
  return described;
}

/**
 * Creates the log of the process: one JSON object per line on standard error, because standard output is for what the start
 * prints to the operator. Secrets are redacted by member name at any depth and, in texts, by their form.
 * @param destination Receives the lines in tests. Default: standard error.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (entry) => redact(entry) as Record<string, unknown>,
      },
      serializers: { err: (value: unknown) => value },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((arg) => (typeof arg === 'string' ? redactText(arg) : arg)) as typeof args);
        },
      },
    },
    // Write synchronously, so that the last lines before a crash are not lost.
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
