import { Migration } from '@mikro-orm/migrations';

/** How many tenants one statement changes. */
const BATCH = 50;

const GRANT = `insert into role_grants (tenant_id, holder_kind, holder_id, role_id, on_tenant_id, created_at)
  select u.tenant_id, 'user', u.id, r.id, u.tenant_id, now()
  from tenants t
  join roles r on r.tenant_id = t.id and r.client_uuid = '00000000-0000-0000-0000-000000000000'
    and r.name = 'default-roles-' || lower(t.name) and r.builtin
  join users u on u.tenant_id = t.id and u.service_client_id is null
  where t.id = any(TENANTS)
  on conflict do nothing`;

/** The users of tenants of the template `realm` get the default role, which new users get. It gives no permission. */
export class Migration20261127DefaultRoleGrants extends Migration {
  override async up(): Promise<void> {
    let last = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const tenants = (await this.execute(
        `select id from tenants where template = 'realm' and deleted_at is null and id > '${last}' order by id limit ${BATCH}`,
      )) as unknown as readonly { readonly id: string }[];
      if (tenants.length === 0) return;
      last = tenants.at(-1)!.id;
      const ids = `array[${tenants.map(({ id }) => `'${id}'`).join(', ')}]::uuid[]`;
      await this.execute(GRANT.replace('any(TENANTS)', () => `any(${ids})`));
    }
  }
}
