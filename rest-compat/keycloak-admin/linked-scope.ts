import { z } from 'zod';
import { lookup } from '../engine/index.ts';
import { LINKED_SCOPE_UNKNOWN } from './errors.ts';
import { FindClientScope } from './operations.generated.ts';
import { toId } from './scope-owner.ts';

/** The client scope in a path that gives it to something. */
export const LINKED_SCOPE_PATH = z.object({ clientScopeId: z.string().max(255) });

/** The client scope of such a path. */
export const clientScope = lookup({
  operation: FindClientScope,
  toVariables: ({ params }: { readonly params: { readonly clientScopeId: string } }) => ({
    clientScopeId: toId(params.clientScopeId),
  }),
  from: (found) => found.clientScope,
});

/** The answers where there is no such scope. */
export const NO_LINKED_SCOPE = { NOT_FOUND: LINKED_SCOPE_UNKNOWN, CLIENT_SCOPE_NOT_FOUND: LINKED_SCOPE_UNKNOWN };
