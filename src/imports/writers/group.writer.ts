import type { Authority } from '../../access/index.ts';
import { kernelErrors } from '../../kernel/index.ts';
import type { DefaultGroupService, GroupService, RoleGrantService } from '../../roles/index.ts';
import type { NamedRole } from '../import-row.ts';
import { writingParts } from '../part-writer.ts';
import type { References } from '../references.ts';
import type { RowWriter } from '../row-writer.ts';

export interface GroupWriterDeps {
  readonly groups: Pick<GroupService, 'find' | 'create' | 'update'>;
  readonly defaultGroups: Pick<DefaultGroupService, 'add'>;
  readonly roleGrants: Pick<RoleGrantService, 'grantMany'>;
  readonly references: References;
}

/** The id of the group at a path. @throws NOT_FOUND */
async function groupAt({ groups }: GroupWriterDeps, authority: Authority, path: string): Promise<string> {
  const group = await groups.find(authority, { path });
  if (group === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such group.' });
  return group.id;
}

/** Writes groups of the tree with their roles. Roles that a group has already stay. */
export function groupWriter(deps: GroupWriterDeps): RowWriter<'group'> {
  const { groups, references, roleGrants } = deps;
  const grant = async (authority: Authority, holderId: string, named: readonly NamedRole[]): Promise<void> => {
    if (named.length === 0) return;
    const roles = await references.toReferences(authority, named);
    await roleGrants.grantMany(authority, { holderKind: 'group', holderId, roles });
  };
  return {
    needs: ['group:create', 'group:write', 'role-grant:write'],
    events: ({ input }) => 1 + input.roles.length,
    find: async (authority, { name }) => {
      const group = await groups.find(authority, { path: name });
      return group === null ? null : { id: group.id, isBuiltin: false };
    },
    add: async (authority, { input: { parentPath, roles, ...group } }) => {
      const parentId = parentPath === null ? null : await groupAt(deps, authority, parentPath);
      const { id } = await groups.create(authority, { ...group, parentId });
      await grant(authority, id, roles);
      return id;
    },
    change: async (authority, id, { input: { attributes = {}, roles } }) => {
      await groups.update(authority, id, { attributes, replaceAttributes: true });
      await grant(authority, id, roles);
    },
  };
}

/** Lets new users join groups. */
export const defaultGroupWriter = (deps: GroupWriterDeps): RowWriter<'defaultGroup'> => ({
  needs: ['setting:write', 'group-member:write'],
  events: () => 1,
  ...writingParts(
    async (authority, { name }) => (await deps.defaultGroups.add(authority, await groupAt(deps, authority, name))).id,
  ),
});
