import { createGuardrails, generateSecret, ScureBase32Plugin, verifySync } from 'otplib';
import { readTypedCode, removeBlanks } from '../../kernel/index.ts';

/**
 * Codes that every authenticator app supports: RFC 6238 with SHA-1, six digits, steps of 30 seconds. There is no setting,
 * because common apps ignore other values in the `otpauth` address.
 */
export const TOTP_SHAPE = { algorithm: 'SHA1', digits: 6, periodSeconds: 30 } as const;

/** RFC 4226 section 4 recommends 160 bits. */
const NEW_SECRET_BYTES = 20;
/** Shortest secret that is accepted: older set-ups use 80 bits in 16 characters. */
const LEAST_SECRET_BYTES = 10;
const MOST_SECRET_BYTES = 64;
/** 64 bytes make 103 characters; blanks between groups and padding included. */
const MAX_TYPED_SECRET = 160;
/** One step before and one after: clocks differ, and typing takes time (RFC 6238 section 5.2; check 45). */
const TOLERANCE_SECONDS = TOTP_SHAPE.periodSeconds;

const CODE = /^\d{6}$/;
const guardrails = createGuardrails({ MIN_SECRET_BYTES: LEAST_SECRET_BYTES, MAX_SECRET_BYTES: MOST_SECRET_BYTES });
const base32 = new ScureBase32Plugin();

/** A fresh secret of 160 bits: 32 base32 characters. */
export const newTotpSecret = (): string => generateSecret({ length: NEW_SECRET_BYTES });

/**
 * A typed secret in canonical spelling: upper case, no blanks, no padding; null when it is not base32 or its length is not
 * allowed.
 */
export function readTotpSecret(typed: string): string | null {
  if (typed.length > MAX_TYPED_SECRET) return null;
  const secret = removeBlanks(typed).replace(/=+$/, '').toUpperCase();
  try {
    const { length } = base32.decode(secret);
    return length >= LEAST_SECRET_BYTES && length <= MOST_SECRET_BYTES ? secret : null;
  } catch {
    return null;
  }
}

const epochOf = (now: Date): number => Math.floor(now.getTime() / 1000);

/**
 * The step with this code, or null. Steps up to `afterStep` are already used (RFC 6238 section 5.2).
 * @param secret In the form that `readTotpSecret` returns.
 */
export function stepOfCode(secret: string, code: string, now: Date, afterStep = -1): number | null {
  const token = readTypedCode(code);
  const epoch = epochOf(now);
  const newest = Math.floor((epoch + TOLERANCE_SECONDS) / TOTP_SHAPE.periodSeconds);
  // After the clock was set back, every step in the tolerance may already be used.
  if (!CODE.test(token) || afterStep >= newest) return null;
  const used = afterStep < 0 ? {} : { afterTimeStep: afterStep };
  const result = verifySync({ secret, token, epoch, epochTolerance: TOLERANCE_SECONDS, guardrails, ...used });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}

/** Most code points of a name in the address: at twelve characters each, three names fit the largest QR image. */
const MAX_NAME = 64;
/** Removes colons from a name, because the address separates issuer and login by a colon. */
const named = (text: string): string =>
  encodeURIComponent([...text.toWellFormed().replaceAll(':', ' ')].slice(0, MAX_NAME).join(''));

/** What an app reads from the QR image (Google Authenticator's key URI format). */
export function totpUri(secret: string, issuer: string, login: string): string {
  const { digits, periodSeconds, algorithm } = TOTP_SHAPE;
  const label = `${named(issuer)}:${named(login)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${named(issuer)}&digits=${digits}&period=${periodSeconds}&algorithm=${algorithm}`;
}
