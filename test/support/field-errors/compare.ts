import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, parse } from 'graphql';
import { COMMON_CODES } from '../../../schema/errors/common-codes.ts';
import { declaredCodes } from '../../../schema/errors/declared-codes.ts';
import type { FieldError } from '../../../schema/errors/observe.ts';

/** An error that a field threw, and the test file that saw it. */
export interface SeenError extends FieldError {
  readonly by: string;
}

export interface Difference {
  /** Thrown, and neither declared nor common to all fields. */
  readonly undeclared: readonly SeenError[];
  /** Declared, and thrown in no test. */
  readonly unseen: readonly FieldError[];
}

/** Reads what fields declare with `@errors` from the SDL. */
export function readDeclared(sdl: string): FieldError[] {
  return parse(sdl).definitions.flatMap((type) =>
    type.kind !== Kind.OBJECT_TYPE_DEFINITION
      ? []
      : (type.fields ?? []).flatMap((node) =>
          declaredCodes(node).map((code) => ({ field: `${type.name.value}.${node.name.value}`, code })),
        ),
  );
}

/** Reads what the processes of a run have written, each field and code once, in order. */
export function readSeen(folder: string): SeenError[] {
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'));
  const seen = lines.map((line) => JSON.parse(line) as SeenError).toSorted(compareErrors);
  return seen.filter((error, at) => at === 0 || toKey(error) !== toKey(seen[at - 1]!));
}

/** Compares the codes that fields declare with those that they threw. */
export function findDifference(declared: readonly FieldError[], seen: readonly SeenError[]): Difference {
  const declaredKeys = new Set(declared.map(toKey));
  const seenKeys = new Set(seen.map(toKey));
  return {
    undeclared: seen.filter((error) => !(error.code in COMMON_CODES) && !declaredKeys.has(toKey(error))),
    unseen: declared.filter((error) => !seenKeys.has(toKey(error))),
  };
}

const toKey = ({ field, code }: FieldError): string => `${field} ${code}`;
const toFullKey = (error: SeenError): string => `${toKey(error)} ${error.by}`;
const compareErrors = (a: SeenError, b: SeenError): number => (toFullKey(a) < toFullKey(b) ? -1 : 1);
