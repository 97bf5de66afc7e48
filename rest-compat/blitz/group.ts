import { z } from 'zod';
import type { GroupData } from './operations.generated.ts';

/** What begins every `instanceId` of a group. */
const INSTANCE = 'grp:';
const ENCODED_INSTANCE = 'Z3JwO';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A group in a path. What cannot be one is the id of none. */
export const GROUP_ID = z
  .string()
  .regex(/^\P{C}{1,255}$/u)
  .describe('`id` of the group; `instanceId` does as well.');

/** Profile whose groups form a tree elsewhere: they are no organisations (docs/dialects/blitz.md, section 2.19). */
export const TREE_PROFILE = 'groups';

export const PROFILE = z
  .string()
  .regex(/^(?!groups$)[A-Za-z0-9._-]{1,64}$/)
  .describe('Name of the profile of groups, such as `orgs`.');

/** The opaque reference to a group's record. @param globalId As the graph has it: its last part is the record's own id. */
function groupInstanceIdOf(globalId: string): string {
  return Buffer.from(INSTANCE + globalId.slice(globalId.lastIndexOf('~') + 1), 'utf8').toString('base64url');
}

/** The variables that name a group, from its path id. */
export function groupVariables(pathId: string, profile: string | undefined) {
  const record = recordOf(pathId);
  return record === null ? { key: pathId, profile } : { id: record, profile };
}

function recordOf(pathId: string): string | null {
  if (!pathId.startsWith(ENCODED_INSTANCE)) return null;
  const decoded = Buffer.from(pathId, 'base64url').toString('utf8');
  const record = decoded.slice(INSTANCE.length);
  return decoded.startsWith(INSTANCE) && UUID.test(record) && groupInstanceIdOf(record) === pathId ? record : null;
}

/** docs/dialects/blitz.md, section 2.19: the attributes beside these are the deployment's own. */
export const GROUP = z.looseObject({
  instanceId: z.string(),
  id: z.string(),
  profile: z.string(),
  name: z.string().optional(),
});

type Group = GroupData['group'];

/** `expand=false` is "ids only" in the manual; that these are objects with the ids is our reading. */
const idsOf = ({ id, key, profile }: Group) => ({ instanceId: groupInstanceIdOf(id), id: key, profile });

/** Attributes cannot cover the group's own members. */
export function group(data: Group, isExpanded: boolean): z.input<typeof GROUP> {
  const ids = idsOf(data);
  if (!isExpanded) return ids;
  const own = { ...ids, name: data.name };
  return { ...own, ...data.attributes, ...own };
}
