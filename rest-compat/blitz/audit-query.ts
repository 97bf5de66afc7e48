import { isNumber, parseRql, type RqlCall, RqlRefusal, splitLimit, valuesOf } from './rql.ts';

/** The query of the audit's `rql` (docs/dialects/blitz.md, section 4). */
export interface AuditQuery {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly limit: number;
}

/** How many of the latest events are answered without `rql` or its `limit`. */
const DEFAULT_LIMIT = 100;
/**
 * A greater `limit` counts as this one, the largest page of the graph. For more events, the caller repeats the request with a
 * smaller `le`.
 */
export const MAX_AUDIT_LIMIT = 200;

/**
 * Smaller numbers are seconds, as in the manual's sample; others are milliseconds, as in events. 10^11 seconds is the year
 * 5138.
 */
const FIRST_MILLISECONDS = 1e11;
/** The end of the year 9999, the last year that dates of the graph support. */
const LAST_MOMENT = 253_402_300_799_999;

/** The first or last millisecond of a value of `ts`: a value in seconds covers all milliseconds of that second. */
function momentOf(call: RqlCall, millisecondsWithin: number): number {
  const [name, value] = valuesOf(call, 2);
  if (name!.text !== 'ts') throw new RqlRefusal('Only "ts" can be compared', name!.at);
  if (!isNumber(value!) || !/^\d+$/.test(value!.text)) throw new RqlRefusal('A moment is a whole number', value!.at);
  const number = Number(value!.text);
  const milliseconds = number < FIRST_MILLISECONDS ? number * 1000 + millisecondsWithin : number;
  return Math.min(milliseconds, LAST_MOMENT);
}

/**
 * Reads `and(ge(ts,A),le(ts,B),limit(N))` or parts of it.
 * @throws RqlRefusal The expression has another form.
 */
export function parseAuditQuery(rql: string | undefined): AuditQuery {
  const { condition, limit } = rql === undefined ? { condition: null, limit: null } : splitLimit(parseRql(rql));
  const bounds: { ge: number[]; le: number[] } = { ge: [], le: [] };
  collect(condition, bounds);
  return {
    from: bounds.ge.length === 0 ? undefined : new Date(Math.max(...bounds.ge)),
    to: bounds.le.length === 0 ? undefined : new Date(Math.min(...bounds.le)),
    limit: Math.min(limit ?? DEFAULT_LIMIT, MAX_AUDIT_LIMIT),
  };
}

function collect(call: RqlCall | null, bounds: { readonly ge: number[]; readonly le: number[] }): void {
  if (call === null) return;
  if (call.name === 'and') for (const part of call.args) collect(part as RqlCall, bounds);
  else if (call.name === 'ge') bounds.ge.push(momentOf(call, 0));
  else if (call.name === 'le') bounds.le.push(momentOf(call, 999));
  else throw new RqlRefusal(`"${call.name}" is not supported here`, call.at);
}
