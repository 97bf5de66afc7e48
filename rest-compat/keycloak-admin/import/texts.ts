import { z } from 'zod';
import { toStoredKey, toStoredText } from '../localization.ts';
import { type Read, type Reader, readMembers, readOne } from './row.ts';

const TEXTS = z.record(z.string(), z.string());

const READER: Reader<'texts', z.output<typeof TEXTS>> = {
  kind: 'texts',
  shape: TEXTS,
  toInput: (texts) => ({
    texts: Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [toStoredKey(key), toStoredText(key, text)] as const),
    ),
  }),
};

/** The texts of the realm, a row for each language. */
export const readTexts = (texts: unknown): Read =>
  readMembers('localizationTexts', texts, (language, sent) => readOne(READER, { owner: '', name: language }, sent));
