import { z } from 'zod';
import type { ResourceKind } from './attribute.ts';
import { parseFilter } from './filter.ts';
import { type Projection, readProjection } from './projection.ts';
import { type ResolvedFilter, resolveFilter } from './resolved-filter.ts';

/** Most resources of a page. */
const MAX_COUNT = 100;

/** What answers have (RFC 7644 section 3.9). */
export const PROJECTION_QUERY = z.object({
  attributes: z.string().optional().describe('Attributes that the answer has, separated by commas. Default: all.'),
  excludedAttributes: z.string().optional().describe('Attributes that the answer lacks, separated by commas.'),
});

const WHOLE_NUMBER = z
  .string()
  .regex(/^-?\d{1,15}$/)
  .optional();

/** What lists take (RFC 7644 section 3.4.2); `sortBy` and `sortOrder` are ignored. */
export const LIST_QUERY = PROJECTION_QUERY.extend({
  startIndex: WHOLE_NUMBER.describe('Number of the first resource, from 1. Default 1, also for smaller ones.'),
  count: WHOLE_NUMBER.describe('Most resources of the page; larger numbers mean 100, negative ones 0. Default 100.'),
  filter: z.string().optional().describe('Only resources that meet it (RFC 7644 section 3.4.2.2).'),
});

/** What a list is asked for. */
export interface ListQuery {
  readonly startIndex: number;
  readonly count: number;
  /** Null: all resources. */
  readonly filter: ResolvedFilter | null;
  readonly projection: Projection;
}

/** @throws ScimRefusal invalidFilter, invalidValue, sensitive */
export function readListQuery(kind: ResourceKind, query: z.output<typeof LIST_QUERY>): ListQuery {
  const { startIndex = '1', count = String(MAX_COUNT), filter = '' } = query;
  return {
    startIndex: Math.max(1, Number(startIndex)),
    count: Math.min(MAX_COUNT, Math.max(0, Number(count))),
    filter: filter === '' ? null : resolveFilter(kind, parseFilter(filter)),
    projection: projectionOf(kind, query),
  };
}

/** @throws ScimRefusal invalidValue */
export const projectionOf = (
  kind: ResourceKind,
  { attributes, excludedAttributes }: z.output<typeof PROJECTION_QUERY>,
): Projection => readProjection(kind, attributes ?? null, excludedAttributes ?? null);

/** Whether a filter asks about an attribute of the resource itself, or about a part of it. */
export function asksAbout(filter: ResolvedFilter | null, name: string): boolean {
  if (filter === null) return false;
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.some((each) => asksAbout(each, name));
    case 'not':
      return asksAbout(filter.filter, name);
    case 'constant':
      return false;
    case 'values':
    case 'test':
      return filter.members[0] === name;
  }
}
