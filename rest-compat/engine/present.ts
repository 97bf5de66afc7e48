import { kernelErrors } from '../../src/kernel/index.ts';

/** An item of a list of the graph, without null. */
export type ItemOf<List extends readonly unknown[]> = NonNullable<List[number]>;

/**
 * The items of a list of the graph that are not null. An item that failed is null and has an error, and the engine throws
 * errors; so a null here means that there was nothing to show.
 */
export function presentItems<T>(list: readonly (T | null)[]): readonly T[] {
  return list.filter((item) => item !== null);
}

/** A value below the root field of a payload. @throws NOT_FOUND The value is null, because the object no longer exists. */
export function present<T>(value: T | null): T {
  if (value === null) throw kernelErrors.NOT_FOUND();
  return value;
}
