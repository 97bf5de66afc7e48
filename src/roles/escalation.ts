import { type Authority, type PermissionGrant, parseScope } from '../access/index.ts';
import { invalidField } from '../kernel/index.ts';
import { MASTER_TENANT } from '../tenants/index.ts';
import { grantErrors } from './access.errors.ts';
import { ADMINISTRATOR_PERMISSIONS, TENANT_ADMINISTRATOR_PERMISSIONS } from './administration.ts';

/** Permissions one role or client may list: there are about eighty, with three reaches each. */
const MAX_PERMISSIONS = 400;

/**
 * Checks a caller's list of native permissions and removes duplicates.
 * @param path GraphQL input path of the list.
 * @throws PERMISSION_UNKNOWN
 */
export function checkedPermissions(path: string, scopes: readonly string[]): string[] {
  if (scopes.length > MAX_PERMISSIONS) throw invalidField(path, 'LIST_TOO_LONG', 'The list is too long.');
  scopes.forEach((scope, index) => {
    if (parseScope(scope) !== null) return;
    const fault = { path: `${path}.${index}`, code: 'PERMISSION_UNKNOWN', message: 'There is no such permission.' };
    throw grantErrors.PERMISSION_UNKNOWN({ fields: [fault] });
  });
  return [...new Set(scopes)];
}

/** Parses stored permissions; skips those that this version no longer knows. */
export function parsePermissions(scopes: Iterable<string>): PermissionGrant[] {
  const grants: PermissionGrant[] = [];
  for (const scope of scopes) {
    const grant = parseScope(scope);
    if (grant !== null) grants.push(grant);
  }
  return grants;
}

/**
 * Requires that the caller holds every permission it grants, with at least that reach (docs/tenancy.md).
 * @throws PERMISSION_MASTER_ONLY A reach of `all` outside `master`.
 * @throws PERMISSION_ESCALATION
 */
export function assertMayGrant(authority: Authority, grants: readonly PermissionGrant[]): void {
  if (authority.tenant.name !== MASTER_TENANT && grants.some(({ reach }) => reach === 'all')) {
    throw grantErrors.PERMISSION_MASTER_ONLY();
  }
  if (!authority.holds(grants)) throw grantErrors.PERMISSION_ESCALATION();
}

/** The most that roles of users of the tenant can allow. What shares all roles of its users may come to have this. */
export function administratorGrants(tenantName: string): PermissionGrant[] {
  return parsePermissions(tenantName === MASTER_TENANT ? ADMINISTRATOR_PERMISSIONS : TENANT_ADMINISTRATOR_PERMISSIONS);
}

/**
 * The permissions needed to grant a role on another tenant: only reach `all` acts on other tenants, so the caller must hold
 * it.
 */
export function widened(grants: readonly PermissionGrant[]): PermissionGrant[] {
  return grants.filter(({ reach }) => reach !== 'self').map((grant) => ({ ...grant, reach: 'all' as const }));
}

/**
 * Requires that the caller may make administrators of tenants other than its own: it must hold in all tenants what they hold in
 * one.
 * @throws PERMISSION_ESCALATION
 */
export function assertMayAdministerOthers(authority: Authority): void {
  if (authority.holds(widened(parsePermissions(TENANT_ADMINISTRATOR_PERMISSIONS)))) return;
  throw grantErrors.PERMISSION_ESCALATION();
}
