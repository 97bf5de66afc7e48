import { type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { ErrorExtras, IdentityError } from '../../src/kernel/index.ts';

/** Counts how often a root field occurs in an operation, under any alias. Counting ends at two. */
function occurrences(
  selection: SelectionSetNode,
  name: string,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): number {
  let count = 0;
  for (const node of selection.selections) {
    if (node.kind === Kind.FIELD) count += node.name.value === name ? 1 : 0;
    else {
      const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
      if (inner !== undefined) count += occurrences(inner.selectionSet, name, fragments);
    }
    if (count > 1) break;
  }
  return count;
}

/** Root fields of this kind that a request has already used, by the signal that all operations of a batch share. */
const taken = new WeakMap<AbortSignal, Set<string>>();

/**
 * Refuses a root field that an operation has more than once, or that an earlier operation of the batch had. Root fields with
 * which secrets can be guessed call it, so that neither aliases nor batches multiply the tries of a request (check 58).
 * @param signal Signal of the request.
 * @param refusal Error to throw.
 */
export function requireOnce(
  info: GraphQLResolveInfo,
  signal: AbortSignal,
  refusal: (extras?: ErrorExtras) => IdentityError,
): void {
  if (occurrences(info.operation.selectionSet, info.fieldName, info.fragments) > 1) throw refusal();
  const fields = taken.get(signal) ?? new Set();
  if (fields.has(info.fieldName)) throw refusal();
  taken.set(signal, fields.add(info.fieldName));
}
