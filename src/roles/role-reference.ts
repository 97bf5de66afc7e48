import { invalidField, isStorableText, isUuid } from '../kernel/index.ts';
import { requireEach } from './require-each.ts';
import type { Role } from './role.entity.ts';
import { roleErrors } from './role.errors.ts';
import type { RoleName, RoleStore } from './role.store.ts';

/** A role by its name among the roles of the tenant (zero UUID) or of one client. */
interface NamedRole extends RoleName {
  /** Whether it is one that the service made; a role of the other kind is not meant. Default: any. */
  readonly builtin?: boolean;
}

/** Identifies a role by its id, or by its name. */
export type RoleReference = { readonly id: string } | NamedRole;

/** Most roles that one change gives or takes: each causes an event, in one transaction. */
const MAX_ROLES = 200;

const isNamed = (reference: RoleReference): reference is NamedRole => 'name' in reference;

/** A name that no role can have finds none; the database would refuse some of them. */
const isFindable = ({ clientUuid, name }: RoleName): boolean => isUuid(clientUuid) && isStorableText(name);

const toNameKey = ({ clientUuid, name }: RoleName): string => `${clientUuid} ${name}`;

/** The role of a name, if it is one of those that are meant. */
const meantBy = ({ builtin }: NamedRole, role: Role | null | undefined): Role | undefined =>
  role == null || (builtin !== undefined && role.builtin !== builtin) ? undefined : role;

/** Finds the role, or null, with one statement. */
export async function findRole(store: RoleStore, tenantId: string, reference: RoleReference): Promise<Role | null> {
  if (!isNamed(reference)) return store.findById(tenantId, reference.id);
  if (!isFindable(reference)) return null;
  return meantBy(reference, await store.findByName(tenantId, reference.name, reference.clientUuid)) ?? null;
}

/**
 * Finds all of the roles, each once, with two statements at most.
 * @param path GraphQL input path of the list.
 * @throws INVALID_INPUT More than 200.
 * @throws ROLE_NOT_FOUND One is not there.
 */
export async function findRoles(
  store: RoleStore,
  tenantId: string,
  references: readonly RoleReference[],
  path: string,
): Promise<Role[]> {
  return (await findRolesOfEach(store, tenantId, [references], path))[0]!;
}

/** As `findRoles` for several lists, with as many statements as for one. @returns The roles of each list. */
export async function findRolesOfEach(
  store: RoleStore,
  tenantId: string,
  lists: readonly (readonly RoleReference[])[],
  path: string,
): Promise<Role[][]> {
  if (lists.some(({ length }) => length > MAX_ROLES))
    throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_ROLES} roles at once.`);
  const references = lists.flat();
  const ids = references.flatMap((reference) => (isNamed(reference) ? [] : [reference.id]));
  const byId = await store.findMany(tenantId, [...new Set(ids)]);
  const wanted = new Map(
    references
      .filter(isNamed)
      .filter(isFindable)
      .map((name) => [toNameKey(name), name]),
  );
  const named = await store.findNamed(tenantId, [...wanted.values()]);
  const byName = new Map(named.map((role) => [toNameKey(role), role]));
  const find = (reference: RoleReference) =>
    isNamed(reference) ? meantBy(reference, byName.get(toNameKey(reference))) : byId.get(reference.id);
  return lists.map((list) => requireEach(list, find, roleErrors.ROLE_NOT_FOUND, path));
}
