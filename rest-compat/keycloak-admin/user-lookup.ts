import { lookup } from '../engine/index.ts';
import { FindUser } from './operations.generated.ts';

/** The form of public ids of users. */
const USER_ID = /^[A-Za-z0-9_.-]{1,128}$/;

/** The id of the user in a path: an id, else a username, ignoring case. */
export const userId = lookup({
  operation: FindUser,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({
    name: params.id,
    id: params.id,
    isId: USER_ID.test(params.id),
  }),
  from: ({ byName, byId }) => (byId ?? byName)?.id ?? null,
});
