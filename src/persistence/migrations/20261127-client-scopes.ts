import { Migration } from '@mikro-orm/migrations';

/** Scopes of tenants get what new clients need to know of them, and clients get mappers. */
export class Migration20261127ClientScopes extends Migration {
  override up(): void {
    this.addSql(`alter table "clients" add "mappers" jsonb not null default '[]'`);
    this.addSql(
      `alter table "client_scopes" add "named" boolean not null default true, add "tenant_default" varchar(8) null, add "attributes" jsonb not null default '{}', add "updated_at" timestamptz null`,
    );
    this.addSql('update "client_scopes" set "updated_at" = "created_at"');
    this.addSql('alter table "client_scopes" alter column "updated_at" set not null');
  }
}
