import { z } from 'zod';
import { positionCursor } from '../../src/kernel/index.ts';

/** Largest number of a page, or of rows before it. */
const LARGEST = 999_999_999;
/** Most rows of a page. */
const MAX_PAGE = 500;
const BLOCKS_SIZE = 100;
const CLIENTS_SIZE = 100;
const USERS_SIZE = 10;

const wholeNumber = (min: number, max: number) => z.int().min(min).max(max).optional();

/** Shape of a page of rows. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.strictObject({ data: z.array(row), has_next: z.boolean(), total_count: z.number().int() });

const directionOf = (direction: number | undefined) => (direction === 1 ? ('ASC' as const) : ('DESC' as const));

/** Numbered pages of a list of blocks. */
export const BLOCKS_PAGE = z.object({
  page: wholeNumber(0, LARGEST).describe('Number of the page, from 0.'),
  page_size: wholeNumber(1, MAX_PAGE).describe('Rows of a page. Default 100.'),
  sort_direction: wholeNumber(-1, 1).describe('1: the oldest first. Default: the newest.'),
});

/** The variables of a document for such a page. */
export function toBlocksPage({ page = 0, page_size: first = BLOCKS_SIZE, ...query }: z.output<typeof BLOCKS_PAGE>) {
  return { first, after: positionCursor(page * first), direction: directionOf(query.sort_direction) };
}

/** The part of a list of clients that is asked for. */
export const CLIENTS_PAGE = {
  skip: wholeNumber(0, LARGEST).describe('Rows to leave out. Default 0.'),
  limit: wholeNumber(1, MAX_PAGE).describe('Most rows. Default 100.'),
};

/** The variables of a document for such a part. */
export const toClientsPage = (page: { readonly skip?: number | undefined; readonly limit?: number | undefined }) => ({
  first: page.limit ?? CLIENTS_SIZE,
  after: positionCursor(page.skip ?? 0),
});

const USER_ORDERS = { created_at: 'CREATED_AT', username: 'USERNAME', email: 'EMAIL' } as const;
const USER_SORT_FIELD = z.enum(Object.keys(USER_ORDERS) as (keyof typeof USER_ORDERS)[]);

/** The shapes of lists that the description names. */
export const LIST_COMPONENTS = { UserSortField: USER_SORT_FIELD } as const;

/** The part of a list of users that is asked for. */
export const USERS_PAGE = z.object({
  username: z.string().max(128).optional().describe('Text inside the username, ignoring case. Default: any.'),
  email: z.string().max(128).optional().describe('Text inside the e-mail address, ignoring case. Default: any.'),
  limit: wholeNumber(1, MAX_PAGE).describe('Most rows. Default 10.'),
  offset: wholeNumber(0, LARGEST).describe('Rows to leave out. Default 0.'),
  sort_direction: wholeNumber(-1, 1).describe('1: ascending. Default: descending.'),
  sort_by: USER_SORT_FIELD.optional().describe('Default `created_at`.'),
});

type UsersPage = z.output<typeof USERS_PAGE>;

/** The variables of a document for such a part, with one row more, which shows whether the list goes on. */
export function toUsersPage({ limit = USERS_SIZE, offset = 0, sort_by = 'created_at', ...query }: UsersPage) {
  const texts = Object.entries({ username: query.username, email: query.email }).filter(([, text]) => text);
  return {
    first: limit + 1,
    after: positionCursor(offset),
    filter: texts.length === 0 ? null : { contains: Object.fromEntries(texts) },
    orderBy: { field: USER_ORDERS[sort_by], direction: directionOf(query.sort_direction) },
  };
}

/** The answer for such a part, of which the document read one row more. */
export function showUsersPage<T>(rows: readonly T[], total: number | null, { limit = USERS_SIZE }: UsersPage) {
  return { data: rows.slice(0, limit), has_next: rows.length > limit, total_count: total ?? 0 };
}
