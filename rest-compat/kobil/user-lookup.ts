import { z } from 'zod';
import { lookup } from '../engine/index.ts';
import { FindUser } from './operations.generated.ts';

/** The user in a path: its username, else its id. */
export const USER_PATH = z.object({ userId: z.string().max(255) });

/** The form of public ids of users. */
const USER_ID = /^[A-Za-z0-9_.-]{1,128}$/;

/** The id of the user in a path (docs/dialects/kobil.md, section 2.5). */
export const userId = lookup({
  operation: FindUser,
  toVariables: ({ params }: { readonly params: { readonly userId: string } }) => ({
    name: params.userId,
    id: params.userId,
    isId: USER_ID.test(params.userId),
  }),
  from: ({ byName, byId }) => (byName ?? byId)?.id ?? null,
});
