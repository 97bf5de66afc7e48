import { NEW_ROLE, toChildren, toNewRole } from '../role.ts';
import type { RoleNaming } from './role-names.ts';
import { type Members, NOTHING, type Read, type Reader, readEach, readMembers, readOne, textIn } from './row.ts';

type Inside = 'roleChildren' | 'clientRoleChildren';

/** What a role contains; roles without any have no such row. */
function readChildren(kind: Inside, owner: string, name: string, sent: unknown, naming: RoleNaming): Read {
  const { data } = NEW_ROLE.safeParse(sent);
  const found = data === undefined ? [] : toChildren(data);
  const children = found.map(({ name: inside, clientId }) =>
    clientId == null ? { name: naming(inside ?? '') } : { name: inside ?? '', clientId },
  );
  return children.length === 0 ? NOTHING : { rows: [{ kind, owner, name, input: { children } }], faults: [] };
}

const shownOf = (sent: unknown, naming: RoleNaming): string => naming(textIn(sent, 'name'));

/** Names of roles of clients are those of the export. */
const AS_EXPORTED: RoleNaming = (name) => name;

const readerOf = <K extends 'role' | 'clientRole'>(
  kind: K,
  naming: RoleNaming,
): Reader<K, Parameters<typeof toNewRole>[0]> => ({
  kind,
  shape: NEW_ROLE,
  toInput: (sent) => {
    const { children: _inside, ...role } = toNewRole(sent);
    return { ...role, name: naming(role.name) };
  },
});

/** The roles of the realm, without what they contain. */
export const readRealmRoles = (roles: Members, naming: RoleNaming): Read =>
  readEach('roles.realm', roles['realm'], (sent) =>
    readOne(readerOf('role', naming), { owner: '', name: shownOf(sent, naming) }, sent),
  );

/** The roles of clients, without what they contain. */
export const readClientRoles = (roles: Members): Read =>
  readMembers('roles.client', roles['client'], (clientId, own) =>
    readEach(`roles.client.${clientId}`, own, (sent) =>
      readOne(readerOf('clientRole', AS_EXPORTED), { owner: clientId, name: textIn(sent, 'name') }, sent),
    ),
  );

/** What roles contain; to be written when all roles are there. */
export function readRolesInside(roles: Members, naming: RoleNaming): Read {
  const ofTenant = readEach('roles.realm', roles['realm'], (sent) =>
    readChildren('roleChildren', '', shownOf(sent, naming), sent, naming),
  );
  const ofClients = readMembers('roles.client', roles['client'], (clientId, own) =>
    readEach('roles.client', own, (sent) =>
      readChildren('clientRoleChildren', clientId, textIn(sent, 'name'), sent, naming),
    ),
  );
  // Parts of another shape are faults of the roles themselves.
  return { rows: [...ofTenant.rows, ...ofClients.rows], faults: [] };
}
