import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority, PermissionSet, parseScope } from '../../../src/access/index.ts';
import { ImportStore } from '../../../src/imports/import.store.ts';
import type { IfExists, ImportRow, RowInputs, RowKind } from '../../../src/imports/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const row = <K extends RowKind>(kind: K, name: string, input: RowInputs[K], owner = ''): ImportRow =>
  ({ kind, owner, name, input }) as ImportRow;
const user = (username: string, more: Partial<RowInputs['user']> = {}): ImportRow =>
  row('user', username, { user: { username }, roles: [], groups: [], credentials: [], links: [], ...more });

const FISHING: readonly ImportRow[] = [
  row('settings', '', { displayName: 'Reeds' }),
  row('role', 'captain', { name: 'captain', description: 'Steers.', attributes: { rank: ['1'] } }),
  row('role', 'crew', { name: 'crew' }),
  row('clientScope', 'berth', { name: 'berth', mappers: [{ name: 'm', type: 'oidc-full-name-mapper', config: {} }] }),
  row('client', 'oars', { clientId: 'oars', grantTypes: ['client_credentials'], hasServiceAccount: true }),
  row('clientRole', 'row', { name: 'row' }, 'oars'),
  row('roleChildren', 'captain', { children: [{ name: 'crew' }, { name: 'row', clientId: 'oars' }] }),
  row('clientRoleChildren', 'row', { children: [{ name: 'crew' }] }, 'oars'),
  row('clientScopeRoles', 'oars', { roles: [{ name: 'crew' }] }),
  row('scopeScopeRoles', 'berth', { roles: [{ name: 'row', clientId: 'oars' }] }),
  row('group', '/boats', { name: 'boats', parentPath: null, attributes: { hull: ['oak'] }, roles: [{ name: 'crew' }] }),
  row('group', '/boats/punts', { name: 'punts', parentPath: '/boats', roles: [] }),
  row('defaultGroup', '/boats', {}),
  row('provider', 'lake', {
    name: 'lake',
    type: 'oauth2',
    clientId: 'us',
    clientSecret: 'a-secret-of-the-lake',
    authorizationEndpoint: 'https://lake.example/authorize',
    tokenEndpoint: 'https://lake.example/token',
    userinfoEndpoint: 'https://lake.example/userinfo',
    scope: 'profile',
  }),
  row('serviceAccount', 'oars', { roles: [{ name: 'crew' }], groups: ['/boats/punts'] }),
  user('ola', {
    user: { username: 'ola', email: 'ola@reeds.example', enabled: true, attributes: { berth: ['7'] } },
    roles: [{ name: 'captain' }, { name: 'row', clientId: 'oars' }],
    groups: ['/boats/punts'],
    links: [{ provider: 'lake', externalId: '17', externalName: 'ola17' }],
    credentials: [{ type: 'password', value: 'three-wombats-at-dawn' }],
  }),
];

