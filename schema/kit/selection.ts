import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

/** Whether a field's selection, fragments included, has a child field. Skip work for fields that were not selected. */
export function selects(info: GraphQLResolveInfo, name: string): boolean {
  return info.fieldNodes.some(
    ({ selectionSet }) => selectionSet !== undefined && selectionHas(info, selectionSet, name),
  );
}

function selectionHas(info: GraphQLResolveInfo, selection: SelectionSetNode, name: string): boolean {
  return selection.selections.some((node) => {
    if (node.kind === Kind.FIELD) return node.name.value === name;
    const inner =
      node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : info.fragments[node.name.value]?.selectionSet;
    return inner !== undefined && selectionHas(info, inner, name);
  });
}
