import { fold } from '../kernel/index.ts';

/** Most characters of a search key: with name and owner, an index row stays below 2,704 bytes. */
const KEY_LENGTH = 255;
const KEYS_PER_NAME = 8;

/** The form in which a value is searched: folded, its first 255 characters. */
export function searchKey(value: string): string {
  return [...fold(value)].slice(0, KEY_LENGTH).join('');
}

/** Whether a value is longer, folded, than a search key: then the key is its beginning alone. */
export const exceedsSearchKey = (value: string): boolean => [...fold(value)].length > KEY_LENGTH;

/** The search keys of an attribute: its value, or the first eight of a list; objects have none. */
export function searchKeysOf(value: unknown): string[] {
  const values = (Array.isArray(value) ? value : [value]).filter((item) =>
    ['string', 'number', 'boolean'].includes(typeof item),
  );
  return [...new Set(values.slice(0, KEYS_PER_NAME).map((item) => searchKey(String(item))))];
}
