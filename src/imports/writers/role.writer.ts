import type { Authority } from '../../access/index.ts';
import { defaultRoleName, type Role, type RoleService, TENANT_ROLE_CLIENT } from '../../roles/index.ts';
import type { NamedRole, RowName } from '../import-row.ts';
import { writingParts } from '../part-writer.ts';
import type { References } from '../references.ts';
import type { Existing, RowWriter } from '../row-writer.ts';

export interface RoleWriterDeps {
  readonly roles: Pick<RoleService, 'create' | 'update'>;
  readonly references: References;
}

type OwnKind = 'role' | 'clientRole';
type ChildKind = 'roleChildren' | 'clientRoleChildren';

/** The role that rows of a name are about. */
const namedBy = ({ owner, name }: RowName): NamedRole => ({
  name,
  clientId: owner === '' ? null : owner,
});

const toExisting = (role: Role | null): Existing | null =>
  role === null ? null : { id: role.id, isBuiltin: role.builtin };

/** Writes roles without what they contain. */
export function roleWriter<K extends OwnKind>({ roles, references }: RoleWriterDeps): RowWriter<K> {
  return {
    needs: ['role:create', 'role:write'],
    events: () => 1,
    find: async (authority, name) => toExisting(await references.role(authority, namedBy(name))),
    add: async (authority, row) => {
      const clientUuid = row.owner === '' ? null : await references.requiredClient(authority, row.owner);
      return (await roles.create(authority, { ...row.input, clientUuid })).id;
    },
    change: async (authority, id, { input: { description, attributes } }) => {
      await roles.update(authority, id, {
        ...(description === undefined ? {} : { description }),
        ...(attributes === undefined ? {} : { attributes, replaceAttributes: true }),
      });
    },
  };
}

/** Whether a builtin role is the one that every user has, whose contents tenants choose. */
const isForEveryUser = ({ tenant }: Authority, { clientUuid, name }: Role): boolean =>
  clientUuid === TENANT_ROLE_CLIENT && name === defaultRoleName(tenant.name);

/** Puts roles into roles. What a role contains already stays. */
export function roleChildrenWriter<K extends ChildKind>({ roles, references }: RoleWriterDeps): RowWriter<K> {
  return {
    needs: ['role:write'],
    events: () => 1,
    ...writingParts<K>(async (authority, row) => {
      const { id } = await references.requiredRole(authority, namedBy(row));
      const found = await references.requiredRoles(authority, row.input.children);
      await roles.update(authority, id, { addChildIds: found.map((role) => role.id) });
      return id;
    }),
    find: async (authority, name) => {
      const role = await references.role(authority, namedBy(name));
      return role?.builtin === true && !isForEveryUser(authority, role) ? toExisting(role) : null;
    },
  };
}
