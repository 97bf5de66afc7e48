import { createSigningKey, MasterKey, Sealer } from '../src/crypto/index.ts';
import type { BenchCluster } from './database.ts';

/** A tenant with its user and its client. */
export interface SmallTenant {
  readonly tenant: string;
  readonly userId: string;
  readonly clientId: string;
}

/** With `master` there are 10,000, the most that a list shows. */
export const MANY_TENANTS = 9_999;
export const FEW_TENANTS = 9;

/** Tenants whose rows one statement writes. */
const BATCH = 1_000;
const CLIENT = 'app';

/**
 * Makes tenants with a user, a client and a signing key each, by SQL. Their clients have the secret of the bootstrap client, because a
 * service takes ten minutes to make as many secrets and keys by its operations.
 * @param masterKey That of the service, which opens the keys.
 */
export async function fillSmallTenants(
  cluster: BenchCluster,
  database: string,
  masterKey: string,
  count: number,
): Promise<readonly SmallTenant[]> {
  const run = (text: string, values: readonly unknown[] = []) => cluster.run<{ id: string }>(database, text, values);
  const tenants = await run(
    `insert into tenants (id, name, route, template, created_at, updated_at)
      select gen_random_uuid(), 'bench-' || n, translate(lpad(to_hex(n), 8, 'g'), '0189', 'uvwx'), 'native', now(), now()
      from generate_series(1, $1::int) n returning id`,
    [count],
  );
  await run(
    `insert into users (tenant_id, id, username, email, given_name, family_name, created_at, updated_at)
      select id, 'user-' || name, 'ada', 'ada@' || name || '.example', 'Ada', 'Abara', now(), now()
      from tenants where name like 'bench-%'`,
  );
  await run(`insert into user_counts (tenant_id, part, count) select id, 0, 1 from tenants where name like 'bench-%'`);
  await run(
    `insert into clients (tenant_id, id, client_id, name, grants, permissions, created_at, updated_at)
      select id, gen_random_uuid(), $1, 'App', '{client_credentials}', '{user:read}', now() - interval '1 minute', now()
      from tenants where name like 'bench-%'`,
    [CLIENT],
  );
  await run(
    `insert into client_secrets (tenant_id, id, client_uuid, kind, hash, created_at)
      select clients.tenant_id, gen_random_uuid(), clients.id, 'oauth', secret.hash, now()
      from clients join tenants on tenants.id = clients.tenant_id,
        (select hash from client_secrets join clients on clients.id = client_secrets.client_uuid
          where clients.client_id = 'bootstrap' limit 1) secret
      where tenants.name like 'bench-%'`,
  );
  const sealer = new Sealer(MasterKey.fromText(masterKey), 'signing-key');
  for (let from = 0; from < tenants.length; from += BATCH) {
    const keys = await Promise.all(
      tenants.slice(from, from + BATCH).map(async ({ id }) => ({
        ...(await createSigningKey('EdDSA', sealer, id, new Date())),
        tenantId: id,
      })),
    );
    await run(
      `insert into signing_keys (tenant_id, kid, alg, public_jwk, sealed_private, created_at, active_from)
        select "tenantId", kid, alg, "publicJwk", "sealedPrivate", now() - interval '1 hour', now() - interval '1 hour'
        from json_to_recordset($1::json) as k ("tenantId" uuid, kid text, alg text, "publicJwk" jsonb, "sealedPrivate" text)`,
      [JSON.stringify(keys)],
    );
  }
  await run('vacuum analyze tenants, users, user_counts, clients, client_secrets, signing_keys');
  return Array.from({ length: count }, (_, n) => ({
    tenant: `bench-${n + 1}`,
    userId: `user-bench-${n + 1}`,
    clientId: CLIENT,
  }));
}
