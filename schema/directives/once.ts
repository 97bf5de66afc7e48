import { type FragmentDefinitionNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { ErrorExtras, IdentityError } from '../../src/kernel/index.ts';

/** How often a root field stands in an operation, under whatever names. Counting ends at two. */
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

/**
 * For root fields by which secrets are guessed: refuses the field in an operation that has it more than once, so that
 * aliases do not multiply the tries of a request (check 58).
 * @param refusal What is thrown, each time.
 */
export function requireOnce(info: GraphQLResolveInfo, refusal: (extras?: ErrorExtras) => IdentityError): void {
  if (occurrences(info.operation.selectionSet, info.fieldName, info.fragments) > 1) throw refusal();
}
