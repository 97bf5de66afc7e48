import type { z } from 'zod';
import { listResponse } from './discovery.ts';
import type { ListQuery } from './list-query.ts';
import { projectResource } from './projection.ts';
import { ScimRefusal } from './refusal.ts';
import type { Resource } from './resource.ts';
import { type LIST, MAX_LOOKED_AT } from './shapes.ts';

/** The refusal of a filter among more than it may be asked of. */
export const tooMany = (what: 'users' | 'groups'): ScimRefusal =>
  new ScimRefusal('tooMany', `No index answers the filter, and there are more than ${MAX_LOOKED_AT} ${what}.`);

/** The part of all that meet the filter that is asked for. */
export const pageOf = <T>({ startIndex, count }: ListQuery, met: readonly T[]): readonly T[] =>
  met.slice(startIndex - 1, startIndex - 1 + count);

/** A page as it is answered. Where no resource was asked for, it is the total alone. */
export function showPage({ startIndex, count, projection }: ListQuery, total: number, page: readonly Resource[]) {
  const shown = page.map((each) => projectResource(each, projection));
  return listResponse(total, startIndex, count === 0 ? null : shown) as z.input<typeof LIST>;
}
