import { lookup } from '../engine/index.ts';
import { FORBIDDEN } from './errors.ts';
import { SessionOwner } from './operations.generated.ts';

/** The user behind the credential, for rows that serve users alone. */
export const OWNER = {
  owner: lookup({
    operation: SessionOwner,
    toVariables: () => ({}),
    from: ({ viewer }) => viewer?.subject ?? null,
  }),
} as const;

/** Applications have none. */
export const NO_OWNER = { owner: FORBIDDEN } as const;
