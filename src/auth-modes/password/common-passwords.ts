import { sha256 } from '../../crypto/index.ts';
import { COMMON_WORDS } from './common-words.ts';
import { LEAKED_PASSWORDS } from './leaked-passwords.ts';

const COMMON: ReadonlySet<string> = new Set(COMMON_WORDS.split(/\s+/).filter((word) => word !== ''));

/** Digits and signs that people write instead of letters. */
const LETTER_OF: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Rows of the keyboard and the alphabet, doubled so that a run may begin anywhere and continue at the start. */
const RUNS: readonly string[] = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1234567890',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
].flatMap((run) => [run + run, [...run].reverse().join('').repeat(2)]);

/** The unit that a text repeats, or the text itself. */
function unitOf(text: string): string {
  // A text that repeats a unit occurs in its double before the end of the first copy.
  return text.slice(0, (text + text).indexOf(text, 1));
}

const isRun = (text: string): boolean => RUNS.some((run) => run.includes(text));
const unleet = (text: string): string => text.replace(/[013457@$!]/g, (sign) => LETTER_OF[sign] ?? sign);

/** How many digits and signs around a word attackers try: a year and an exclamation mark, a date. */
const GUESSED_SIGNS = 6;
const AROUND = /^([^\p{L}]*)(.*?)([^\p{L}]*)$/su;

/** The word in a text if the characters around it add little; else the text. */
function wordIn(text: string): string {
  const [, before = '', word = '', after = ''] = AROUND.exec(text) ?? [];
  const isWeak = (signs: string) => signs.length <= GUESSED_SIGNS || isRun(signs) || unitOf(signs).length <= 2;
  return word.length > 2 && isWeak(before) && isWeak(after) ? word : text;
}

const LEAKED = Buffer.from(LEAKED_PASSWORDS, 'base64');
/** Bytes of an entry. Of 30,000 million passwords that were never leaked, about one is taken for a leaked one. */
const LEAKED_BYTES = 6;

/** Whether the text is in the list of leaked passwords: a binary search. */
function isLeaked(text: string): boolean {
  const wanted = sha256(text).readUIntBE(0, LEAKED_BYTES);
  let low = 0;
  let high = LEAKED.length / LEAKED_BYTES;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = LEAKED.readUIntBE(middle * LEAKED_BYTES, LEAKED_BYTES);
    if (found === wanted) return true;
    if (found < wanted) low = middle + 1;
    else high = middle;
  }
  return false;
}

function isCommonUnit(text: string): boolean {
  // A repetition of one or two characters is as weak as the characters themselves.
  if (text.length <= 2 || isRun(text)) return true;
  const word = wordIn(text);
  return [text, word, unleet(text), unleet(word)].some((form) => COMMON.has(form));
}

/**
 * Whether a folded password is easy to guess by its words: a common one, alone or between digits and signs (`summer2024!`),
 * with digits for letters (`p4ssw0rd`), repeated (`passwordpassword`), or a run along the keyboard or the alphabet.
 */
export function isCommonByWords(folded: string): boolean {
  const bare = folded.replace(/\s+/g, '');
  return [bare, unitOf(bare), unitOf(wordIn(bare))].some(isCommonUnit);
}

/** Whether a folded password is one that attackers try first, by its words or because it is frequent in leaks. */
export const isCommonPassword = (folded: string): boolean => isLeaked(folded) || isCommonByWords(folded);
