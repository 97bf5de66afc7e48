import { describe, expect, it } from 'vitest';
import { CODES_OF_EVERY_FIELD } from '../../../rest-compat/engine/codes.ts';
import { listEngineCodes } from '../../../rest-compat/engine/error-tables.ts';
import { documentsOf, type Route } from '../../../rest-compat/engine/route.ts';
import { DIALECTS } from '../../../rest-compat/index.ts';
import en from '../../../web/sign-in/texts/en.json' with { type: 'json' };

/** The rows of every dialect whose errors are pages. */
const ROWS: readonly Route[] = DIALECTS.flatMap(({ mounts }) => mounts.flatMap(({ routes }) => [...routes])).filter(
  ({ faults }) => faults === 'page',
);

/** The codes that such a row may give and has no line for, which its pages therefore show. */
const shownBy = (row: Route): string[] =>
  [...documentsOf(row).flatMap(({ errors }) => [...errors]), ...listEngineCodes(row), ...CODES_OF_EVERY_FIELD].filter(
    (code) => !Object.hasOwn(row.errors ?? {}, code),
  );

describe('the texts of the sign-in pages', () => {
  it('have a sentence for each error that leads to a page', () => {
    const codes = new Set(ROWS.flatMap(shownBy));
    expect([...codes].filter((code) => !Object.hasOwn(en.refusal, code)).toSorted()).toEqual([]);
    expect(codes.size).toBeGreaterThan(20);
  });
});
