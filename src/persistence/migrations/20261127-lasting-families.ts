import { Migration } from '@mikro-orm/migrations';

/** How many families one statement changes. */
const BATCH = 5_000;

/**
 * Families of lasting access without a limit were made to end after ten years, although their refresh tokens expired long before.
 * They end with the last of these from now on, so that they are swept.
 */
export class Migration20261127LastingFamilies extends Migration {
  override async up(): Promise<void> {
    let last = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const ended = (await this.execute(
        `with lasting as (
          select tenant_id, id, created_at from grants
          where session_id is null and issuer_kind = 'realm' and id > '${last}'
            and expires_at >= created_at + interval '315360000 seconds'
          order by id limit ${BATCH}
        ), ended as (
          update grants set expires_at = coalesce(
            (select max(t.expires_at) from refresh_tokens t
              where t.tenant_id = grants.tenant_id and t.grant_id = grants.id and t.spent_at is null),
            grants.created_at)
          from lasting where grants.tenant_id = lasting.tenant_id and grants.id = lasting.id
          returning grants.id
        ) select max(id::text) as last from ended`,
      )) as unknown as readonly { readonly last: string | null }[];
      const next = ended[0]?.last ?? null;
      if (next === null) return;
      last = next;
    }
  }
}