describe('an import', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  const countEvents = async (tenant: TenantRef): Promise<number> => (await world.events(tenant)).length;
  const outcomesOf = (rows: readonly { readonly outcome: string }[]): string[] => rows.map(({ outcome }) => outcome);

  /** A whole import of rows. */
  async function importInto(
    tenant: TenantRef,
    rows: readonly ImportRow[],
    ifExists: IfExists = 'skip',
    hasMadeTenant = false,
  ) {
    const authority = world.system(tenant);
    const { imports } = world.services;
    const { id } = await imports.begin(authority, ifExists, hasMadeTenant);
    const written = await imports.write(authority, id, rows);
    return { written, ended: await imports.finish(authority, id) };
  }

  it('writes every kind of rows', async () => {
    const tenant = await world.tenant();
    const { written, ended } = await importInto(tenant, FISHING, 'skip', true);
    expect(written.filter(({ faults }) => faults.length > 0)).toEqual([]);
    expect(new Set(outcomesOf(written))).toEqual(new Set(['added']));
    expect(ended).toMatchObject({
      state: 'complete',
      faultCount: 0,
      tallies: { role: { added: 2 }, user: { added: 1 } },
    });

    const authority = world.system(tenant);
    const ola = (await world.services.users.findByUsername(authority, 'ola'))!;
    expect(ola).toMatchObject({ email: 'ola@reeds.example', attributes: { berth: ['7'] } });
    const roles = await world.services.roles.effectiveOf(tenant.id, 'user', [ola.id]);
    expect(roles.get(ola.id)!.map(({ name }) => name)).toEqual(expect.arrayContaining(['captain', 'crew', 'row']));
    const links = await world.services.federationLinks.ofUsers(tenant.id, [ola.id]);
    expect(links.get(ola.id)).toMatchObject([{ providerName: 'lake', externalId: '17' }]);
    const punts = await world.services.groups.find(authority, { path: '/boats/punts' });
    const members = await world.services.groupMembers.firstOf(tenant.id, [punts!.id], 10);
    expect(members.get(punts!.id)!.map(({ userId }) => userId)).toContain(ola.id);
    const verdict = await world.services.signIn.provePassword(authority, {
      username: 'ola',
      password: 'three-wombats-at-dawn',
    });
    expect(verdict.id).toBe(ola.id);
  });

  it('changes nothing and writes no event when it is repeated', async () => {
    const tenant = await world.tenant();
    await importInto(tenant, FISHING, 'overwrite');
    const before = await countEvents(tenant);
    const { written, ended } = await importInto(tenant, FISHING, 'overwrite');
    expect(new Set(outcomesOf(written))).toEqual(new Set(['same']));
    expect(ended.state).toBe('complete');
    expect(await countEvents(tenant)).toBe(before);
  });

  it('goes on where an interrupted one ended', async () => {
    const tenant = await world.tenant();
    const authority = world.system(tenant);
    const { id } = await world.services.imports.begin(authority, 'skip', true);
    await world.services.imports.write(authority, id, FISHING.slice(0, 5));
    world.clock.advance(60);
    const { written } = await importInto(tenant, FISHING);
    expect(outcomesOf(written)).toEqual([...Array(5).fill('same'), ...Array(FISHING.length - 5).fill('added')]);
  });

  it('leaves what is there as it is, or overwrites it', async () => {
    const tenant = await world.tenant();
    const authority = world.system(tenant);
    const { users } = world.services;
    await users.create(authority, { username: 'ola', givenName: 'Ola', attributes: { berth: '7', hull: 'oak' } });
    const rows = [
      user('ola', { user: { username: 'OLA', givenName: 'Other', enabled: false, attributes: { berth: '8' } } }),
    ];
    expect(outcomesOf((await importInto(tenant, rows)).written)).toEqual(['skipped']);
    expect(await users.findByUsername(authority, 'ola')).toMatchObject({ givenName: 'Ola', enabled: true });
    expect(outcomesOf((await importInto(tenant, rows, 'overwrite')).written)).toEqual(['changed']);
    expect(await users.findByUsername(authority, 'ola')).toMatchObject({
      username: 'ola',
      givenName: 'Other',
      enabled: false,
      attributes: { berth: '8' },
    });
  });

  describe('with parts of things', () => {
    const PARTS: readonly ImportRow[] = [
      row('settings', '', { displayName: 'Mine' }),
      row('roleChildren', 'crew', { children: [{ name: 'captain' }] }),
      row('clientRoleChildren', 'row', { children: [{ name: 'captain' }] }, 'oars'),
      row('clientScopeRoles', 'oars', { roles: [{ name: 'captain' }] }),
      row('scopeScopeRoles', 'berth', { roles: [{ name: 'captain' }] }),
      row('defaultGroup', '/boats/punts', {}),
      row('serviceAccount', 'oars', { roles: [{ name: 'captain' }], groups: [] }),
    ];
    const AGAIN = FISHING.filter(({ kind }) => ['role', 'client', 'clientRole', 'clientScope', 'group'].includes(kind));
    const CHILDLESS = FISHING.filter(({ kind }) => kind !== 'roleChildren' && kind !== 'clientRoleChildren');

    it('writes none to what was there before, unless it overwrites', async () => {
      const tenant = await world.tenant();
      await importInto(tenant, CHILDLESS, 'skip', true);
      world.clock.advance(60);
      const before = await countEvents(tenant);
      const { written, ended } = await importInto(tenant, [...AGAIN, ...PARTS]);
      const outcomes = PARTS.map(({ kind }) => (kind === 'settings' ? 'same' : 'skipped'));
      expect(outcomesOf(written)).toEqual([...AGAIN.map(() => 'same'), ...outcomes]);
      expect(ended.state).toBe('complete');
      expect(await countEvents(tenant)).toBe(before);
      expect(outcomesOf((await importInto(tenant, PARTS, 'overwrite')).written)).toEqual(PARTS.map(() => 'changed'));
    });

    it('writes those of what it made itself, in this request or an earlier one', async () => {
      const tenant = await world.tenant();
      const { imports } = world.services;
      const authority = world.system(tenant);
      const { id } = await imports.begin(authority);
      const crews = ['crew', 'captain', 'mate'].map((name) => row('role', name, { name }));
      await imports.write(authority, id, crews);
      world.clock.advance(60);
      const inside = row('roleChildren', 'captain', { children: [{ name: 'crew' }] });
      expect(outcomesOf(await imports.write(authority, id, [inside]))).toEqual(['added']);
      world.clock.advance(60);
      // The import before was interrupted, and this one goes on with it.
      const next = row('roleChildren', 'mate', { children: [{ name: 'crew' }] });
      expect(outcomesOf((await importInto(tenant, [...crews, next])).written)).toEqual([
        ...crews.map(() => 'same'),
        'added',
      ]);
      world.clock.advance(60);
      const late = row('roleChildren', 'crew', { children: [] });
      expect(outcomesOf((await importInto(tenant, [...crews, late])).written)).toEqual([
        ...crews.map(() => 'same'),
        'skipped',
      ]);
    });

    it('gives nobody what roles that every user has are to contain, in a tenant that was there', async () => {
      const tenant = await world.tenant({ template: 'realm' });
      const rows = [
        row('role', 'captain', { name: 'captain' }),
        row('roleChildren', `default-roles-${tenant.name}`, { children: [{ name: 'captain' }] }),
      ];
      expect(outcomesOf((await importInto(tenant, rows)).written)).toEqual(['added', 'skipped']);
      expect(outcomesOf((await importInto(tenant, rows, 'overwrite')).written)).toEqual(['same', 'changed']);
    });
  });

  it('overwrites roles, clients, scopes, groups and providers with other contents', async () => {
    const tenant = await world.tenant();
    await importInto(tenant, FISHING);
    const changed = [
      row('role', 'captain', { name: 'captain', description: 'Commands.', attributes: {} }),
      row('client', 'oars', { clientId: 'oars', name: 'Oars', secret: { text: 'a-secret-of-the-reeds' } }),
      row('clientScope', 'berth', { name: 'berth', description: 'Where one sleeps.' }),
      row('group', '/boats', { name: 'boats', parentPath: null, attributes: { hull: ['elm'] }, roles: [] }),
      row('provider', 'lake', { name: 'lake', type: 'oauth2', clientId: 'us', displayName: 'Lake' }),
    ];
    const { written } = await importInto(tenant, changed, 'overwrite');
    expect(outcomesOf(written)).toEqual(Array(5).fill('changed'));
    const authority = world.system(tenant);
    expect(await world.services.clients.find(authority, { clientId: 'oars' })).toMatchObject({ name: 'Oars' });
    expect(await world.services.groups.find(authority, { path: '/boats' })).toMatchObject({
      attributes: { hull: ['elm'] },
    });
  });

  it('reports rows that a rule refuses, and writes the others', async () => {
    const tenant = await world.tenant();
    const { written, ended } = await importInto(tenant, [
      user('ola'),
      user('bad/name'),
      user('kim', { roles: [{ name: 'nobody' }] }),
      user('lee', { roles: [{ name: 'x', clientId: 'unknown' }] }),
      user('max', { groups: ['/nowhere'] }),
      user('ned', { links: [{ provider: 'nowhere', externalId: '1' }] }),
      user('pat'),
      row('group', '/a/b', { name: 'b', parentPath: '/a', roles: [] }),
      row('clientRole', 'r', { name: 'r' }, 'unknown'),
      row('serviceAccount', 'unknown', { roles: [], groups: [] }),
      row('scopeScopeRoles', 'unknown', { roles: [] }),
      row('clientScopeRoles', 'unknown', { roles: [] }),
      row('roleChildren', 'unknown', { children: [] }),
    ]);
    expect(written.filter(({ outcome }) => outcome === 'added').map(({ name }) => name)).toEqual(['ola', 'pat']);
    expect(ended).toMatchObject({ state: 'reported', faultCount: 11, tallies: { user: { added: 2, refused: 5 } } });
    expect(ended.faults!.map(({ name, reason }) => [name, reason])).toEqual(
      expect.arrayContaining([
        ['bad/name', 'USER_USERNAME_INVALID'],
        ['kim', 'ROLE_NOT_FOUND'],
        ['max', 'GROUP_NOT_FOUND'],
      ]),
    );
    const kim = await world.services.users.findByUsername(world.system(tenant), 'kim');
    expect(kim).toBeNull();
  });

  it('takes users whose password has an unknown hash without it, and demands another', async () => {
    const tenant = await world.tenant();
    const rows = [
      user('ola', { credentials: [{ type: 'password', credentialData: '{}', secretData: '{"value":"eA=="}' }] }),
    ];
    for (const outcome of ['added', 'same']) {
      const { written, ended } = await importInto(tenant, rows);
      expect(written).toMatchObject([{ outcome, faults: [{ reason: 'HASH_UNKNOWN', at: 'credentials.0' }] }]);
      expect(ended.state).toBe('reported');
    }
    const ola = await world.services.users.findByUsername(world.system(tenant), 'ola');
    expect(ola!.requiredActions).toEqual(['UPDATE_PASSWORD']);
  });

  it('refuses a cycle of roles, and leaves roles and clients of the service as they are', async () => {
    const tenant = await world.tenant();
    const { written } = await importInto(
      tenant,
      [
        row('role', 'a', { name: 'a' }),
        row('role', 'b', { name: 'b' }),
        row('roleChildren', 'a', { children: [{ name: 'b' }] }),
        row('roleChildren', 'b', { children: [{ name: 'a' }] }),
        row('role', 'tenant-administrator', { name: 'tenant-administrator', description: 'Mine.' }),
      ],
      'overwrite',
    );
    expect(outcomesOf(written).slice(0, 4)).toEqual(['added', 'added', 'added', 'refused']);
    expect(written[3]!.faults).toMatchObject([{ reason: 'ROLE_CYCLE' }]);
  });

  it('is refused wholly to callers who may not write all of its kinds', async () => {
    const tenant = await world.tenant();
    const permissions = new PermissionSet(['role:create', 'role:write'].map((scope) => parseScope(scope)!));
    const { caller } = world.system(tenant);
    const authority = new Authority({ ...caller, kind: 'client', tenant, permissions } as never, tenant, 'tenant');
    const { imports } = world.services;
    const { id } = await imports.begin(authority);
    const rows = [row('role', 'crew', { name: 'crew' }), user('ola')];
    await expect(imports.write(authority, id, rows)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await world.services.roles.findByName(tenant.id, 'crew')).toBeNull();
    expect(outcomesOf(await imports.write(authority, id, rows.slice(0, 1)))).toEqual(['added']);
  });

  it('belongs to its tenant, and takes no rows after its end', async () => {
    const { imports } = world.services;
    const [tenant, other] = [await world.tenant(), await world.tenant()];
    const [own, foreign] = [world.system(tenant), world.system(other)];
    const { id } = await imports.begin(own);
    expect(await imports.find(foreign, id)).toBeNull();
    await expect(imports.write(foreign, id, [user('ola')])).rejects.toMatchObject({ code: 'IMPORT_NOT_FOUND' });
    await expect(imports.finish(foreign, id)).rejects.toMatchObject({ code: 'IMPORT_NOT_FOUND' });
    await expect(imports.finish(own, 'no-id')).rejects.toMatchObject({ code: 'IMPORT_NOT_FOUND' });
    expect(await imports.find(own, 'no-id')).toBeNull();
    await imports.finish(own, id);
    await expect(imports.write(own, id, [user('ola')])).rejects.toMatchObject({ code: 'IMPORT_ENDED' });
    await expect(imports.finish(own, id)).rejects.toMatchObject({ code: 'IMPORT_ENDED' });
    expect(await countEvents(tenant)).toBe(await countEvents(other));
  });

  it('keeps the first 1,000 faults, and counts the others', async () => {
    const { imports } = world.services;
    const authority = world.system(await world.tenant());
    const { id } = await imports.begin(authority);
    const fault = { kind: 'REALM', owner: '', name: '', reason: 'MALFORMED', at: 'roles' };
    await imports.report(authority, id, [], Array(999).fill(fault));
    await imports.report(authority, id, [], Array(5).fill(fault));
    await imports.report(authority, id, []);
    const ended = await imports.finish(authority, id);
    expect([ended.faults!.length, ended.faultCount]).toEqual([1_000, 1_004]);
  });

  it('keeps little of long faults, in text that can be stored', async () => {
    const { imports } = world.services;
    const authority = world.system(await world.tenant());
    const { id } = await imports.begin(authority);
    const long = `\0${'\u{1F6F6}'.repeat(8_000)}`;
    const fault = { kind: long, owner: long, name: long, reason: long, at: long };
    await imports.report(authority, id, [], Array(600).fill(fault));
    const { faults } = await imports.finish(authority, id);
    expect(faults![0]!.name).toHaveLength(255);
    expect(Buffer.byteLength(JSON.stringify(faults))).toBeLessThanOrEqual(256 * 1024);
  });

  it('takes few passwords in plain text at once, and looks at none of users who are there', async () => {
    const tenant = await world.tenant();
    const authority = world.system(tenant);
    const { imports } = world.services;
    const withPassword = (name: string, value: string) => user(name, { credentials: [{ type: 'password', value }] });
    const { id } = await imports.begin(authority);
    const many = Array.from({ length: 51 }, (_, place) => withPassword(`rower-${place}`, 'three-wombats-at-dawn'));
    await expect(imports.write(authority, id, many)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(imports.writeTogether(authority, many, 'skip')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await world.services.users.findByUsername(authority, 'rower-0')).toBeNull();
    await world.newUser(tenant, { username: 'ola' });
    // A password that is too long is refused when it is hashed.
    const rows = [withPassword('ola', 'x'.repeat(2_000)), withPassword('kim', 'x'.repeat(2_000))];
    expect(outcomesOf(await imports.write(authority, id, rows))).toEqual(['skipped', 'refused']);
  });

  it('refuses users with more than 1,000 of a kind', async () => {
    const tenant = await world.tenant();
    const link = { provider: 'lake', externalId: '1' };
    const rows = [
      user('ola', { links: Array(1_001).fill(link) }),
      user('kim', { credentials: Array(1_001).fill({ type: 'other' }) }),
    ];
    expect((await importInto(tenant, rows)).written.map(({ faults }) => faults)).toMatchObject([
      [{ reason: 'LIST_TOO_LONG', at: 'links' }],
      [{ reason: 'LIST_TOO_LONG', at: 'credentials' }],
    ]);
  });

  it('is not refused where the database cannot count its users anew', async () => {
    const failing = vi.spyOn(ImportStore.prototype, 'refreshStatistics').mockRejectedValueOnce(new Error('not now'));
    try {
      expect(outcomesOf((await importInto(await world.tenant(), [user('ola')])).written)).toEqual(['added']);
      expect(failing).toHaveBeenCalledTimes(1);
    } finally {
      failing.mockRestore();
    }
  });

  it('lets the database count its users anew, once it has added many', async () => {
    const tenant = await world.tenant();
    const countedUsers = async (): Promise<number> => {
      const counted = sql<{
        known: number;
      }>`select reltuples::float8 as known from pg_class where oid = 'users'::regclass`;
      return (await counted.execute(world.db.read())).rows[0]!.known;
    };
    await sql`update pg_class set reltuples = -1 where oid = 'users'::regclass`.execute(world.db.read());
    const users = Array.from({ length: 500 }, (_, place) => user(`rower-${place}`));
    const { imports } = world.services;
    const { id } = await imports.begin(world.system(tenant));
    await imports.write(world.system(tenant), id, users.slice(0, 499));
    expect(await countedUsers()).toBe(-1);
    await imports.write(world.system(tenant), id, users);
    expect(await countedUsers()).toBeGreaterThanOrEqual(500);
  });

  describe('of rows that are written together', () => {
    const write = (tenant: TenantRef, rows: readonly ImportRow[], ifExists: IfExists | 'fail') =>
      world.services.imports.writeTogether(world.system(tenant), rows, ifExists);

    it('are all written, and what is there is treated as the caller says', async () => {
      const tenant = await world.tenant();
      const crew = row('role', 'crew', { name: 'crew', description: 'Rows.' });
      expect(outcomesOf(await write(tenant, [crew, user('ola')], 'fail'))).toEqual(['added', 'added']);
      expect(outcomesOf(await write(tenant, [crew, user('kim')], 'skip'))).toEqual(['skipped', 'added']);
      expect(outcomesOf(await write(tenant, [crew, user('lee')], 'overwrite'))).toEqual(['changed', 'added']);
      expect(await write(tenant, [], 'fail')).toEqual([]);
    });

    it('leave alone what belongs to things that stay', async () => {
      const tenant = await world.tenant();
      const roles = [row('role', 'crew', { name: 'crew' }), row('role', 'captain', { name: 'captain' })];
      await write(tenant, roles, 'fail');
      const inside = row('roleChildren', 'captain', { children: [{ name: 'crew' }] });
      expect(outcomesOf(await write(tenant, [...roles, inside], 'skip'))).toEqual(['skipped', 'skipped', 'skipped']);
      expect(outcomesOf(await write(tenant, [...roles, inside], 'overwrite'))).toEqual([
        'changed',
        'changed',
        'changed',
      ]);
    });

    it('writes none where one is refused, or is there already and must not be', async () => {
      const tenant = await world.tenant();
      await write(tenant, [user('ola')], 'fail');
      const before = await countEvents(tenant);
      for (const [refusing, reason] of [
        [user('OLA'), 'CONFLICT'],
        [user('bad/name'), 'USER_USERNAME_INVALID'],
        [user('max', { groups: ['/nowhere'] }), 'GROUP_NOT_FOUND'],
      ] as const) {
        const written = await write(tenant, [row('role', 'crew', { name: 'crew' }), refusing, user('pat')], 'fail');
        expect(written).toMatchObject([{ name: refusing.name, outcome: 'refused', faults: [{ reason }] }]);
      }
      expect(await world.services.roles.findByName(tenant.id, 'crew')).toBeNull();
      expect(await countEvents(tenant)).toBe(before);
    });

    it('refuse parts of what is there, unless the service made it', async () => {
      const tenant = await world.tenant({ template: 'realm' });
      const roles = [row('role', 'crew', { name: 'crew' }), row('role', 'captain', { name: 'captain' })];
      const inside = (name: string) => row('roleChildren', name, { children: [{ name: 'crew' }] });
      expect(outcomesOf(await write(tenant, [...roles, inside('captain')], 'fail'))).toEqual(Array(3).fill('added'));
      const conflict = [{ outcome: 'refused', faults: [{ reason: 'CONFLICT' }] }];
      expect(await write(tenant, [inside('captain')], 'fail')).toMatchObject(conflict);
      expect(await write(tenant, [row('settings', '', { displayName: 'Mine' })], 'fail')).toMatchObject(conflict);
      const ofEveryUser = inside(`default-roles-${tenant.name}`);
      expect(outcomesOf(await write(tenant, [ofEveryUser], 'fail'))).toEqual(['skipped']);
    });

    it('cause at most 5,000 events', async () => {
      const tenant = await world.tenant();
      const rows = Array.from({ length: 26 }, (_, place) =>
        user(`rower-${place}`, { groups: Array(200).fill('/boats') }),
      );
      await expect(write(tenant, rows, 'skip')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(await write(tenant, rows.slice(0, 24), 'skip')).toMatchObject([{ outcome: 'refused' }]);
    });

    it('takes at most 1,000', async () => {
      const tenant = await world.tenant();
      await expect(write(tenant, Array(1_001).fill(user('ola')), 'skip')).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    });
  });
});
