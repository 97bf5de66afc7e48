import { lookup } from '../../engine/index.ts';
import { ReadScimGroup } from '../operations.generated.ts';

/** The group of a path, as the graph shows it without members. */
export const storedGroup = lookup({
  operation: ReadScimGroup,
  toVariables: ({ params }: { readonly params: { readonly group_id: string } }) => ({
    groupId: params.group_id,
    withMembers: false,
  }),
  from: ({ group }) => group,
});
