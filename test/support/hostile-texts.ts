import { createHash } from 'node:crypto';
import { MAX_TEXT_LENGTH } from '../../src/kernel/index.ts';

/** A text that does not compress, so that an index entry has its full length. */
function incompressibleText(length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++)
    text += createHash('sha512').update(`${block}`).digest('base64url');
  return text.slice(0, length);
}

/** Texts that pass the types of arguments and rows, but that a database, column or index may refuse. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  NUL: 'a\0b',
  'a lone surrogate': 'a\ud800',
  nothing: '',
  'no UUID': 'x',
  '300 characters': incompressibleText(300),
  'the longest text': incompressibleText(MAX_TEXT_LENGTH),
  '8,000 characters of four bytes': '\u{1f600}\u{1f61e}'.repeat(2000),
  '70,000 characters': incompressibleText(70_000),
};
