import { describe, expect, it } from 'vitest';
import { CODES_OF_EVERY_FIELD } from '../../../rest-compat/engine/codes.ts';
import { listEngineCodes } from '../../../rest-compat/engine/error-tables.ts';
import { documentsOf, type Route } from '../../../rest-compat/engine/route.ts';
import { DIALECTS } from '../../../rest-compat/index.ts';
import de from '../../../web/sign-in/texts/de.json' with { type: 'json' };
import en from '../../../web/sign-in/texts/en.json' with { type: 'json' };
import ru from '../../../web/sign-in/texts/ru.json' with { type: 'json' };

/** The rows of every dialect whose errors are pages. */
const ROWS: readonly Route[] = DIALECTS.flatMap(({ mounts }) => mounts.flatMap(({ routes }) => [...routes])).filter(
  ({ faults }) => faults === 'page',
);

/** The codes that such a row may give and has no line for, which its pages therefore show. */
const shownBy = (row: Route): string[] =>
  [...documentsOf(row).flatMap(({ errors }) => [...errors]), ...listEngineCodes(row), ...CODES_OF_EVERY_FIELD].filter(
    (code) => !Object.hasOwn(row.errors ?? {}, code),
  );

type Texts = { readonly [name: string]: string | Texts };

/** All texts of a catalogue, by their whole names. */
const list = (texts: Texts, above = ''): (readonly [string, string])[] =>
  Object.entries(texts).flatMap(([name, text]) =>
    typeof text === 'string' ? [[`${above}${name}`, text] as const] : list(text, `${above}${name}.`),
  );

const placesIn = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([place]) => place).toSorted();

/** Texts that may be the same in two languages. */
const SAME_EVERYWHERE = ['recoveryCodes.fileName', 'account.factors.PASSKEY'];

describe('the texts of the sign-in pages', () => {
  it('have a sentence for each error that leads to a page', () => {
    const codes = new Set(ROWS.flatMap(shownBy));
    expect([...codes].filter((code) => !Object.hasOwn(en.refusal, code)).toSorted()).toEqual([]);
    expect(codes.size).toBeGreaterThan(20);
  });

  it.each(Object.entries({ de, ru }))('are all there in %s, with the same places for names', (_, texts) => {
    const found = Object.fromEntries(list(texts));
    for (const [name, text] of list(en)) expect([name, placesIn(found[name]!)]).toEqual([name, placesIn(text)]);
    expect(Object.keys(found)).toHaveLength(list(en).length);
    const same = list(en).filter(
      ([name, text]) => found[name] === text && /[a-z]/.test(text.replaceAll(/\{\{\w+\}\}/g, '')),
    );
    expect(same.filter(([name]) => !SAME_EVERYWHERE.includes(name))).toEqual([]);
  });
});
