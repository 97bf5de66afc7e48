/** A flow in which a client takes part and that OAuth does not define. */
import { z } from 'zod';
import { MANAGER, type MetadataMember } from './member.ts';

/** Directories whose users may come: a company has a handful, and each request is compared with all. */
const MAX_DIRECTORIES = 100;

const USER_CLAIMS = ['preferred_username', 'oid'] as const;

const specialFlow = z.strictObject({
  /** `external-factor`: another service signs people in and asks this one for their second factor. */
  type: z.enum(['external-factor'], 'Not a type of flows.'),
  /** Id of the application at the other service. */
  applicationId: z.guid('Not the id of an application.'),
  /** Ids of the directories of the other service whose users may come. */
  directoryIds: z
    .array(z.guid('Not the id of a directory.'))
    .min(1, 'At least one directory.')
    .max(MAX_DIRECTORIES, `At most ${MAX_DIRECTORIES} directories.`),
  /** Which claim of the other service names the user. */
  userClaim: z.enum(USER_CLAIMS, 'Not a claim that names users.'),
});

/** A flow of a client beside those of OAuth. For managers: it lets another service begin sign-ins. */
export const SPECIAL_FLOW = {
  wire: 'special_flow',
  check: specialFlow,
  default: () => null,
  setBy: MANAGER,
} as const satisfies MetadataMember<z.output<typeof specialFlow>>;
