import { Migration } from '@mikro-orm/migrations';

/**
 * Token families remember the authorization code that they came from, the claims that were asked for, and the authentication of
 * their user. Until now passwords alone made families, so the one without a session was made when its user was authenticated.
 */
export class Migration20261127CodeFamilies extends Migration {
  override up(): void {
    this.addSql(`alter table "grants" add column "code_hash" bytea null, add column "claims" jsonb null,
      add column "auth_time" timestamptz null, add column "acr" text null, add column "amr" text[] not null default '{}'`);
    this.addSql(`update "grants" g set "auth_time" = s."auth_time", "acr" = s."acr", "amr" = s."amr"
      from "sessions" s where s."tenant_id" = g."tenant_id" and s."id" = g."session_id"`);
    this.addSql(`update "grants" set "auth_time" = "created_at", "amr" = '{pwd}' where "auth_time" is null`);
    this.addSql('alter table "grants" alter column "auth_time" set not null');
    this.addSql(
      'create unique index "grants__code_hash" on "grants" ("tenant_id", "code_hash") where "code_hash" is not null',
    );
  }
}
