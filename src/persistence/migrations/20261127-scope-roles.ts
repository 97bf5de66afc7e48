import { Migration } from '@mikro-orm/migrations';

/** How many tenants one statement changes: each gets one row. */
const BATCH = 500;

const tableOf = (table: string, owner: string, owners: string): readonly string[] => [
  `create table "${table}" ("tenant_id" uuid not null, "${owner}" uuid not null, "role_id" uuid not null, constraint "${table}__pkey" primary key ("tenant_id", "${owner}", "role_id"))`,
  `create index "${table}__role_id" on "${table}" ("tenant_id", "role_id")`,
  `alter table "${table}" add constraint "${table}__${owner}__fkey" foreign key ("tenant_id", "${owner}") references "${owners}" ("tenant_id", "id") on delete cascade`,
  `alter table "${table}" add constraint "${table}__role_id__fkey" foreign key ("tenant_id", "role_id") references "roles" ("tenant_id", "id") on delete cascade`,
];

const ADD_ROLES = `insert into client_scope_roles (tenant_id, scope_id, role_id)
  select s.tenant_id, s.id, r.id from client_scopes s
  join roles r on r.tenant_id = s.tenant_id and r.client_uuid = '00000000-0000-0000-0000-000000000000'
    and r.name = s.name and r.builtin
  where s.tenant_id = any(TENANTS) and s.name = 'offline_access'
  on conflict do nothing`;

/** Roles that tokens may have beside those of clients with the full role scope, with those that new tenants begin with. */
export class Migration20261127ScopeRoles extends Migration {
  override async up(): Promise<void> {
    for (const statement of [
      ...tableOf('client_scoped_roles', 'client_uuid', 'clients'),
      ...tableOf('client_scope_roles', 'scope_id', 'client_scopes'),
    ])
      await this.execute(statement);
    let last = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const tenants = (await this.execute(
        `select id from tenants where template = 'realm' and deleted_at is null and id > '${last}' order by id limit ${BATCH}`,
      )) as unknown as readonly { readonly id: string }[];
      if (tenants.length === 0) return;
      last = tenants.at(-1)!.id;
      const ids = `array[${tenants.map(({ id }) => `'${id}'`).join(', ')}]::uuid[]`;
      await this.execute(ADD_ROLES.replace('any(TENANTS)', () => `any(${ids})`));
    }
  }
}
