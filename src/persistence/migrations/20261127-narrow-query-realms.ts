import { Migration } from '@mikro-orm/migrations';

/** How many tenants one statement changes: one role of each. */
const BATCH = 500;

/** Narrows the builtin role of the tenants `TENANTS`. A role that a tenant made itself under such a name stays as it is. */
const NARROW = `update roles set permissions = array['tenant:read'], updated_at = now()
  from clients c
  where roles.tenant_id = any(TENANTS) and roles.builtin and roles.name = 'query-realms'
    and c.tenant_id = roles.tenant_id and c.id = roles.client_uuid
    and c.client_id = 'realm-management' and c.kind = 'builtin'`;

/**
 * The builtin role `query-realms` of tenants of the template `realm` gave all that `view-realm` gives; now it gives the names of the
 * tenant. Existing tenants get what new ones have.
 */
export class Migration20261127NarrowQueryRealms extends Migration {
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
