import { z } from 'zod';
import { defaultRoleOf } from '../../realms/realm.ts';
import type { NamedRoleInput } from '../operations.generated.ts';
import { type Members, textIn } from './row.ts';

/** Says how a role of the realm is called in the tenant. */
export type RoleNaming = (name: string) => string;

/** The role that every user has is called after the realm, so it has another name in a tenant of another name. */
export function roleNamingOf(realm: Members, tenantName: string): RoleNaming {
  const exported = textIn(realm['defaultRole'], 'name') || defaultRoleOf(textIn(realm, 'realm'));
  return (name) => (name === exported ? defaultRoleOf(tenantName) : name);
}

const NAMES = z.array(z.string());

/** Names of roles, of the realm and of clients by `client_id`, as users and groups have them. */
export const ROLE_NAMES = {
  realmRoles: NAMES.nullable().optional(),
  clientRoles: z.record(z.string(), NAMES).nullable().optional(),
};
const SHAPE = z.object(ROLE_NAMES);

/** The references of roles that a user or a group has. */
export function toRoles(
  { realmRoles, clientRoles }: z.output<typeof SHAPE>,
  naming: RoleNaming,
): readonly NamedRoleInput[] {
  return [
    ...(realmRoles ?? []).map((name) => ({ name: naming(name) })),
    ...Object.entries(clientRoles ?? {}).flatMap(([clientId, names]) => names.map((name) => ({ name, clientId }))),
  ];
}
