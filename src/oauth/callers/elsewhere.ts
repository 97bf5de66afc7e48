import { type PermissionGrant, PermissionSet, type PermissionsElsewhere } from '../../access/index.ts';
import type { HeldRoles } from '../../roles/index.ts';

const isForAll = ({ reach }: PermissionGrant): boolean => reach === 'all';

/**
 * What a token allows on tenants on which roles were granted to its holder (docs/tenancy.md, rule 8), found for a tenant when
 * it is asked for first.
 * @param own What the token allows in the tenant of its holder.
 * @param within What the token allows of the permissions that its holder has on such a tenant, which are never of reach `self`.
 */
export function elsewhereOf(
  { elsewhere }: Pick<HeldRoles, 'elsewhere'>,
  own: PermissionSet,
  within: (held: PermissionSet) => PermissionSet,
): PermissionsElsewhere {
  const found = new Map<string, PermissionSet>();
  return {
    get(tenantId) {
      const held = elsewhere.get(tenantId);
      if (held === undefined) return undefined;
      const known = found.get(tenantId);
      if (known !== undefined) return known;
      const permissions = new PermissionSet([...[...own.grants()].filter(isForAll), ...within(held).grants()]);
      found.set(tenantId, permissions);
      return permissions;
    },
  };
}
