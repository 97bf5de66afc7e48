/** What the rows about roles of the realm and those about roles of clients have in common. */
import { z } from 'zod';
import { presentItems } from '../engine/index.ts';
import { callersWith } from '../realm-users/callers.ts';
import { ABSENT, BAD_REQUEST, FORBIDDEN, PAGE_TOO_LARGE, ROLE_UNKNOWN } from './errors.ts';
import {
  CreateRole,
  DeleteRole,
  ListRoles,
  type ListRolesData,
  RoleByName,
  type RoleByNameData,
  UpdateRole,
  UsersOfRole,
  type UsersOfRoleData,
} from './operations.generated.ts';
import { assertAll, toWholeWindow, toWindow, WHOLE_PAGE_PARAMETERS } from './paging.ts';
import { ABSENT_ROLE_NAME, NEW_ROLE_ERRORS, ROLE, ROLE_CHANGE_ERRORS, showRole } from './role.ts';
import { USER } from './user.ts';
import { isBrief, showUsers, USER_LIST_PARAMETERS } from './user-list.ts';

/** The parameter that narrows lists of roles. */
export const SEARCH = { search: z.string().optional().describe('Text in the name, ignoring case.') };
export const ROLE_LIST_PARAMETERS = z.object({
  ...SEARCH,
  ...WHOLE_PAGE_PARAMETERS,
  briefRepresentation: z.enum(['true', 'false']).optional().describe('`false`: with attributes. Default `true`.'),
});
type ListParameters = z.output<typeof ROLE_LIST_PARAMETERS>;
export const HOLDER_LIST_PARAMETERS = z.object(USER_LIST_PARAMETERS);
type HolderParameters = z.output<typeof HOLDER_LIST_PARAMETERS>;

/** What rows that read something of a role answer where there is none. */
export const NO_ROLE = { NOT_FOUND: ROLE_UNKNOWN, INVALID_INPUT: ROLE_UNKNOWN };
export const PAGE_ERRORS = { INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } } };

/** The variables of a list. @param owner Whose roles. */
export const toListed = (
  query: ListParameters,
  owner: { readonly ofTenantOnly: true } | { readonly clientId: string },
) => ({
  ...toWholeWindow(query),
  filter: { ...owner, withBuiltin: true, ...(query.search ? { nameContains: query.search } : {}) },
  isBrief: query.briefRepresentation !== 'false',
});

export const listing = {
  method: 'GET' as const,
  callers: callersWith('role:read'),
  operation: ListRoles,
  reply: {
    status: 200,
    schema: z.array(ROLE),
    from: ({ roles }: ListRolesData, { query }: { readonly query: ListParameters }) => {
      assertAll(query, roles.totalCount ?? 0);
      return presentItems(roles.nodes).map(showRole);
    },
  },
  errors: PAGE_ERRORS,
};

export const creation = {
  method: 'POST' as const,
  callers: callersWith('role:create'),
  operation: CreateRole,
  shapeErrors: { [ABSENT_ROLE_NAME]: ABSENT.role },
  errors: NEW_ROLE_ERRORS,
};

export const readingByName = {
  method: 'GET' as const,
  callers: callersWith('role:read'),
  operation: RoleByName,
  reply: { status: 200, schema: ROLE, from: (found: RoleByNameData) => showRole(found.role) },
};

export const change = {
  method: 'PUT' as const,
  callers: callersWith('role:write'),
  operation: UpdateRole,
  reply: { status: 204 },
  errors: ROLE_CHANGE_ERRORS,
};

export const removal = {
  method: 'DELETE' as const,
  callers: callersWith('role:delete'),
  operation: DeleteRole,
  reply: { status: 204 },
  errors: { ...NO_ROLE, ROLE_BUILTIN: FORBIDDEN },
};

/** The variables of a list of holders. @param clientId The client that the role belongs to; absent: it is one of the realm. */
export const toHolders = (query: HolderParameters, name: string, clientId?: string) => ({
  ...toWindow(query),
  role: { name, ...(clientId === undefined ? {} : { clientId }) },
  isBrief: isBrief(query),
});

export const holders = {
  method: 'GET' as const,
  callers: callersWith('user:read'),
  operation: UsersOfRole,
  reply: {
    status: 200,
    schema: z.array(USER),
    from: (data: UsersOfRoleData, { query }: { readonly query: HolderParameters }) => showUsers(data, query),
  },
};
