import { Migration } from '@mikro-orm/migrations';

const PERMISSIONS = ['api-key:read', 'api-key:create', 'api-key:delete', 'api-key:rotate'];

/**
 * Adds the table of API keys. The builtin roles of administrators, and clients that hold what administrators of a tenant hold, get
 * the permissions for them with the reach that they have.
 */
export class Migration20261128ApiKeys extends Migration {
  override up(): void {
    this.addSql(
      'create table "api_keys" ("tenant_id" uuid not null, "id" uuid not null, "hash" bytea not null, "owner_tenant_id" uuid not null, "owner_user_id" text not null, "user_id" text generated always as (case when owner_tenant_id = tenant_id then owner_user_id else null end) stored null, "name" text not null, "scopes" text[] not null, "own_scopes" text[] not null, "created_at" timestamptz not null, "last_used_at" timestamptz null, constraint "api_keys__pkey" primary key ("tenant_id", "id"))',
    );
    this.addSql('create index "api_keys__user_id" on "api_keys" ("tenant_id", "user_id")');
    this.addSql('create index "api_keys__owner" on "api_keys" ("tenant_id", "owner_user_id", "owner_tenant_id")');
    this.addSql('create index "api_keys__created_at" on "api_keys" ("tenant_id", "created_at", "id")');
    this.addSql('alter table "api_keys" add constraint "api_keys__hash" unique ("tenant_id", "hash")');
    this.addSql(
      'alter table "api_keys" add constraint "api_keys__user_id__fkey" foreign key ("tenant_id", "user_id") references "users" ("tenant_id", "id") on delete cascade',
    );
    this.addSql('create index "api_keys__foreign" on "api_keys" ("tenant_id", "id") where "user_id" is null');
    for (const reach of ['', ':all']) {
      const holds = (permission: string): string => `'${permission}${reach}' = any(permissions)`;
      const administers = ['tenant:write', 'account-state:write', 'key:rotate'].map(holds).join(' and ');
      const added = PERMISSIONS.map((permission) => `'${permission}${reach}'`).join(', ');
      for (const [table, condition] of [
        ['roles', 'builtin and '],
        ['clients', ''],
      ])
        this.addSql(
          `update ${table} set permissions = permissions || array[${added}]
          where ${condition}${administers} and not ${holds('api-key:read')}`,
        );
    }
  }
}
