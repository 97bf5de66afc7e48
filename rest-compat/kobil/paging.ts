import { z } from 'zod';
import { positionCursor } from '../../src/kernel/index.ts';
import { wholeNumber } from '../realm-users/moment.ts';
import { USER } from './user.ts';

const LARGEST_PAGE = 1_000;
const DEFAULT_SIZE = 20;
const TEXT = z.string().optional();

/** Parameters of lists with pages. Those that are not as they should be count as absent. */
export const PAGE_PARAMETERS = {
  limit: TEXT.describe('Users of a page, 1 to 1000. Default 20.'),
  offset: TEXT.describe('Number of the page, from 1. Default 1.'),
};

/** Users with the page they are on. */
export const USER_PAGE = z.strictObject({
  userList: z.array(USER),
  page: z.strictObject({
    currentPage: z.number().int(),
    pageSize: z.number().int(),
    totalPages: z.number().int(),
    totalRecords: z.number().int().describe('At most 100,000 are counted.'),
  }),
});

/** A page that is asked for. */
export interface AskedPage {
  readonly size: number;
  /** From 1. */
  readonly number: number;
}

/** Reads the page that parameters ask for; `pageNumber` is an older name of `offset`. */
export function pageOf(given: {
  readonly limit?: string | undefined;
  readonly offset?: string | undefined;
  readonly pageNumber?: string | undefined;
}): AskedPage {
  const limit = wholeNumber(given.limit) ?? DEFAULT_SIZE;
  return {
    size: limit >= 1 && limit <= LARGEST_PAGE ? limit : DEFAULT_SIZE,
    number: Math.max(wholeNumber(given.offset ?? given.pageNumber) ?? 1, 1),
  };
}

/** The page as the graph is asked for it. */
export const toWindow = ({ size, number }: AskedPage) => ({
  first: size,
  after: positionCursor((number - 1) * size),
});

/** The page as it is shown. @param total How many users the whole list has. */
export const showPage = ({ size, number }: AskedPage, total: number) => ({
  currentPage: number,
  pageSize: size,
  totalPages: Math.ceil(total / size),
  totalRecords: total,
});
