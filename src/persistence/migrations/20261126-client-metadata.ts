import { Migration } from '@mikro-orm/migrations';

interface StoredClient {
  readonly tenant_id: string;
  readonly id: string;
  readonly redirects: readonly { readonly uri: string }[];
}

/** Clients get metadata. None is stored yet, so public clients start with the origins of their redirect addresses. */
export class Migration20261126ClientMetadata extends Migration {
  override async up(): Promise<void> {
    for (const statement of STATEMENTS) await this.execute(statement);
    const clients = (await this.execute(
      `select tenant_id, id, redirects from clients where type = 'public' and redirects <> '[]'`,
    )) as unknown as readonly StoredClient[];
    const rows = clients.flatMap(({ tenant_id, id: client_uuid, redirects }) =>
      redirects.flatMap(({ uri }) => originOf(uri)).map((origin) => ({ tenant_id, origin, client_uuid })),
    );
    await this.execute(
      `insert into client_web_origins (tenant_id, origin, client_uuid)
      select tenant_id, origin, client_uuid from json_to_recordset(?::json)
        as r (tenant_id uuid, origin text, client_uuid uuid) on conflict do nothing`,
      [JSON.stringify(rows)],
    );
  }
}

function originOf(uri: string): string[] {
  if (!URL.canParse(uri)) return [];
  const { protocol, origin } = new URL(uri);
  return protocol === 'https:' || protocol === 'http:' ? [origin] : [];
}

const STATEMENTS: readonly string[] = [
  `alter table "clients" add column "metadata" jsonb not null default '{}'`,
  'create table "client_web_origins" ("tenant_id" uuid not null, "origin" text not null, "client_uuid" uuid not null, constraint "client_web_origins__pkey" primary key ("tenant_id", "origin", "client_uuid"))',
  'create index "client_web_origins__client_uuid" on "client_web_origins" ("tenant_id", "client_uuid")',
  'create index "client_web_origins__origin" on "client_web_origins" ("origin")',
  'alter table "client_web_origins" add constraint "client_web_origins__client_uuid__fkey" foreign key ("tenant_id", "client_uuid") references "clients" ("tenant_id", "id") on delete cascade',
];
