import { invalidField } from './errors.ts';

/** Bounds of a text from a caller that is to be stored. */
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

/** Longest typed code, including the blanks that people put into it. */
const MAX_TYPED_CODE = 64;
/** White space, and the zero-width characters that copying from a mail or a page adds. */
const BLANKS = /[\s\u200B-\u200D\u2060\uFEFF]/gu;

/** The text without its blanks, wherever they are. */
export const removeBlanks = (text: string): string => text.replaceAll(BLANKS, '');

/**
 * Removes the blanks from a code that was typed or pasted. Returns an empty text, which equals no code, if the input is too
 * long to be a code.
 */
export function readTypedCode(typed: string): string {
  return typed.length > MAX_TYPED_CODE ? '' : removeBlanks(typed);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The text as HTML, between tags or in an attribute with double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

/**
 * The longest text that any argument takes, in UTF-16 units: enough for a token, which a header limits to 16 KiB, and far
 * below what a column holds. Values that are stored have narrower bounds of their module.
 */
export const MAX_TEXT_LENGTH = 16_384;

/** Whether PostgreSQL accepts the text as it is: it refuses NUL and cannot encode a lone surrogate. */
export function isDatabaseText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * Whether PostgreSQL accepts the text and it has no invisible characters: no NUL or other control character, no lone
 * surrogate.
 */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text);
}

/**
 * Returns the text, if it may be stored.
 * @param path GraphQL input path of the value.
 * @throws INVALID_INPUT The value is no text, is too short or too long, or with control characters or lone surrogates.
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
