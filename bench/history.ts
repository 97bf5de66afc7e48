import pg from 'pg';

const EVENTS = 1_000_000;

/**
 * Fills the log of the tenant `demo` with a million sign-ins of its users over the last days. Uses SQL only, because the
 * benchmark measures reading, not writing. Event ids are UUIDv7 (RFC 9562 section 5.7), so they carry their time.
 */
export async function fillHistory(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `with tenant as (select id from tenants where name = 'demo'),
      people as (select array_agg(users.id) as ids from users, tenant where users.tenant_id = tenant.id),
      moments as (select n, now() - n * interval '0.8 second' as at from generate_series(1, $1::int) n)
    insert into security_events
      (tenant_id, id, type, occurred_at, actor_kind, actor_id, subject_id, ip, peer_ip, user_agent, api, outcome, params)
    select tenant.id,
      (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' ||
        substr(md5(n::text), 4, 15))::uuid,
      'session.started', at, 'user', person, person, '203.0.113.7', '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64)', 'oauth', 'success',
      jsonb_build_object('amr', array['pwd'], 'identifier', person)
    from moments, tenant, people, lateral (select ids[1 + n % cardinality(ids)] as person) chosen`,
    [EVENTS],
  );
  // Accounts must be older than their events.
  await client.query("update users set created_at = now() - interval '1 year'");
  await client.query('analyze security_events, users');
  await client.end();
}
