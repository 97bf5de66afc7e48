import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { createPartitions, monthOf } from '../../src/events/upkeep/partitions.ts';
import { type Database, withTimeLimits } from '../../src/persistence/index.ts';

/** How many rows `fillTenant` writes. */
export interface GrowthSize {
  /** In the tenant; each has search rows, a session and a device. */
  readonly users: number;
  /** Other tenants, each with a client, a role and a signing key. */
  readonly tenants: number;
  /** In the tenant's log, with their positions: negative ones, before those that the service gave. */
  readonly events: number;
  /** Clients, roles, groups, blocks, riskbits, providers and links of the tenant: so many of each. */
  readonly others: number;
}

/** Each statement writes many rows, and the machine may be busy. */
const FILL_LIMITS = { statementMs: 3_600_000, queryMs: 3_600_000 };

/** Values of the data that are rare, for filters that find little. */
export const RARE = {
  /** A type of one event in 10,007. */
  eventType: 'riskbit.created',
  /** A client of one event in 9,973. */
  clientId: 'seldom',
  /** The account with half of all events. */
  busySubject: 5_001,
  /** One user in 3,331 has an address that is not verified, and another one is disabled. */
  period: 3_331,
} as const;

/** Tables with a row, or several, for each user. */
const TABLES_OF_USERS = ['users', 'user_identifiers', 'user_attribute_keys', 'devices', 'sessions', 'credentials'];

/** How the indexes of these tables are removed and made again; those that a foreign key refers to have to stay. */
const FILLED_INDEXES = `
  select case when c.oid is null then 'drop index ' || i.indexrelid::regclass
      else 'alter table ' || i.indrelid::regclass || ' drop constraint ' || quote_ident(c.conname) end as without,
    case when c.oid is null then pg_get_indexdef(i.indexrelid)
      else 'alter table ' || i.indrelid::regclass || ' add constraint ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid) end as make
  from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
  where i.indrelid = any('{${TABLES_OF_USERS.join()}}'::regclass[])
    and not exists (select from pg_constraint f where f.conindid = i.indexrelid and f.contype = 'f')`;

const NUMBER = (n: string, digits: number) => `lpad((${n})::text, ${digits}, '0')`;
/** A UUID from a number and a salt. */
const UUID = (salt: string, n: string) => `md5('${salt}' || ${n})::uuid`;
/** A UUIDv7 of a moment (RFC 9562 section 5.7). */
const UUID7 = (
  salt: string,
  n: string,
  at: string,
) => `(lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')
  || '7' || substr(md5('${salt}' || ${n}), 1, 3) || '8' || substr(md5('${salt}' || ${n}), 4, 15))::uuid`;
