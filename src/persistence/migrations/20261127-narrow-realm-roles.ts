import { Migration } from '@mikro-orm/migrations';

/** How many tenants one statement changes: four roles of each. */
const BATCH = 500;

/** The roles of `realm-management` that gave too much, and what each gives from now on; none of the texts has a quote. */
const ROLES: readonly (readonly [name: string, permissions: string])[] = [
  [
    'manage-clients',
    'client:read role:read client:create client:write client:delete client-secret:read client-secret:rotate',
  ],
  ['manage-events', 'event:read'],
  ['query-clients', ''],
  ['view-events', 'event:read'],
];

const VALUES = ROLES.map(([name, permissions]) => `('${name}', '${permissions}')`).join(', ');

/** Narrows the builtin roles of the tenants `TENANTS`. A role that a tenant made itself under such a name stays as it is. */
const NARROW = `update roles set permissions = string_to_array(narrow.permissions, ' '), updated_at = now()
  from clients c, (values ${VALUES}) as narrow (name, permissions)
  where roles.tenant_id = any(TENANTS) and roles.builtin and roles.name = narrow.name
    and c.tenant_id = roles.tenant_id and c.id = roles.client_uuid
    and c.client_id = 'realm-management' and c.kind = 'builtin'`;

/**
 * The builtin roles for events and clients of tenants of the template `realm` gave permissions beyond what their names stand
 * for: to change every setting, to change every role, and to read every client. Existing tenants get what new ones have.
 */
export class Migration20261127NarrowRealmRoles extends Migration {
  override async up(): Promise<void> {
    let last = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const tenants = (await this.execute(
        `select id from tenants where template = 'realm' and deleted_at is null and id > '${last}' order by id limit ${BATCH}`,
      )) as unknown as readonly { readonly id: string }[];
      if (tenants.length === 0) return;
      last = tenants.at(-1)!.id;
      const ids = `array[${tenants.map(({ id }) => `'${id}'`).join(', ')}]::uuid[]`;
      await this.execute(NARROW.replace('any(TENANTS)', `any(${ids})`));
    }
  }
}
