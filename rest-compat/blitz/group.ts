import { z } from 'zod';
import type { GroupData } from './operations.generated.ts';

/** The beginning of every `instanceId` of a group, before it is encoded. */
const INSTANCE = 'grp:';
const ENCODED_INSTANCE = 'Z3JwO';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id of a group in a path. Text of another form is the id of no group. */
export const GROUP_ID = z
  .string()
  .regex(/^\P{C}{1,255}$/u)
  .describe('`id` or `instanceId` of the group.');

/** The profile of the groups that form a tree, which are not organisations (docs/dialects/blitz.md, section 2.19). */
export const TREE_PROFILE = 'groups';

export const PROFILE = z
  .string()
  .regex(/^(?!groups$)[A-Za-z0-9._-]{1,64}$/)
  .describe('Name of the profile of groups, such as `orgs`.');

/** Makes the `instanceId` of a group. @param globalId Its id in the graph, whose last part is the key of the row. */
function groupInstanceIdOf(globalId: string): string {
  return Buffer.from(INSTANCE + globalId.slice(globalId.lastIndexOf('~') + 1), 'utf8').toString('base64url');
}

/** Makes the variables that name a group, from the id in a path. */
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

/** The body of a group (docs/dialects/blitz.md, section 2.19); other members are attributes that the deployment defined. */
export const GROUP = z.looseObject({
  instanceId: z.string(),
  id: z.string(),
  profile: z.string(),
  name: z.string().optional(),
});

type Group = GroupData['group'];

/** The body for `expand=false`. The manual says "ids only"; that these are objects with the ids is an assumption. */
const idsOf = ({ id, key, profile }: Group) => ({ instanceId: groupInstanceIdOf(id), id: key, profile });

/** Converts a group. Attributes with the name of a declared member do not replace it. */
export function group(data: Group, isExpanded: boolean): z.input<typeof GROUP> {
  const ids = idsOf(data);
  if (!isExpanded) return ids;
  const own = { ...ids, name: data.name };
  return { ...own, ...data.attributes, ...own };
}
