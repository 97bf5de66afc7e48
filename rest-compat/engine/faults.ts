import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** A member, or a position in a list. */
export type PathPart = string | number;

/** The part of a request that holds a value. */
export type ValuePlace = 'path' | 'query' | 'header' | 'form' | 'body';

/** Where a faulty value stands, and what is wrong with it. */
export interface ValueFault {
  readonly place: ValuePlace;
  /** Members and positions in lists, from the outside; for a body that is not JSON, the position in its text. */
  readonly path: readonly PathPart[];
  /** Null: the body is not JSON. */
  readonly issue: Issue | null;
  /** The value; undefined where it is missing. */
  readonly value: unknown;
}

/** Most faults that one answer lists: a body of 1 MiB could have 500,000. */
export const MAX_FAULTS = 1000;

/** The value at a path; undefined where there is none. */
function valueAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    whole,
  );
}

/** A fault from an issue of a schema. */
export function faultAt(place: ValuePlace, issue: Issue, whole: unknown): ValueFault {
  const path = issue.path.filter((part): part is PathPart => typeof part !== 'symbol');
  return { place, path, issue, value: valueAt(whole, path) };
}
