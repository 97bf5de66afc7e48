import { type Database, defineStatement } from '../../persistence/index.ts';

/** A sealed secret by its name. */
export interface NamedSecret {
  readonly name: string;
  readonly sealed: string;
}

const FIND = defineStatement<NamedSecret>(
  'tenant-secrets-find',
  'select name, sealed from tenant_secrets where tenant_id = $1',
);
const ADD = defineStatement<object>(
  'tenant-secrets-add',
  `insert into tenant_secrets (tenant_id, name, sealed, created_at)
  select $1::uuid, made.name, made.sealed, $4::timestamptz
  from unnest($2::text[], $3::text[]) as made (name, sealed) order by made.name
  on conflict (tenant_id, name) do nothing`,
);

/** The only queries on secrets of tenants. */
export class TenantSecretStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  find(tenantId: string): Promise<NamedSecret[]> {
    return this.#db.run(FIND, [tenantId]);
  }

  /** Adds those that the tenant does not have; of two callers at the same moment one adds each. */
  async addMissing(tenantId: string, secrets: readonly NamedSecret[], now: Date): Promise<void> {
    await this.#db.run(ADD, [tenantId, secrets.map(({ name }) => name), secrets.map(({ sealed }) => sealed), now]);
  }
}
