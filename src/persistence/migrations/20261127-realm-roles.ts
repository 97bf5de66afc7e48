import { Migration } from '@mikro-orm/migrations';

/** How many tenants one statement changes: each gets 6 clients and about 35 roles. */
const BATCH = 500;

const VIEW_USERS =
  'user:read user-property:read auth-mode:read account-state:read credential:read session:read device:read consent:read ' +
  'federation-link:read role-grant:read group:read group-member:read block:read';
const VIEW_CLIENTS = 'client:read role:read';
const VIEW_REALM = 'tenant:read setting:read role:read riskbit:read riskbit:verify key:read';

/** `client_id`, name, type and grant types. */
const CLIENTS: readonly (readonly string[])[] = [
  ['account', 'Account', 'public', ''],
  ['account-console', 'Account console', 'public', ''],
  ['admin-cli', 'Administration by programs', 'public', 'password refresh_token'],
  ['broker', 'External providers', 'confidential', ''],
  ['realm-management', 'Administration', 'confidential', ''],
  ['security-admin-console', 'Administration console', 'public', ''],
];

/** What stands for the permissions of the builtin role `tenant-administrator` of the same tenant. */
const EVERYTHING = '*';

/** `client_id` or nothing, name and permissions. */
const ROLES: readonly (readonly string[])[] = [
  ['', 'admin', EVERYTHING],
  ['', 'digitanium_admin', EVERYTHING],
  ['', 'digitanium_user', ''],
  ['', 'offline_access', ''],
  ['', 'uma_authorization', ''],
  ['account', 'delete-account', 'user:delete:self'],
  [
    'account',
    'manage-account',
    'user:write:self email:change:self credential:read:self credential:write:self credential:delete:self ' +
      'session:read:self session:revoke:self password:change:self',
  ],
  ['account', 'manage-account-links', 'federation-link:write:self'],
  ['account', 'manage-consent', 'consent:read:self consent:revoke:self'],
  ['account', 'view-applications', ''],
  ['account', 'view-consent', 'consent:read:self'],
  ['account', 'view-groups', 'group:read:self'],
  ['account', 'view-profile', 'user:read:self'],
  ['broker', 'read-token', ''],
  ['realm-management', 'create-client', 'client:create'],
  ['realm-management', 'impersonation', ''],
  ['realm-management', 'manage-authorization', ''],
  [
    'realm-management',
    'manage-clients',
    'client:read client:create client:write client:delete client-secret:read client-secret:rotate role:read role:create ' +
      'role:write role:delete',
  ],
  ['realm-management', 'manage-events', 'setting:write'],
  ['realm-management', 'manage-identity-providers', 'federation-provider:write'],
  [
    'realm-management',
    'manage-realm',
    `${VIEW_REALM} tenant:write setting:write role:create role:write role:delete riskbit:write riskbit:delete key:rotate`,
  ],
  [
    'realm-management',
    'manage-users',
    `${VIEW_USERS} user:create user:write user:delete auth-mode:write account-state:write password:set credential:write ` +
      'credential:delete session:revoke consent:revoke federation-link:write group:create group:write group:delete ' +
      'group-member:write role-grant:write block:lift',
  ],
  ['realm-management', 'query-clients', VIEW_CLIENTS],
  ['realm-management', 'query-groups', 'group:read'],
  ['realm-management', 'query-realms', VIEW_REALM],
  ['realm-management', 'query-users', 'user:read'],
  ['realm-management', 'realm-admin', EVERYTHING],
  ['realm-management', 'view-authorization', ''],
  ['realm-management', 'view-clients', VIEW_CLIENTS],
  ['realm-management', 'view-events', 'event:read setting:read'],
  ['realm-management', 'view-identity-providers', 'federation-provider:read'],
  ['realm-management', 'view-realm', VIEW_REALM],
  ['realm-management', 'view-users', VIEW_USERS],
];

/** The rows as a list of values; none of the texts has a quote. */
const valuesOf = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `(${row.map((text) => `'${text}'`).join(', ')})`).join(', ');

const ZERO = "'00000000-0000-0000-0000-000000000000'::uuid";

/** Adds clients and roles to the tenants `$1`. What has the name of one of them stays as it is. */
const ADD_CLIENTS = `insert into clients
    (tenant_id, id, client_id, name, kind, type, grants, full_role_scope, created_at, updated_at)
  select t.id, gen_random_uuid(), made.client_id, made.name, 'builtin', made.type, string_to_array(made.grants, ' '), true,
         now(), now()
  from tenants t cross join (values ${valuesOf(CLIENTS)}) as made (client_id, name, type, grants)
  where t.id = any(TENANTS)
  on conflict (tenant_id, client_id) do nothing`;

const ADD_ROLES = `insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
  select t.id, gen_random_uuid(), coalesce(c.id, ${ZERO}), made.name,
         case made.permissions when '${EVERYTHING}' then a.permissions else string_to_array(made.permissions, ' ') end,
         true, now(), now()
  from tenants t
  join roles a on a.tenant_id = t.id and a.client_uuid = ${ZERO} and a.name = 'tenant-administrator' and a.builtin
  cross join lateral (
    values ${valuesOf(ROLES)}, ('', 'default-roles-' || lower(t.name), '')
  ) as made (client_id, name, permissions)
  left join clients c on c.tenant_id = t.id and c.client_id = made.client_id and c.kind = 'builtin'
  where t.id = any(TENANTS) and (made.client_id = '' or c.id is not null)
  on conflict (tenant_id, client_uuid, name) do nothing`;

const ADD_CHILDREN = `insert into role_composites (tenant_id, role_id, child_id)
  select t.id, d.id, child.id
  from tenants t
  join roles d on d.tenant_id = t.id and d.client_uuid = ${ZERO} and d.builtin and d.name = 'default-roles-' || lower(t.name)
  join roles child on child.tenant_id = t.id and child.client_uuid = ${ZERO} and child.builtin
    and child.name in ('offline_access', 'uma_authorization')
  where t.id = any(TENANTS)
  on conflict do nothing`;

/**
 * Tenants of the template `realm` get the clients and roles that new ones have. A role or client of the same name that
 * exists keeps what it allows, because its holders would gain permissions that nobody gave them.
 */
export class Migration20261127RealmRoles extends Migration {
  override async up(): Promise<void> {
    let last = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const tenants = (await this.execute(
        `select id from tenants where template = 'realm' and deleted_at is null and id > '${last}' order by id limit ${BATCH}`,
      )) as unknown as readonly { readonly id: string }[];
      if (tenants.length === 0) return;
      last = tenants.at(-1)!.id;
      const ids = `array[${tenants.map(({ id }) => `'${id}'`).join(', ')}]::uuid[]`;
      for (const statement of [ADD_CLIENTS, ADD_ROLES, ADD_CHILDREN])
        await this.execute(statement.replace('any(TENANTS)', `any(${ids})`));
    }
  }
}
