import type { z } from 'zod';
import { positionCursor } from '../../../src/kernel/index.ts';
import { listResponse } from './discovery.ts';
import type { ListQuery } from './list-query.ts';
import { projectResource } from './projection.ts';
import { ScimRefusal } from './refusal.ts';
import type { Resource } from './resource.ts';
import type { LIST } from './shapes.ts';

/** The refusal of a filter among more than it may be asked of. */
export const tooMany = (what: 'users' | 'groups', most: number): ScimRefusal =>
  new ScimRefusal('tooMany', `No index answers the filter, and there are more than ${most} ${what}.`);

/** The part of all that meet the filter that is asked for. */
export const pageOf = <T>({ startIndex, count }: ListQuery, met: readonly T[]): readonly T[] =>
  met.slice(startIndex - 1, startIndex - 1 + count);

/** The part of a list that the graph reads. What meets a filter is read by its ids, and was counted when it was found. */
export const partOf = ({ startIndex, count, filter }: ListQuery) => ({
  first: count,
  after: filter === null ? positionCursor(startIndex - 1) : null,
  isCounted: filter === null,
});

/** How many resources a list has. @param counted Those that the graph counted. @param met Those that meet the filter. */
export const totalOf = ({ filter }: ListQuery, counted: number | null | undefined, met: readonly unknown[]): number =>
  filter === null ? (counted ?? 0) : met.length;

/** A page as it is answered. Where no resource was asked for, it is the total alone. */
export function showPage({ startIndex, count, projection }: ListQuery, total: number, page: readonly Resource[]) {
  const shown = page.map((each) => projectResource(each, projection));
  return listResponse(total, startIndex, count === 0 ? null : shown) as z.input<typeof LIST>;
}
