import { invalidField } from './errors.ts';

/** What a text of a caller must be before it may reach a row. */
export interface TextRule {
  /** In UTF-16 units. */
  readonly max: number;
  /** Default 1. */
  readonly min?: number;
}

const CONTROL = /\p{Cc}/u;

/** The form in which names and searched values are compared: `Ａlice@Example.com` and `alice@example.com` are one name. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** A typed code is at most this long, the blanks that people put into it included. */
const MAX_TYPED_CODE = 64;
/** White space, and the characters without width that copying from a mail or a page brings along. */
const BLANKS = /[\s\u200B-\u200D\u2060\uFEFF]/gu;

/** The text without its blanks, wherever they are. */
export const removeBlanks = (text: string): string => text.replaceAll(BLANKS, '');

/**
 * A code as it was sent or shown, from what somebody typed or pasted: blanks anywhere in it mean nothing. What is too long
 * to be a code gives an empty text, which no code equals.
 */
export function readTypedCode(typed: string): string {
  return typed.length > MAX_TYPED_CODE ? '' : removeBlanks(typed);
}

/**
 * The longest text that any argument takes, in UTF-16 units: more than a token in a header can have (16 KiB), and far below
 * what a column holds. What is stored has narrower bounds, where it is stored.
 */
export const MAX_TEXT_LENGTH = 16_384;

/** Whether PostgreSQL takes the text as it is: it refuses NUL and cannot encode a lone surrogate. */
export function isDatabaseText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Whether PostgreSQL takes the text and nothing invisible hides in it: no NUL or other control character, no lone surrogate. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text);
}

/**
 * The text, if it may be stored.
 * @param path GraphQL input path of the value.
 * @throws INVALID_INPUT Mistyped, too short or too long, or with control characters or lone surrogates.
 */
export function requireText(value: unknown, path: string, { max, min = 1 }: TextRule): string {
  if (typeof value !== 'string') throw invalidField(path, 'TEXT_REQUIRED', 'A text is needed here.');
  if (value.length < min || value.length > max) {
    throw invalidField(path, 'TEXT_LENGTH', `The text must have ${min} to ${max} characters.`);
  }
  if (!isStorableText(value)) {
    throw invalidField(path, 'TEXT_NOT_STORABLE', 'The text holds characters that cannot be stored.');
  }
  return value;
}
