import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REALM_SCOPES } from '../../../src/clients/realm-scopes.ts';
import { ENTITIES } from '../../../src/modules.ts';
import { Database, migrate } from '../../../src/persistence/index.ts';
import { MIGRATIONS } from '../../../src/persistence/migrations/index.ts';
import { TENANT_ADMINISTRATOR_PERMISSIONS } from '../../../src/roles/administration.ts';
import { CLIENT_ROLES, realmRoles } from '../../../src/roles/realm-roles.ts';

const TENANT = '019a0000-0000-7000-8000-000000000001';
const EVENT = '019a4000-0000-7000-8000-000000000003';
const OLD_EVENT = '01700000-0000-7000-8000-000000000003';
const GROUP = '019a0000-0000-7000-8000-000000000002';
const PUBLIC = '019a0000-0000-7000-8000-000000000003';
const CONFIDENTIAL = '019a0000-0000-7000-8000-000000000004';
const REDIRECTS = JSON.stringify(
  ['https://app.example/cb', 'https://app.example/other', 'http://localhost:3000/cb', 'com.example.app:/cb'].map(
    (uri) => ({ uri, match: 'exact' }),
  ),
);

describe('a database of the first migration', () => {
  let db: Database;
  beforeAll(async () => {
    db = await Database.open({ location: { kind: 'embedded', dataDir: 'memory://' }, entities: ENTITIES });
    await db.orm.migrator.up({ to: 'Migration20261122Initial' });
    await sql`insert into tenants (id, name, route, template, created_at, updated_at)
      values (${TENANT}, 'acme', 'abcdefgh', 'native', now(), now())`.execute(db.read());
    await sql`insert into groups (tenant_id, id, profile, key, name, folded_name, path, attributes, created_at, updated_at)
      values (${TENANT}, ${GROUP}, 'orgs', '114', 'Staff', 'staff', '/Staff',
        '{"city": "ÅRHUS", "codes": [7, true, "x", {"no": 1}], "deep": {"no": 1}}', now(), now())`.execute(db.read());
    await sql`insert into clients (tenant_id, id, client_id, type, redirects, created_at, updated_at)
      values (${TENANT}, ${PUBLIC}, 'spa', 'public', ${REDIRECTS}, now(), now()),
        (${TENANT}, ${CONFIDENTIAL}, 'web', 'confidential', ${REDIRECTS}, now(), now())`.execute(db.read());
    await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, created_at, updated_at)
      select ${TENANT}::uuid, id, ${TENANT}::uuid, name, permissions::text[], now(), now()
      from (values (${GROUP}::uuid, 'all', '{linked-app:write:all}'), (${EVENT}::uuid, 'reader', '{linked-app:read}'),
        (${OLD_EVENT}::uuid, 'writer', '{linked-app:write,user:read}')) as made (id, name, permissions)`.execute(
      db.read(),
    );
    await sql`insert into clients (tenant_id, id, client_id, permissions, grants, created_at, updated_at)
      values (${TENANT}, ${GROUP}, 'shop', '{webhook:read:all,linked-app:write,user:read,tenant:export}',
        '{client_credentials,implicit,refresh_token,urn:openid:params:grant-type:ciba}', now(), now())`.execute(
      db.read(),
    );
    await sql`insert into client_scopes (tenant_id, id, name, created_at)
      values (${TENANT}, ${GROUP}, 'old', '2026-11-20T10:00:00Z')`.execute(db.read());
    // As a node makes them, after its migrations.
    await sql`create table security_events_2026_11 partition of security_events
      for values from ('019a3ce0-0000-0000-0000-000000000000') to ('019ad800-0000-0000-0000-000000000000')`.execute(
      db.read(),
    );
    await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, door, outcome)
      select ${TENANT}::uuid, id, 'token.issued', now(), 'application', 'oauth', 'success'
      from unnest(${[EVENT, OLD_EVENT]}::uuid[]) as id`.execute(db.read());
  });
  afterAll(() => db.close());

  const keys = async () =>
    (
      await sql<{ name: string; value_key: string }>`
        select name, value_key from group_attribute_keys where tenant_id = ${TENANT} and group_id = ${GROUP}
        order by name, value_key`.execute(db.read())
    ).rows.map(({ name, value_key }) => [name, value_key]);

  it('comes to the newest one, and its groups are found by their attributes', async () => {
    await migrate(db);
    expect(await keys()).toEqual([
      ['city', 'århus'],
      ['codes', '7'],
      ['codes', 'true'],
      ['codes', 'x'],
    ]);
  });

  it('keeps its events, which say by which API the service was reached', async () => {
    const { rows } =
      await sql`select tableoid::regclass::text as partition, api from security_events order by id`.execute(db.read());
    expect(rows).toEqual([
      { partition: 'security_events_default', api: 'oauth' },
      { partition: 'security_events_2026_11', api: 'oauth' },
    ]);
  });

  it('lists for its public clients the origins they send users back to', async () => {
    const { rows } = await sql<{ origin: string; client_uuid: string }>`
      select origin, client_uuid from client_web_origins where tenant_id = ${TENANT} order by origin`.execute(
      db.read(),
    );
    expect(rows).toEqual([
      { origin: 'http://localhost:3000', client_uuid: PUBLIC },
      { origin: 'https://app.example', client_uuid: PUBLIC },
    ]);
  });

  it('makes clients native that have an address with a scheme of the application', async () => {
    const { rows } = await sql`select client_id, metadata from clients order by client_id`.execute(db.read());
    expect(rows).toEqual([
      { client_id: 'shop', metadata: {} },
      { client_id: 'spa', metadata: { application_type: 'native' } },
      { client_id: 'web', metadata: { application_type: 'native' } },
    ]);
  });

  it('leaves roles and clients the permissions and grant types that are served, in their order', async () => {
    const { rows } = await sql`select name, permissions, null as grants from roles union all
      select client_id, permissions, grants from clients where permissions <> '{}' order by name`.execute(db.read());
    // Who held linked-app:write may read the apps still, and bind them to new accounts.
    expect(rows).toEqual([
      { name: 'all', permissions: ['linked-app:create:all', 'linked-app:read:all'], grants: null },
      { name: 'reader', permissions: ['linked-app:read'], grants: null },
      {
        name: 'shop',
        permissions: ['user:read', 'linked-app:create', 'linked-app:read'],
        grants: ['client_credentials', 'refresh_token'],
      },
      { name: 'writer', permissions: ['user:read', 'linked-app:create', 'linked-app:read'], grants: null },
    ]);
  });

  it('may have what the second one brings already', async () => {
    await sql`delete from migrations where name = 'Migration20261122GroupSearch'`.execute(db.read());
    const before = await keys();
    await migrate(db);
    expect(await keys()).toEqual(before);
    const { rows } = await sql`select from migrations`.execute(db.read());
    expect(rows).toHaveLength(MIGRATIONS.length);
  });

  it('gives its scopes the time at which they were created as that of their change', async () => {
    const { rows } = await sql`select name, named, tenant_default, attributes, mappers, updated_at = created_at as same
      from client_scopes where tenant_id = ${TENANT}`.execute(db.read());
    expect(rows).toEqual([{ name: 'old', named: true, tenant_default: null, attributes: {}, mappers: [], same: true }]);
  });

  describe('of which 501 tenants have the template realm', () => {
    const ZERO = '00000000-0000-0000-0000-000000000000';
    const LAST = '019b0000-0000-7000-8000-000000000501';
    const NAMES = [
      '20261127RealmRoles',
      '20261127NarrowRealmRoles',
      '20261127RealmScopes',
      '20261127MailSend',
      '20261127NarrowQueryRealms',
      '20261127LinksImpersonation',
      '20261128TenantImport',
    ].map((name) => `Migration${name}`);
    const again = async (names = NAMES) => {
      await sql`delete from migrations where name = any(${names}::text[])`.execute(db.read());
      await migrate(db);
    };
    const rolesOf = async (tenant: string) =>
      (
        await sql<{ owner: string; name: string; permissions: string[]; builtin: boolean }>`
          select coalesce(c.client_id, '') as owner, r.name, r.permissions, r.builtin
          from roles r left join clients c on c.tenant_id = r.tenant_id and c.id = r.client_uuid
          where r.tenant_id = ${tenant} order by owner, r.name`.execute(db.read())
      ).rows;
    const total = async () =>
      (
        await sql`select (select count(*) from roles) as roles, (select count(*) from clients) as clients,
          (select count(*) from role_composites) as children, (select count(*) from client_scopes) as scopes,
          (select count(*) from client_scope_links) as links`.execute(db.read())
      ).rows;
    beforeAll(async () => {
      await sql`insert into tenants (id, name, route, template, created_at, updated_at)
        select ('019b0000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Realm' || n, lpad(n::text, 8, 'a'), 'realm', now(), now()
        from generate_series(1, 501) as n`.execute(db.read());
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
        select id, gen_random_uuid(), ${ZERO}, 'tenant-administrator', '{user:read,key:rotate}', true, now(), now()
        from tenants where template = 'realm'`.execute(db.read());
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, created_at, updated_at)
        values (${LAST}, gen_random_uuid(), ${ZERO}, 'admin', '{group:read}', now(), now())`.execute(db.read());
      await sql`insert into clients (tenant_id, id, client_id, created_at, updated_at)
        values (${LAST}, gen_random_uuid(), 'realm-management', now(), now())`.execute(db.read());
      await sql`insert into clients (tenant_id, id, client_id, created_at, updated_at)
        values (${LAST}, ${LAST}, 'app', now(), now())`.execute(db.read());
      await sql`insert into client_scopes (tenant_id, id, name, description, tenant_default, mappers, created_at, updated_at)
        values (${LAST}, ${PUBLIC}, 'email', null, null, '[]', now(), now()),
          (${LAST}, ${CONFIDENTIAL}, 'phone', 'Ours', 'default', '[]', now(), now())`.execute(db.read());
      await sql`insert into client_scope_links (tenant_id, client_uuid, scope_id)
        values (${LAST}, ${LAST}, ${PUBLIC})`.execute(db.read());
      await again();
    });

    it('gives each the scopes that a new one begins with, and its builtin clients these', async () => {
      const { rows } = await sql<{ id: string; name: string; mappers: { id: string }[] }>`
        select name, description, named, tenant_default as "tenantDefault", attributes, mappers from client_scopes
        where tenant_id = '019b0000-0000-7000-8000-000000000500'`.execute(db.read());
      const found = new Map(rows.map(({ mappers, ...scope }) => [scope.name, { mappers, scope }]));
      expect(found.size).toBe(REALM_SCOPES.length);
      for (const { mappers, ...scope } of REALM_SCOPES) {
        expect(found.get(scope.name)?.scope).toEqual(scope);
        expect(found.get(scope.name)?.mappers.map(({ id: _, ...mapper }) => mapper)).toEqual(mappers);
      }
      const ids = rows.flatMap(({ mappers }) => mappers.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      const links = await sql<{ kind: string; count: number }>`select c.kind, l.is_default, count(*)::int as count
        from client_scope_links l join clients c on c.tenant_id = l.tenant_id and c.id = l.client_uuid
        where l.tenant_id = '019b0000-0000-7000-8000-000000000500' group by 1, 2 order by 2`.execute(db.read());
      expect(links.rows).toEqual([
        { kind: 'builtin', is_default: false, count: 24 },
        { kind: 'builtin', is_default: true, count: 36 },
      ]);
    });

    it('lets tokens with the scope offline_access have the role of that name', async () => {
      await sql`drop table client_scope_roles, client_scoped_roles`.execute(db.read());
      await again(['Migration20261127ScopeRoles']);
      const { rows } = await sql`select t.template, s.name as scope, r.name as role, count(*)::int as count
        from client_scope_roles x join tenants t on t.id = x.tenant_id
        join client_scopes s on s.tenant_id = x.tenant_id and s.id = x.scope_id
        join roles r on r.tenant_id = x.tenant_id and r.id = x.role_id group by 1, 2, 3`.execute(db.read());
      expect(rows).toEqual([{ template: 'realm', scope: 'offline_access', role: 'offline_access', count: 501 }]);
    });

    it('leaves a scope that new clients get as it is, and the scopes of other clients', async () => {
      const { rows } = await sql`select name, description, tenant_default, jsonb_array_length(mappers) as mappers
        from client_scopes where tenant_id = ${LAST} and name in ('email', 'phone') order by name`.execute(db.read());
      expect(rows).toEqual([
        {
          name: 'email',
          description: 'OpenID Connect built-in scope: email',
          tenant_default: 'default',
          mappers: 2,
        },
        { name: 'phone', description: 'Ours', tenant_default: 'default', mappers: 0 },
      ]);
      const links = await sql`select scope_id, is_default from client_scope_links
        where tenant_id = ${LAST} and client_uuid = ${LAST}`.execute(db.read());
      expect(links.rows).toEqual([{ scope_id: PUBLIC, is_default: false }]);
    });

    it('gives each the clients and roles that a new one begins with, beyond one batch', async () => {
      const expected = [
        ...realmRoles('Realm500').map((role) => ({ owner: '', ...role })),
        ...Object.entries(CLIENT_ROLES).flatMap(([owner, roles]) => roles.map((role) => ({ owner, ...role }))),
      ].map(({ owner, name, permissions }) => ({
        owner,
        name,
        permissions: permissions === TENANT_ADMINISTRATOR_PERMISSIONS ? ['user:read', 'key:rotate'] : permissions,
        builtin: true,
      }));
      const found = (await rolesOf('019b0000-0000-7000-8000-000000000500')).filter(
        ({ name }) => name !== 'tenant-administrator',
      );
      const sorted = (list: readonly { readonly owner: string; readonly name: string }[]) =>
        [...list].sort((a, b) => (`${a.owner}/${a.name}` < `${b.owner}/${b.name}` ? -1 : 1));
      expect(sorted(found)).toEqual(sorted(expected));
      const { rows } = await sql`select kind, count(*)::int as count from clients
        where tenant_id = '019b0000-0000-7000-8000-000000000500' group by kind`.execute(db.read());
      expect(rows).toEqual([{ kind: 'builtin', count: 6 }]);
      const children = await sql`select from role_composites where tenant_id = '019b0000-0000-7000-8000-000000000500'`;
      expect((await children.execute(db.read())).rows).toHaveLength(2);
    });

    it('leaves a role and a client of such a name as they are', async () => {
      const found = await rolesOf(LAST);
      expect(found.find(({ owner, name }) => owner === '' && name === 'admin')).toMatchObject({
        permissions: ['group:read'],
        builtin: false,
      });
      expect(found.filter(({ owner }) => owner === 'realm-management')).toEqual([]);
      expect(found.some(({ owner }) => owner === 'account')).toBe(true);
    });

    it('narrows the roles for events and clients that an older version made, and no others of their names', async () => {
      const OTHER = '019b0000-0000-7000-8000-000000000499';
      const older = '{setting:write,role:delete}';
      await sql`update roles set permissions = ${older} where builtin and name like '%-%' and name <> 'tenant-administrator'
        and tenant_id <> ${OTHER}`.execute(db.read());
      await sql`update roles set builtin = false where name = 'view-events' and tenant_id = ${OTHER}`.execute(
        db.read(),
      );
      await sql`update roles set permissions = ${older} where name = 'view-events' and tenant_id = ${OTHER}`.execute(
        db.read(),
      );
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
        select tenant_id, gen_random_uuid(), id, 'view-events', ${older}::text[], true, now(), now()
        from clients where tenant_id = ${LAST} and client_id in ('realm-management', 'broker')`.execute(db.read());
      await again(['Migration20261127NarrowRealmRoles']);
      const { rows } = await sql<{ name: string; permissions: string[]; count: number }>`
        select name, permissions, count(*)::int as count from roles
        where builtin and name in ('manage-clients', 'manage-events', 'query-clients', 'view-events')
          and tenant_id not in (${OTHER}, ${LAST}) group by name, permissions order by name`.execute(db.read());
      const narrow = new Map(CLIENT_ROLES['realm-management']!.map((role) => [role.name, role.permissions]));
      expect(rows).toEqual(
        ['manage-clients', 'manage-events', 'query-clients', 'view-events'].map((name) => ({
          name,
          permissions: narrow.get(name),
          count: 499,
        })),
      );
      const kept = ['setting:write', 'role:delete'];
      const found = await rolesOf('019b0000-0000-7000-8000-000000000500');
      expect(found.find(({ name }) => name === 'view-realm')!.permissions).toEqual(kept);
      expect((await rolesOf(OTHER)).find(({ name }) => name === 'view-events')!.permissions).toEqual(kept);
      const ofLast = (await rolesOf(LAST)).filter(({ name }) => name === 'view-events');
      expect(ofLast.map(({ owner, permissions }) => [owner, permissions])).toEqual([
        ['broker', kept],
        ['realm-management', kept],
      ]);
    });

    it('lets families of lasting access end with their last refresh token, and leaves all others', async () => {
      await sql`insert into users (tenant_id, id, username, created_at, updated_at)
        values (${LAST}, 'ann', 'ann', now(), now())`.execute(db.read());
      const grant = (id: string, kind: string, seconds: number) =>
        sql`insert into grants (tenant_id, id, user_id, client_uuid, issuer_kind, auth_time, expires_at, created_at)
          values (${LAST}, ${id}, 'ann', ${LAST}, ${kind}, '2026-01-01', timestamptz '2026-01-01' + ${`${seconds} seconds`}::interval,
            '2026-01-01')`.execute(db.read());
      const [used, unused, limited, native] = [1, 2, 3, 4].map((n) => `019b0000-0000-7000-8000-00000000070${n}`);
      await grant(used!, 'realm', 315_360_000);
      await grant(unused!, 'realm', 315_360_000);
      await grant(limited!, 'realm', 5_184_000);
      await grant(native!, 'native', 315_360_000);
      await sql`insert into refresh_tokens (tenant_id, hash, grant_id, spent_at, expires_at, created_at) values
        (${LAST}, 'a'::bytea, ${used}, null, '2026-02-01', '2026-01-01'),
        (${LAST}, 'b'::bytea, ${used}, '2026-01-02', '2026-03-01', '2026-01-01')`.execute(db.read());
      await again(['Migration20261127LastingFamilies']);
      const { rows } = await sql<{ ends: string }>`select to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD') as ends
        from grants where user_id = 'ann' order by id`.execute(db.read());
      expect(rows.map(({ ends }) => ends)).toEqual(['2026-02-01', '2026-01-01', '2026-03-02', '2035-12-30']);
    });

    it('narrows query-realms to the names of the tenant', async () => {
      await sql`update roles set permissions = '{tenant:read,key:read}' where builtin and name = 'query-realms'`.execute(
        db.read(),
      );
      await again(['Migration20261127NarrowQueryRealms']);
      const { rows } =
        await sql`select distinct permissions from roles where builtin and name = 'query-realms'`.execute(db.read());
      expect(rows).toEqual([{ permissions: ['tenant:read'] }]);
    });

    it('lets administrators of tenants and users send mails, and nobody else, once', async () => {
      const all = ['tenant:write', 'account-state:write', 'key:rotate'].map((permission) => `${permission}:all`);
      await sql`insert into clients (tenant_id, id, client_id, permissions, created_at, updated_at)
        values (${TENANT}, gen_random_uuid(), 'operator', ${all}, now(), now()),
          (${TENANT}, gen_random_uuid(), 'clerk', '{tenant:write,account-state:write}', now(), now())`.execute(
        db.read(),
      );
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
        values (${TENANT}, gen_random_uuid(), ${ZERO}, 'everything', ${all}, true, now(), now()),
          (${TENANT}, gen_random_uuid(), ${ZERO}, 'desk', '{account-state:write}', true, now(), now()),
          (${TENANT}, gen_random_uuid(), ${ZERO}, 'made', ${all}, false, now(), now())`.execute(db.read());
      const sending = async () =>
        (
          await sql<{ name: string; permission: string }>`select name, permission from (
            select tenant_id, name, permissions from roles union all select tenant_id, client_id, permissions from clients
          ) as holders, unnest(permissions) as permission
          where tenant_id = ${TENANT} and permission like 'mail:%' order by name`.execute(db.read())
        ).rows.map(({ name, permission }) => `${name} ${permission}`);
      for (let time = 0; time < 2; time++) {
        await again(['Migration20261127MailSend']);
        expect(await sending()).toEqual(['desk mail:send', 'everything mail:send:all', 'operator mail:send:all']);
      }
    });

    it('lets administrators handle API keys, and nobody else, once', async () => {
      const all = ['tenant:write', 'account-state:write', 'key:rotate'];
      const wide = all.map((permission) => `${permission}:all`);
      await sql`insert into clients (tenant_id, id, client_id, permissions, created_at, updated_at)
        values (${TENANT}, gen_random_uuid(), 'key-operator', ${wide}, now(), now()),
          (${TENANT}, gen_random_uuid(), 'key-clerk', '{tenant:write,account-state:write}', now(), now())`.execute(
        db.read(),
      );
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
        values (${TENANT}, gen_random_uuid(), ${ZERO}, 'key-owner', ${all}, true, now(), now()),
          (${TENANT}, gen_random_uuid(), ${ZERO}, 'key-desk', '{tenant:write,key:rotate}', true, now(), now()),
          (${TENANT}, gen_random_uuid(), ${ZERO}, 'key-made', ${all}, false, now(), now())`.execute(db.read());
      const holding = async () =>
        (
          await sql<{ name: string; permission: string }>`select name, permission from (
            select tenant_id, name, permissions from roles union all select tenant_id, client_id, permissions from clients
          ) as holders, unnest(permissions) as permission
          where tenant_id = ${TENANT} and name like 'key-%' and permission like 'api-key:%' order by name, permission`.execute(
            db.read(),
          )
        ).rows.map(({ name, permission }) => `${name} ${permission}`);
      const verbs = ['create', 'delete', 'read', 'rotate'];
      for (let time = 0; time < 2; time++) {
        await sql`drop table if exists api_keys`.execute(db.read());
        await again(['Migration20261128ApiKeys']);
        expect(await holding()).toEqual([
          ...verbs.map((verb) => `key-operator api-key:${verb}:all`),
          ...verbs.map((verb) => `key-owner api-key:${verb}`),
        ]);
      }
    });

    it('lets administrators read reports, and nobody else, once', async () => {
      const all = ['tenant:write', 'account-state:write', 'key:rotate'];
      const wide = all.map((permission) => `${permission}:all`);
      await sql`insert into clients (tenant_id, id, client_id, permissions, created_at, updated_at)
        values (${TENANT}, gen_random_uuid(), 'reporter', ${wide}, now(), now()),
          (${TENANT}, gen_random_uuid(), 'counter', '{tenant:write,key:rotate}', now(), now())`.execute(db.read());
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
        values (${TENANT}, gen_random_uuid(), ${ZERO}, 'reports', ${all}, true, now(), now()),
          (${TENANT}, gen_random_uuid(), ${ZERO}, 'own reports', ${all}, false, now(), now()),
          (${TENANT}, gen_random_uuid(), ${ZERO}, 'managers', '{tenant:write,key:rotate}', true, now(), now())`.execute(
        db.read(),
      );
      const reading = async () =>
        (
          await sql<{ name: string; permission: string }>`select name, permission from (
            select tenant_id, name, permissions from roles union all select tenant_id, client_id, permissions from clients
          ) as holders, unnest(permissions) as permission
          where tenant_id = ${TENANT} and name = any('{reporter,counter,reports,own reports,managers}')
            and permission like 'analytics:%' order by name`.execute(db.read())
        ).rows.map(({ name, permission }) => `${name} ${permission}`);
      for (let time = 0; time < 2; time++) {
        await again(['Migration20261128AnalyticsRead']);
        expect(await reading()).toEqual(['reporter analytics:read:all', 'reports analytics:read']);
      }
    });

    it('lets administrators act as users and send sign-in links, those of users send links, and nobody else, once', async () => {
      const all = ['tenant:write', 'account-state:write', 'key:rotate'];
      const wide = all.map((permission) => `${permission}:all`);
      await sql`insert into clients (tenant_id, id, client_id, permissions, created_at, updated_at)
        values (${LAST}, gen_random_uuid(), 'operator', ${wide}, now(), now()),
          (${LAST}, gen_random_uuid(), 'clerk', '{tenant:write,account-state:write}', now(), now())`.execute(db.read());
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
        values (${LAST}, gen_random_uuid(), ${ZERO}, 'everything', ${wide}, true, now(), now()),
          (${LAST}, gen_random_uuid(), ${ZERO}, 'owner', ${all}, true, now(), now()),
          (${LAST}, gen_random_uuid(), ${ZERO}, 'desk', '{account-state:write}', true, now(), now()),
          (${LAST}, gen_random_uuid(), ${ZERO}, 'realm', '{tenant:write,key:rotate}', true, now(), now()),
          (${LAST}, gen_random_uuid(), ${ZERO}, 'impersonation', '{}', true, now(), now()),
          (${LAST}, gen_random_uuid(), (select id from clients where tenant_id = ${LAST} and client_id = 'realm-management'),
            'impersonation', '{}', true, now(), now()),
          (${LAST}, gen_random_uuid(), ${ZERO}, 'made', ${wide}, false, now(), now())
        on conflict do nothing`.execute(db.read());
      const names = ['operator', 'clerk', 'everything', 'owner', 'desk', 'realm', 'impersonation', 'made'];
      const holding = async () =>
        (
          await sql<{ name: string; permission: string }>`select name, permission from (
            select tenant_id, name, permissions from roles union all select tenant_id, client_id, permissions from clients
          ) as holders, unnest(permissions) as permission
          where tenant_id = ${LAST} and permission ~ '^(sign-in-link|user):(send|impersonate)' and name = any(${names})
          order by 1, 2`.execute(db.read())
        ).rows.map(({ name, permission }) => `${name} ${permission}`);
      for (let time = 0; time < 2; time++) {
        await again(['Migration20261127LinksImpersonation']);
        expect(await holding()).toEqual([
          'desk sign-in-link:send',
          'everything sign-in-link:send:all',
          'everything user:impersonate:all',
          'impersonation user:impersonate',
          'operator sign-in-link:send:all',
          'operator user:impersonate:all',
          'owner sign-in-link:send',
          'owner user:impersonate',
        ]);
      }
    });

    it('lets administrators import into their tenant, and nobody else, once', async () => {
      const owns = ['tenant:write', 'account-state:write', 'key:rotate'];
      await sql`insert into clients (tenant_id, id, client_id, permissions, created_at, updated_at)
        values (${LAST}, gen_random_uuid(), 'importer', ${owns.map((permission) => `${permission}:all`)}, now(), now()),
          (${LAST}, gen_random_uuid(), 'writer', '{tenant:write}', now(), now())`.execute(db.read());
      await sql`insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
        values (${LAST}, gen_random_uuid(), ${ZERO}, 'landlord', ${owns}, true, now(), now()),
          (${LAST}, gen_random_uuid(), ${ZERO}, 'reader', '{tenant:read}', true, now(), now()),
          (${LAST}, gen_random_uuid(), ${ZERO}, 'custom', ${owns}, false, now(), now())`.execute(db.read());
      const names = ['importer', 'writer', 'landlord', 'reader', 'custom'];
      const holding = async () =>
        (
          await sql<{ name: string; permission: string }>`select name, permission from (
            select tenant_id, name, permissions from roles union all select tenant_id, client_id, permissions from clients
          ) as holders, unnest(permissions) as permission
          where tenant_id = ${LAST} and permission like 'tenant:import%' and name = any(${names}) order by 1`.execute(
            db.read(),
          )
        ).rows.map(({ name, permission }) => `${name} ${permission}`);
      for (let time = 0; time < 2; time++) {
        await again(['Migration20261128TenantImport']);
        expect(await holding()).toEqual(['importer tenant:import:all', 'landlord tenant:import']);
      }
    });

    it('adds nothing to other tenants, and nothing when it runs again', async () => {
      expect((await rolesOf(TENANT)).map(({ name }) => name)).not.toContain('admin');
      const before = await total();
      await again();
      expect(await total()).toEqual(before);
    });
  });
});
