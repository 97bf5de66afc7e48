import { z } from 'zod';
import { positionCursor } from '../../src/kernel/index.ts';

const WHOLE_NUMBER = /^-?\d{1,9}$/;

/** A whole number of a query, within bounds. The text stays one, because the description of the API is made from its shape. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .superRefine((text, context) => {
      const value = Number(text);
      if (!WHOLE_NUMBER.test(text)) context.addIssue({ code: 'invalid_type', expected: 'int', input: text });
      else if (value < min)
        context.addIssue({ code: 'too_small', origin: 'int', minimum: min, inclusive: true, input: text });
      else if (value > max)
        context.addIssue({ code: 'too_big', origin: 'int', maximum: max, inclusive: true, input: text });
    })
    .optional();

/** Largest number of a page, or of rows before it. */
const LARGEST = 999_999_999;
/** Most rows of a page. */
const MAX_PAGE = 500;
const BLOCKS_SIZE = 100;
const CLIENTS_SIZE = 100;

/** Numbered pages of a list of blocks. */
export const BLOCKS_PAGE = z.object({
  page: wholeNumber(0, LARGEST).describe('Number of the page, from 0.'),
  page_size: wholeNumber(1, MAX_PAGE).describe('Rows of a page. Default 100.'),
  sort_direction: wholeNumber(-1, 1).describe('1: the oldest first. Default: the newest.'),
});

/** The variables of a document for such a page. */
export function toBlocksPage({ page, page_size: size, sort_direction: direction }: z.output<typeof BLOCKS_PAGE>) {
  const first = Number(size ?? BLOCKS_SIZE);
  return {
    first,
    after: positionCursor(Number(page ?? 0) * first),
    direction: direction === '1' ? ('ASC' as const) : ('DESC' as const),
  };
}

/** The part of a list of clients that is asked for. */
export const CLIENTS_PAGE = {
  skip: wholeNumber(0, LARGEST).describe('Rows to leave out. Default 0.'),
  limit: wholeNumber(1, MAX_PAGE).describe('Most rows. Default 100.'),
};

/** The variables of a document for such a part. */
export const toClientsPage = (page: { readonly skip?: string | undefined; readonly limit?: string | undefined }) => ({
  first: Number(page.limit ?? CLIENTS_SIZE),
  after: positionCursor(Number(page.skip ?? 0)),
});
