import { createGuardrails, generateSecret, ScureBase32Plugin, verifySync } from 'otplib';
import { readTypedCode, removeBlanks } from '../../kernel/index.ts';

/** What the codes of an app are made from. */
export interface OtpShape {
  /** From the time (RFC 6238), or from a counter that each code raises (RFC 4226). */
  readonly type: 'totp' | 'hotp';
  readonly algorithm: 'SHA1' | 'SHA256' | 'SHA512';
  readonly digits: number;
  /** Of codes that are made from the time. */
  readonly periodSeconds: number;
}

/** The codes that every authenticator app supports. */
export const USUAL_SHAPE: OtpShape = { type: 'totp', algorithm: 'SHA1', digits: 6, periodSeconds: 30 };

/** RFC 4226 section 4 recommends 160 bits. */
const NEW_SECRET_BYTES = 20;
/** Shortest secret that is accepted: older set-ups use 80 bits in 16 characters. */
const LEAST_SECRET_BYTES = 10;
const MOST_SECRET_BYTES = 64;
/** 64 bytes make 103 characters; blanks between groups and padding included. */
const MAX_TYPED_SECRET = 160;
/** One step before and one after: clocks differ, and typing takes time (RFC 6238 section 5.2; check 45). */
const USUAL_LOOK_AHEAD = 1;

const DIGITS = /^\d+$/;
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

/** The spelling that `readTotpSecret` returns, of bytes; null when their number is not allowed. */
export function writeTotpSecret(bytes: Buffer): string | null {
  const isAllowed = bytes.length >= LEAST_SECRET_BYTES && bytes.length <= MOST_SECRET_BYTES;
  return isAllowed ? base32.encode(bytes) : null;
}

/** Where a code is looked for. */
export interface CodeWindow {
  readonly now: Date;
  /** Steps, or counters, up to this one are used. Default: none. */
  readonly afterStep?: number;
  /** Default: `USUAL_SHAPE`. */
  readonly shape?: OtpShape;
  /** Steps before and after the present one, or counters after the next one. Default 1. */
  readonly lookAhead?: number;
}

/**
 * The step, or the counter, with this code; null when it has none. Used steps are refused (RFC 6238 section 5.2).
 * @param secret In the form that `readTotpSecret` returns.
 */
export function stepOfCode(secret: string, code: string, window: CodeWindow): number | null {
  const { afterStep = -1, shape = USUAL_SHAPE, lookAhead = USUAL_LOOK_AHEAD } = window;
  const token = readTypedCode(code);
  if (token.length !== shape.digits || !DIGITS.test(token)) return null;
  const algorithm = shape.algorithm.toLowerCase() as Lowercase<OtpShape['algorithm']>;
  const typed = { secret, token, algorithm, digits: shape.digits, guardrails };
  return shape.type === 'hotp'
    ? counterOf(typed, afterStep + 1, lookAhead)
    : timeStepOf({ ...typed, period: shape.periodSeconds }, window.now, { afterStep, lookAhead });
}

type TypedCode = Parameters<typeof verifySync>[0];

function counterOf(typed: TypedCode, counter: number, lookAhead: number): number | null {
  const result = verifySync({ ...typed, strategy: 'hotp', counter, counterTolerance: [0, lookAhead] });
  return result.valid ? counter + result.delta : null;
}

function timeStepOf(
  typed: TypedCode & { readonly period: number },
  now: Date,
  { afterStep, lookAhead }: Required<Pick<CodeWindow, 'afterStep' | 'lookAhead'>>,
): number | null {
  const epoch = Math.floor(now.getTime() / 1000);
  const epochTolerance = lookAhead * typed.period;
  // After the clock was set back, every step in the tolerance may already be used.
  if (afterStep >= Math.floor((epoch + epochTolerance) / typed.period)) return null;
  const used = afterStep < 0 ? {} : { afterTimeStep: afterStep };
  const result = verifySync({ ...typed, epoch, epochTolerance, ...used });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}

/** Most code points of a name in the address: at twelve characters each, three names fit the largest QR image. */
const MAX_NAME = 64;
/** Removes colons from a name, because the address separates issuer and login by a colon. */
const named = (text: string): string =>
  encodeURIComponent([...text.toWellFormed().replaceAll(':', ' ')].slice(0, MAX_NAME).join(''));

/**
 * What an app reads from the QR image (Google Authenticator's key URI format).
 * @param counter The first one, where codes are made from a counter.
 */
export function totpUri(
  secret: string,
  {
    issuer,
    login,
    shape = USUAL_SHAPE,
    counter = 0,
  }: { issuer: string; login: string; shape?: OtpShape; counter?: number },
): string {
  const { type, digits, periodSeconds, algorithm } = shape;
  const label = `${named(issuer)}:${named(login)}`;
  const course = type === 'hotp' ? `counter=${counter}` : `period=${periodSeconds}`;
  return `otpauth://${type}/${label}?secret=${secret}&issuer=${named(issuer)}&digits=${digits}&${course}&algorithm=${algorithm}`;
}
