import { lookup, presentItems } from '../engine/index.ts';
import { type RoleReferenceInput, Viewer, type ViewerData } from './operations.generated.ts';

/** The names that roles of administrators have here, each with that of the role in the graph, which the service made. */
const ADMINISTRATORS = { GLOBAL_ADMIN: 'administrator', TENANT_ADMIN: 'tenant-administrator' } as const;
type AdministratorName = keyof typeof ADMINISTRATORS;

const isAdministratorName = (name: string): name is AdministratorName => Object.hasOwn(ADMINISTRATORS, name);

const NAMES = Object.keys(ADMINISTRATORS) as AdministratorName[];

/** A role as the graph shows it. */
interface StoredRole {
  readonly name: string;
  readonly isBuiltin: boolean;
  readonly clientUuid: string | null;
}

/** The name that a role has here; null: it is not shown. */
function nameOf({ name, isBuiltin, clientUuid }: StoredRole): string | null {
  if (clientUuid !== null) return null;
  if (isBuiltin) return NAMES.find((shown) => ADMINISTRATORS[shown] === name) ?? null;
  return isAdministratorName(name) ? null : name;
}

/** The names that are shown: of roles that the tenant made, and of administrators. */
export const showRoles = (roles: readonly (StoredRole | null)[]): readonly string[] =>
  presentItems(roles).flatMap((role) => nameOf(role) ?? []);

/** The roles that names mean. A role that a tenant made itself under the name of one of administrators is not meant. */
export const toRoles = (names: readonly string[]): readonly RoleReferenceInput[] =>
  [...new Set(names)].map((name) =>
    isAdministratorName(name) ? { name: ADMINISTRATORS[name], isBuiltin: true } : { name, isBuiltin: false },
  );

/** Who calls, and what it may do in the tenant of the request. */
type Calling = ViewerData['viewer'];

/** Finds out who calls: rows show roles to those who may read them. */
export const CALLER = lookup({ operation: Viewer, toVariables: () => ({}), from: ({ viewer }) => viewer });

const REACHES = ['', ':all'] as const;

const mayRead = ({ permissions }: Calling, noun: string): boolean =>
  REACHES.some((reach) => ['read', 'write'].some((verb) => permissions.includes(`${noun}:${verb}${reach}`)));

/** Whether the caller may read all users of the tenant. */
export const mayReadUsers = (caller: Calling): boolean => mayRead(caller, 'user');

/** Whether the caller may read the roles of the users of the tenant, or else those of this user, which then is itself. */
export const mayReadRoles = (caller: Calling, userId: string | null = null): boolean =>
  mayRead(caller, 'role-grant') || (caller.subject === userId && caller.permissions.includes('role-grant:read:self'));
