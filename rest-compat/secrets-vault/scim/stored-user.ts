import { lookup } from '../../engine/index.ts';
import { ReadScimUser } from '../operations.generated.ts';

/** The user of a path, as the graph shows it. */
export const storedUser = lookup({
  operation: ReadScimUser,
  toVariables: ({ params }: { readonly params: { readonly user_id: string } }) => ({
    userId: params.user_id,
    withGroups: false,
    withAddresses: true,
  }),
  from: ({ user }) => user,
});
