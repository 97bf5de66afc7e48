import { isAssigned, isObject } from './resolved-filter.ts';
import type { Resource } from './resource.ts';

/** Values of an attribute of several, of which the service keeps one in a column: the primary one, else the first. */
export interface SplitValues {
  /** Null: there is none. */
  readonly main: string | null;
  /** All values, without `value` where it is the one in the column; null: the column says everything. */
  readonly others: readonly Resource[] | null;
}

const textOf = ({ value }: Resource): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The values of an attribute of several that are objects. */
export const toValues = (list: unknown): readonly Resource[] => (Array.isArray(list) ? list.filter(isObject) : []);

/** Splits a list into what its column keeps and what the profile keeps. Values without `value` are dropped. */
export function splitValues(list: unknown): SplitValues {
  const values = toValues(list).filter((each) => textOf(each) !== null);
  const preferred = values.findIndex(({ primary }) => primary === true);
  const at = Math.max(preferred, 0);
  const [first] = values.slice(at);
  if (first === undefined) return { main: null, others: null };
  const { value: _column, ...rest } = first;
  const isSaid = values.length === 1 && Object.keys(rest).every((name) => name === 'primary' && rest[name] === true);
  return { main: textOf(first), others: isSaid ? null : values.map((each, index) => (index === at ? rest : each)) };
}

/**
 * The values of a column and of the profile together. Another API may have changed the column: its value is then that of the one
 * that was there, and without a value that one is gone.
 */
export function joinValues(main: string | null, stored: unknown): readonly Resource[] {
  const values = toValues(stored);
  const others = values.filter((each) => textOf(each) !== null);
  if (main === null) return others;
  const at = values.findIndex((each) => textOf(each) === null);
  if (at >= 0)
    return values
      .map((each, index) => (index === at ? { ...each, value: main } : each))
      .filter((each) => isAssigned(textOf(each)));
  const isPreferred = !others.some(({ primary }) => primary === true);
  return [{ value: main, ...(isPreferred ? { primary: true } : {}) }, ...others];
}
