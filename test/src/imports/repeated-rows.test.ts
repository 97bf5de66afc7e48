import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IfExists, ImportRow, RowInputs, RowKind } from '../../../src/imports/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const row = <K extends RowKind>(kind: K, name: string, input: RowInputs[K], owner = ''): ImportRow =>
  ({ kind, owner, name, input }) as ImportRow;
const user = (username: string, more: Partial<RowInputs['user']> = {}): ImportRow =>
  row('user', username, { user: { username }, roles: [], groups: [], credentials: [], links: [], ...more });
const client = (clientId: string, more: Partial<RowInputs['client']> = {}): ImportRow =>
  row('client', clientId, { clientId, grantTypes: ['client_credentials'], ...more });

describe('an import', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  async function outcomes(tenant: TenantRef, rows: readonly ImportRow[], ifExists: IfExists = 'skip', isMade = false) {
    const { imports } = world.services;
    const authority = world.system(tenant);
    const { id } = await imports.begin(authority, ifExists, isMade);
    const written = await imports.write(authority, id, rows);
    await imports.finish(authority, id);
    return written.map(({ outcome, faults }) => [outcome, ...faults.map(({ reason }) => reason)].join(' '));
  }

  describe('of what was deleted since an earlier one', () => {
    it('writes it again with its parts, and nothing else', async () => {
      const tenant = await world.tenant();
      const authority = world.system(tenant);
      const rows = [
        row('role', 'captain', { name: 'captain' }),
        row('role', 'crew', { name: 'crew' }),
        row('roleChildren', 'captain', { children: [{ name: 'crew' }] }),
        client('oars', { hasServiceAccount: true }),
        row('clientRole', 'row', { name: 'row' }, 'oars'),
        row('serviceAccount', 'oars', { roles: [{ name: 'crew' }], groups: [] }),
        user('ola'),
        user('per', { user: { username: 'per', id: newId() } }),
      ];
      expect(new Set(await outcomes(tenant, rows))).toEqual(new Set(['added']));
      const { clients, endAccess, roles, users } = world.services;
      await roles.delete(authority, (await roles.findByName(tenant.id, 'captain'))!.id);
      const idOf = async (username: string) => (await users.findByUsername(authority, username))!.id;
      await endAccess.delete(authority, await idOf('ola'));
      await world.services.tenants.updateSettings(authority, { changeUsername: true });
      await users.update(authority, await idOf('per'), { username: 'per-olof' });
      const again = ['added', 'same', 'added', 'same', 'same', 'same', 'added', 'same'];
      expect(await outcomes(tenant, rows)).toEqual(again);
      expect(await outcomes(tenant, rows)).toEqual(rows.map(() => 'same'));
      const captain = (await roles.findByName(tenant.id, 'captain'))!;
      expect((await roles.childrenOf(tenant.id, [captain.id], null)).get(captain.id)).toHaveLength(1);
      expect(await clients.find(authority, { clientId: 'oars' })).not.toBeNull();
    });

    it('writes parts again that come in a later request', async () => {
      const tenant = await world.tenant();
      const authority = world.system(tenant);
      const [captain, crew, inside] = [
        row('role', 'captain', { name: 'captain' }),
        row('role', 'crew', { name: 'crew' }),
        row('roleChildren', 'captain', { children: [{ name: 'crew' }] }),
      ];
      await outcomes(tenant, [captain, crew, inside]);
      const { imports, roles } = world.services;
      await roles.delete(authority, (await roles.findByName(tenant.id, 'captain'))!.id);
      const { id } = await imports.begin(authority);
      const outcome = async (one: ImportRow) => (await imports.write(authority, id, [one]))[0]!.outcome;
      expect([await outcome(captain), await outcome(inside)]).toEqual(['added', 'added']);
    });
  });

  it('does not tell who overwrites nothing whether a secret is the one that was imported', async () => {
    const tenant = await world.tenant();
    const withSecret = (text: string) => [
      client('oars', { secret: { text } }),
      user('ola', { credentials: [{ type: 'password', value: text }] }),
    ];
    await outcomes(tenant, withSecret('three-wombats-at-dawn'));
    const right = await outcomes(tenant, withSecret('three-wombats-at-dawn'));
    expect(await outcomes(tenant, withSecret('four-wombats-at-dawn'))).toEqual(right);
    expect(await outcomes(tenant, withSecret('four-wombats-at-dawn'), 'overwrite')).toEqual(['changed', 'changed']);
    // What a role has is no secret.
    await outcomes(tenant, [row('role', 'crew', { name: 'crew' })]);
    expect(await outcomes(tenant, [row('role', 'crew', { name: 'crew', description: 'Rows.' })])).toEqual(['skipped']);
  });

  it('is interrupted where nothing was written for ten minutes, and goes on', async () => {
    const tenant = await world.tenant();
    const authority = world.system(tenant);
    const { imports } = world.services;
    const { id } = await imports.begin(authority);
    const state = async () => imports.stateOf((await imports.find(authority, id))!);
    expect(await state()).toBe('running');
    world.clock.advance(600);
    expect(await state()).toBe('running');
    world.clock.advance(1);
    expect(await state()).toBe('interrupted');
    await imports.write(authority, id, [user('ola')]);
    expect(await state()).toBe('running');
    await imports.finish(authority, id);
    world.clock.advance(601);
    expect(await state()).toBe('complete');
  });

  it('keeps the UUIDs of clients, where they are free and no tenant may have them', async () => {
    const tenant = await world.tenant();
    const authority = world.system(tenant);
    const [id, other] = [newId(), newId()] as const;
    const rows = [
      client('oars', { id: id.toUpperCase() }),
      client('sails', { id }),
      client(other),
      client('rudder', { id: other }),
      client('anchor', { id: '00000000-0000-0000-0000-000000000000' }),
      client('bell', { id: 'no-uuid' }),
    ];
    expect(await outcomes(tenant, rows)).toEqual([
      'added',
      'refused CLIENT_ID_TAKEN',
      'added',
      'refused CLIENT_ID_TAKEN',
      'refused UUID_INVALID',
      'refused UUID_INVALID',
    ]);
    const idOf = async (clientId: string, at = authority) => (await world.services.clients.find(at, { clientId }))?.id;
    expect(await idOf('oars')).toBe(id);
    expect(await outcomes(tenant, [client('oars', { id: newId(), name: 'Oars' })], 'overwrite')).toEqual(['changed']);
    expect(await idOf('oars')).toBe(id);
    const master = await world.tenant({ name: 'master' });
    expect(await outcomes(master, [client('oars', { id: tenant.id })])).toEqual(['added']);
    expect(await idOf('oars', world.system(master))).not.toBe(tenant.id);
  });

  it('brings texts and the profile of users, which does not hold for the users that it brings', async () => {
    const tenant = await world.tenant();
    const rows = [
      row('texts', 'de', { texts: { hello: 'Moin', bye: 'Tschüs' } }),
      row('texts', 'no language', { texts: { hello: 'x' } }),
      row('userProfile', '', { profile: { attributes: [{ name: 'username' }, { name: 'email' }] } }),
      row('userProfile', 'wrong', { profile: { attributes: 7 } }),
      user('ola', { user: { username: 'ola', givenName: 'Ola', attributes: { berth: ['7'] } } }),
    ];
    const authority = world.system(tenant);
    await world.services.tenants.updateSettings(authority, { texts: { de: { hello: 'Hallo', more: 'Mehr' } } });
    expect(await outcomes(tenant, rows.slice(0, 3), 'skip')).toEqual(['skipped', 'skipped', 'skipped']);
    const [texts, language, profile, wrong, ola] = await outcomes(tenant, rows, 'skip', true);
    expect([texts, profile, ola]).toEqual(['added', 'added', 'added']);
    expect([language, wrong]).toEqual([expect.stringMatching(/^refused /), expect.stringMatching(/^refused /)]);
    const { settings } = (await world.services.directory.byId(tenant.id))!;
    expect(settings.texts).toEqual({ de: { hello: 'Moin', bye: 'Tschüs', more: 'Mehr' } });
    expect(settings.userProfile).toMatchObject({ attributes: [{ name: 'username' }, { name: 'email' }] });
    expect(await world.services.users.findByUsername(authority, 'ola')).toMatchObject({
      givenName: 'Ola',
      attributes: { berth: ['7'] },
    });
    const changed = [row('texts', 'de', { texts: { hello: 'Hei' } }), rows[2]!];
    expect(await outcomes(tenant, changed, 'overwrite')).toEqual(['changed', 'same']);
  });
});
