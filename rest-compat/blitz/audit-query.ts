import { isNumber, parseRql, type RqlCall, RqlRefusal, splitLimit, valuesOf } from './rql.ts';

/** What the audit's `rql` asks for (docs/dialects/blitz.md, section 4). */
export interface AuditQuery {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  readonly limit: number;
}

/** Without `rql` or its `limit`: so many events, the last ones. */
const DEFAULT_LIMIT = 100;
/** A greater `limit` gives so many: the largest page of the graph. Whoever wants more asks again with a smaller `le`. */
export const MAX_AUDIT_LIMIT = 200;

/** Smaller numbers are seconds, as in the manual's sample, others milliseconds, as in events: 10^11 seconds is the year 5138. */
const FIRST_MILLISECONDS = 1e11;
/** The end of the year 9999, the last that dates in the graph can name. */
const LAST_MOMENT = 253_402_300_799_999;

/** The first or last millisecond that a value of `ts` means: seconds are whole ones, from their first to their last. */
function momentOf(call: RqlCall, millisecondsWithin: number): number {
  const [name, value] = valuesOf(call, 2);
  if (name!.text !== 'ts') throw new RqlRefusal('Only "ts" can be compared', name!.at);
  if (!isNumber(value!) || !/^\d+$/.test(value!.text)) throw new RqlRefusal('A moment is a whole number', value!.at);
  const number = Number(value!.text);
  const milliseconds = number < FIRST_MILLISECONDS ? number * 1000 + millisecondsWithin : number;
  return Math.min(milliseconds, LAST_MOMENT);
}

/**
 * Reads `and(ge(ts,A),le(ts,B),limit(N))` and its parts.
 * @throws RqlRefusal Anything else.
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
