import { kernelErrors } from '../../src/kernel/index.ts';

/** An item of a list of the graph, where it is not null. */
export type ItemOf<List extends readonly unknown[]> = NonNullable<List[number]>;

/**
 * The items of a list of the graph. One that failed is null beside an error, and the engine throws errors; without an error
 * there was nothing to show.
 */
export function presentItems<T>(list: readonly (T | null)[]): readonly T[] {
  return list.filter((item) => item !== null);
}

/** What a payload holds below its root field. @throws NOT_FOUND It is gone. */
export function present<T>(value: T | null): T {
  if (value === null) throw kernelErrors.NOT_FOUND();
  return value;
}