/** The id that `UUID` gives in SQL. */
export function madeId(salt: string, n: number): string {
  const hex = createHash('md5').update(`${salt}${n}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
const USER = (n: string) => `${UUID('user', n)}::text`;
const rows = (count: string) => `generate_series(1, ${count}::int) n`;

/** In an order that keeps foreign keys whole. */
const STATEMENTS = (tenant: string, size: GrowthSize, moment: Date): readonly string[] => {
  const t = `'${tenant}'::uuid`;
  const now = `'${moment.toISOString()}'::timestamptz`;
  const others = rows(String(size.others));
  const users = rows(String(size.users));
  return [
    `insert into tenants (id, name, route, template, created_at, updated_at)
      select ${UUID('tenant', 'n')}, 'tenant-' || ${NUMBER('n', 7)},
        'z' || translate(lpad(to_hex(n), 7, '0'), '0189', 'wxyz'), 'native', ${now}, ${now}
      from ${rows(String(size.tenants))}`,
    `insert into clients (tenant_id, id, client_id, name, created_at, updated_at)
      select ${UUID('tenant', 'n')}, ${UUID('client', 'n')}, 'app', 'App', ${now}, ${now}
      from ${rows(String(size.tenants))}`,
    `insert into roles (tenant_id, id, client_uuid, name, created_at, updated_at)
      select ${UUID('tenant', 'n')}, ${UUID('role', 'n')}, '00000000-0000-0000-0000-000000000000', 'reader', ${now}, ${now}
      from ${rows(String(size.tenants))}`,
    `insert into signing_keys (tenant_id, kid, alg, public_jwk, sealed_private, created_at, active_from)
      select ${UUID('tenant', 'n')}, 'key-' || n, 'EdDSA', '{}', 'x', ${now}, ${now} from ${rows(String(size.tenants))}`,
    `insert into users (tenant_id, id, username, email, email_verified, given_name, family_name, display_name, enabled,
        external_id, attributes, created_at, updated_at)
      select ${t}, ${USER('n')}, 'user' || ${NUMBER('n', 7)}, 'user' || n || '@example.com', n % ${RARE.period} <> 1,
        'Given' || n % 997, 'Family' || n % 4999, 'Given' || n % 997 || ' Family' || n % 4999, n % ${RARE.period} <> 2,
        'ext-' || n, jsonb_build_object('department', 'd' || n % 3, 'badge', n, 'level', case when n % 10 = 0 then 'silver' else 'gold' end),
        ${now} - interval '1 year' + n * interval '1 second', ${now}
      from ${users}`,
    // Without statistics, the checks of the foreign keys to 10,000 users use an index by tenant alone.
    'analyze users',
    `insert into user_identifiers (tenant_id, value, user_id, kinds)
      select ${t}, 'user' || ${NUMBER('n', 7)}, ${USER('n')}, 1 from ${users}
      union all select ${t}, 'user' || n || '@example.com', ${USER('n')}, 2 from ${users}`,
    `insert into user_attribute_keys (tenant_id, name, value_key, user_id)
      select ${t}, k.name, k.value, ${USER('n')} from ${users}, lateral (values
        (' username', 'user' || ${NUMBER('n', 7)}), (' email', 'user' || n || '@example.com'),
        (' given_name', 'given' || n % 997), (' family_name', 'family' || n % 4999),
        (' display_name', 'given' || n % 997 || ' family' || n % 4999), ('department', 'd' || n % 3), ('badge', n::text),
        ('level', case when n % 10 = 0 then 'silver' else 'gold' end)) k (name, value)`,
    `insert into devices (tenant_id, user_id, id, created_at, last_used_at)
      select ${t}, ${USER('n')}, 'SHA256_' || n, ${now}, ${now} from ${users}`,
    `insert into sessions (tenant_id, id, user_id, device_id, auth_time, amr, ip, last_used_at, idle_expires_at, expires_at, created_at)
      select ${t}, ${UUID7('session', 'n', `${now} - n * interval '1 second'`)}, ${USER('n')}, 'SHA256_' || n, ${now}, '{pwd}',
        '10.' || n % 200 || '.' || n / 200 % 200 || '.1', ${now}, ${now} + interval '1 day', ${now} + interval '1 day', ${now}
      from ${users}`,
    `insert into credentials (tenant_id, id, user_id, type, ordinal, secret, created_at)
      select ${t}, ${UUID('credential', 'n')}, ${USER('n')}, 'password', 1, '$argon2id$', ${now} from ${users}`,
    `insert into clients (tenant_id, id, client_id, name, enabled, created_at, updated_at)
      select ${t}, ${UUID('own-client', 'n')}, 'client-' || ${NUMBER('n', 6)}, 'Client ' || n, n % ${RARE.period} <> 1, ${now}, ${now} from ${others}`,
    `insert into client_secrets (tenant_id, id, client_uuid, kind, hash, created_at)
      select ${t}, ${UUID('secret', 'n')}, ${UUID('own-client', 'n')}, 'oauth', 'x', ${now} from ${others}`,
    `insert into client_web_origins (tenant_id, origin, client_uuid)
      select ${t}, 'https://app' || n || '.example.com', ${UUID('own-client', 'n')} from ${others}`,
    `insert into roles (tenant_id, id, client_uuid, name, permissions, created_at, updated_at)
      select ${t}, ${UUID('own-role', 'n')}, '00000000-0000-0000-0000-000000000000', 'role-' || ${NUMBER('n', 6)}, '{user:read:self}', ${now}, ${now}
      from ${others}`,
    `insert into role_composites (tenant_id, role_id, child_id)
      select ${t}, ${UUID('own-role', 'n')}, ${UUID('own-role', 'n + 1')} from ${others} where n % 2 = 1 and n < ${size.others}`,
    `insert into role_grants (tenant_id, holder_kind, holder_id, role_id, on_tenant_id, created_at)
      select ${t}, 'user', ${USER('n')}, ${UUID('own-role', 'n')}, ${t}, ${now} from ${others}`,
    `insert into groups (tenant_id, id, key, name, folded_name, path, external_id, attributes, created_at, updated_at)
      select ${t}, ${UUID('group', 'n')}, ${UUID('group', 'n')}::text, 'Group ' || n, 'group ' || n, '/Group ' || n, 'ext-' || n,
        jsonb_build_object('kind', 'k' || n % 3, 'number', n), ${now}, ${now}
      from ${others}`,
    `insert into group_attribute_keys (tenant_id, name, value_key, group_id)
      select ${t}, k.name, k.value, ${UUID('group', 'n')} from ${others}, lateral (values
        ('kind', 'k' || n % 3), ('number', n::text)) k (name, value)`,
    `insert into group_members (tenant_id, group_id, user_id, created_at)
      select ${t}, ${UUID('group', "'1'")}, ${USER('n')}, ${now} from ${others}
      union all select ${t}, ${UUID('group', 'n')}, ${USER('n')}, ${now} from ${others} where n > 1`,
    `insert into lockouts (tenant_id, subject_kind, subject, factor, failures, last_at, blocked_from, blocked_until)
      select ${t}, case when n % 2 = 0 then 'ip' else 'account' end,
        case when n % 2 = 0 then '10.0.' || n / 250 || '.' || n % 250 else ${USER('n')} end, 'first', 10, ${now}, ${now},
        ${now} + case when n % ${RARE.period} = 1 then interval '1 day' else interval '-1 day' end
      from ${others}`,
    `insert into riskbits (tenant_id, id, rating_level, score, risk, risk_ios, operation, enabled, created_at, updated_at)
      select ${t}, ${UUID('riskbit', 'n')}, chr(65 + n % 26), n::text, '1', 'JBreak', 'OK', true, ${now}, ${now} from ${others}`,
    `insert into federation_providers (tenant_id, id, name, type, created_at, updated_at)
      select ${t}, ${UUID('provider', 'n')}, 'provider-' || ${NUMBER('n', 6)}, 'oidc', ${now}, ${now} from ${others}`,
    `insert into federation_links (tenant_id, provider_id, external_id, user_id, created_at, updated_at)
      select ${t}, ${UUID('provider', "'1'")}, 'account-' || n, ${USER('n')}, ${now}, ${now} from ${others}`,
    `insert into consents (tenant_id, user_id, client_uuid, created_at, updated_at)
      select ${t}, ${USER('n')}, ${UUID('own-client', 'n')}, ${now}, ${now} from ${others}`,
    `insert into rights (tenant_id, subject_kind, subject_id, object_kind, object_id, name, tags, created_at, updated_at)
      select ${t}, 'user', ${USER('n')}, 'user', ${USER('n')}, 'see', '{test}', ${now}, ${now} from ${others}`,
    `insert into grants (tenant_id, id, user_id, client_uuid, issuer_kind, code_hash, auth_time, expires_at, created_at)
      select ${t}, ${UUID('grant', 'n')}, ${USER('n')}, ${UUID('own-client', 'n')}, 'native', decode(md5('code' || n), 'hex'), ${now},
        ${now} + interval '1 day', ${now} from ${others}`,
    `insert into refresh_tokens (tenant_id, hash, grant_id, expires_at, created_at)
      select ${t}, decode(md5('refresh' || n), 'hex'), ${UUID('grant', 'n')}, ${now} + interval '1 day', ${now} from ${others}`,
    `with made as (
        select n, ${now} - n * interval '1 second' as at from ${rows(String(size.events))}),
      logged as (
        insert into security_events (tenant_id, id, type, occurred_at, actor_kind, actor_id, subject_id, client_id, ip, api, outcome)
        select ${t}, ${UUID7('event', 'n', 'at')},
          case when n % 10007 = 5000 then '${RARE.eventType}' when n % 10 < 6 then 'token.issued' when n % 10 < 9 then 'session.started'
            when n % 20 = 9 then 'token.refused' else 'user.updated' end,
          at, 'user', ${USER('1 + n % 5000')},
          case when n % 2 = 0 then ${USER(String(RARE.busySubject))} else ${USER('1 + n % 5000')} end,
          case when n % 9973 = 5000 then '${RARE.clientId}' else 'client-' || n % 20 end, '203.0.113.7', 'oauth',
          case when n % 20 = 9 then 'failure' else 'success' end
        from made)
      insert into event_positions (log, position, tenant_id, event_id)
      select 0, -n, ${t}, ${UUID7('event', 'n', 'at')} from made`,
    `insert into event_generations (log, generation, first_position, system_identifier, timeline)
      values (0, 1, 1, 'made', 1) on conflict do nothing`,
  ];
};

/**
 * Fills a tenant, and many tenants beside it, by SQL: seconds for 20,000 users, where the services would take minutes. The rows
 * are of the kind that the services write. Nothing else may use the database meanwhile: tables are locked.
 * @param at The time at which the rows were written; the events are older, one for each second.
 */
export async function fillTenant(db: Database, tenantId: string, size: GrowthSize, at: Date): Promise<void> {
  const month = monthOf(at);
  await db.transaction(() => createPartitions(db, { index: month.index - 1 }, 3));
  await withTimeLimits(FILL_LIMITS, async () => {
    await db.transaction(() => fillTables(db, STATEMENTS(tenantId, size, at)));
    await analyze(db);
  });
}

/**
 * Ids of users are random, so each row would change a random page of each index: indexes are made from all rows at the end. The
 * rows fulfil the foreign keys, whose checks take longer than the rows; only a superuser can leave them out.
 */
async function fillTables(db: Database, statements: readonly string[]): Promise<void> {
  const run = <R>(statement: string) => sql.raw<R>(statement).execute(db.read());
  const { rows: indexes } = await run<{ without: string; make: string }>(FILLED_INDEXES);
  await run(`select set_config('maintenance_work_mem', '256MB', true)`);
  await run(
    `select set_config('session_replication_role', 'replica', true) where current_setting('is_superuser')::boolean`,
  );
  for (const { without } of indexes) await run(without);
  for (const statement of statements) await run(statement);
  for (const { make } of indexes) await run(make);
}

/**
 * Gives the planner what it knows in a running installation: autovacuum looks at no empty table, so the partitions of the next
 * months have no statistics.
 */
async function analyze(db: Database): Promise<void> {
  const { rows: filled } = await sql<{ name: string }>`select quote_ident(relname) as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_relation_size(oid) > 0`.execute(db.read());
  await sql.raw(`vacuum analyze ${filled.map(({ name }) => name).join(', ')}`).execute(db.read());
}
