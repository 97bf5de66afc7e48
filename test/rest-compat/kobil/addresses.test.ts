import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 5 });
const NO_USER = [404, answer('User does not exist', 'USER_NOT_FOUND')];
const NO_ADDRESS = [404, answer('Invalid address', 'NOT_FOUND')];
const MISSING = [400, answer('Mandatory data is missing', 'BAD_REQUEST')];
const ADDED = [200, answer('Address added successfully')];
const CHANGED = [200, answer('Address changed successfully.')];
const DELETED = [200, answer('Address deleted successfully')];

const SENT = {
  postalCode: '9000',
  addressDetails: 'Coupure 12\nbus 3',
  addressTitle: 'The mill',
  addressType: 'Second home',
  city: 'Ghent',
  cityCode: '44021',
  directions: 'Behind the lock',
  district: 'East Flanders',
  districtCode: '40000',
  firstName: 'Inge',
  lastName: 'Claes',
  town: 'Drongen',
  townCode: '9031',
};
/** What is answered for members that were not sent. */
const EMPTY = {
  ...Object.fromEntries(Object.keys(SENT).map((name) => [name, ''])),
  direction: '',
  defaultAddress: 'false',
};

describe('KOBIL: addresses of users', () => {
  const kobil = kobilOfSuite();
  let token: string;
  let user: User;
  let count = 0;
  beforeAll(() => {
    token = kobil.token(kobil.acme, 'user:write');
  });
  beforeEach(async () => {
    user = await kobil.world.newUser(kobil.acme, { username: `Lock.Keeper${++count}` });
  });
  const ask = (method: string, path: string, body?: unknown, prefix = '/auth') =>
    kobil.ask(method, `${prefix}/realms/acme/address/${path}`, { token, body });
  const add = (body: unknown, userId = user.username) => ask('POST', `${userId}/add`, body);
  const list = async (userId = user.id) => {
    const [status, json] = await ask('GET', userId);
    const { data, ...rest } = json as { data: Record<string, string>[] };
    expect([status, rest]).toEqual([200, answer('Address info fetched successfully')]);
    return data;
  };
  const idsOf = async () => (await list()).map(({ addressID }) => addressID!);

  it('25 and 26 add addresses and list them, with every member, oldest first', async () => {
    expect(await list()).toEqual([]);
    expect(await add({ ...SENT, defaultAddress: true, unheardOf: 1 })).toEqual(ADDED);
    expect(await ask('POST', `${user.username.toUpperCase()}/add/`, { postalCode: '0150' }, '')).toEqual(ADDED);
    const id = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(await list()).toEqual([
      { ...SENT, addressID: id, direction: 'Behind the lock', defaultAddress: 'true' },
      { ...EMPTY, addressID: id, postalCode: '0150' },
    ]);
    expect(new Set(await idsOf()).size).toBe(2);
  });

  it('25 refuses a body without postal code, and one with a member of another type', async () => {
    for (const body of [
      {},
      { postalCode: '' },
      { postalCode: '  ' },
      { postalCode: null },
      { postalCode: 9000 },
      { ...SENT, city: 3 },
      { ...SENT, defaultAddress: 'true' },
      { ...SENT, town: 'x'.repeat(256) },
      [],
      undefined,
    ])
      expect(await add(body)).toEqual(MISSING);
    const headers = { 'content-type': 'application/json' };
    expect(await kobil.ask('POST', `/realms/acme/address/${user.id}/add`, { token, body: '{', headers })).toEqual(
      MISSING,
    );
    expect(await list()).toEqual([]);
  });

  it('25 refuses the 51st address', async () => {
    const { userAddresses } = kobil.world.services;
    for (let at = 0; at < 50; at++) await userAddresses.add(kobil.world.system(kobil.acme), user.id, {});
    expect(await add(SENT)).toEqual([400, answer('Too many addresses', 'BAD_REQUEST')]);
  });

  it('27 changes what is given, by PUT and by POST; the rest stays', async () => {
    await add(SENT);
    const [addressID] = await idsOf();
    expect(await ask('PUT', `${user.username}/edit`, { addressID, lastName: 'Maes', addressType: 'Work' })).toEqual(
      CHANGED,
    );
    const second = { addressID: addressID!.toUpperCase(), city: '', town: null, defaultAddress: true };
    expect(await ask('POST', `${user.id}/edit`, second, '')).toEqual(CHANGED);
    expect(await ask('PUT', `${user.id}/edit`, { addressID })).toEqual(CHANGED);
    expect(await list()).toEqual([
      {
        ...SENT,
        addressID,
        lastName: 'Maes',
        addressType: 'Work',
        city: '',
        town: '',
        direction: 'Behind the lock',
        defaultAddress: 'true',
      },
    ]);
  });

  it('25 and 27 make one address the default, and 28 leaves none', async () => {
    await add({ postalCode: '1', defaultAddress: true });
    await add({ postalCode: '2', defaultAddress: true });
    const [first, second] = await idsOf();
    const defaults = async () => (await list()).map(({ defaultAddress }) => defaultAddress);
    expect(await defaults()).toEqual(['false', 'true']);
    await ask('PUT', `${user.id}/edit`, { addressID: first, defaultAddress: true });
    expect(await defaults()).toEqual(['true', 'false']);
    expect(await ask('DELETE', `${user.username}/delete`, { addressID: first })).toEqual(DELETED);
    expect(await defaults()).toEqual(['false']);
    expect(await ask('DELETE', `${user.username}/delete`, { addressID: first })).toEqual(NO_ADDRESS);
    expect(await ask('DELETE', `${user.id}/delete`, { addressID: second })).toEqual(DELETED);
    expect(await list()).toEqual([]);
  });

  it('27 and 28 refuse a body without address, and one that cannot be used', async () => {
    await add(SENT);
    const [addressID] = await idsOf();
    for (const method of ['PUT', 'POST'])
      for (const body of [{ city: 'Oslo' }, { addressID, postalCode: '' }, { addressID, city: [] }, [], undefined])
        expect(await ask(method, `${user.id}/edit`, body)).toEqual(MISSING);
    for (const body of [{}, { addressID: null }, { addressID: '' }, { addressID: 7 }, [], undefined])
      expect(await ask('DELETE', `${user.id}/delete`, body)).toEqual(MISSING);
    expect(await list()).toMatchObject([SENT]);
  });

  it('27 and 28 refuse an address of another user, of another tenant, and none at all', async () => {
    const { acme, master, world } = kobil;
    const neighbour = await world.newUser(acme);
    const stranger = await world.newUser(master, { username: user.username });
    const theirs = await world.services.userAddresses.add(world.system(acme), neighbour.id, { city: 'Oslo' });
    const elsewhere = await world.services.userAddresses.add(world.system(master), stranger.id, { city: 'Oslo' });
    const none = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
    for (const addressID of [theirs.id, elsewhere.id, none, 'x', 'a~b~c', `usr~${acme.route}~${user.id}`]) {
      expect(await ask('PUT', `${user.id}/edit`, { addressID, city: 'Bergen' })).toEqual(NO_ADDRESS);
      expect(await ask('DELETE', `${user.id}/delete`, { addressID })).toEqual(NO_ADDRESS);
    }
    expect(await list(neighbour.username)).toMatchObject([{ city: 'Oslo' }]);
  });

  it('refuse an unknown user, and one of another tenant', async () => {
    const theirs = await kobil.world.newUser(kobil.master);
    for (const name of ['nobody', '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', 'a~b~c', '%00', theirs.id, theirs.username]) {
      expect(await add(SENT, name)).toEqual(NO_USER);
      expect(await ask('GET', name)).toEqual(NO_USER);
      expect(await ask('PUT', `${name}/edit`, { addressID: 'x' })).toEqual(NO_USER);
      expect(await ask('DELETE', `${name}/delete`, { addressID: 'x' })).toEqual(NO_USER);
    }
  });

  it('read with a permission to read, and refuse accounts with more powers', async () => {
    const reader = kobil.token(kobil.acme, 'user:read');
    expect((await kobil.ask('GET', `/realms/acme/address/${user.id}`, { token: reader }))[0]).toBe(200);
    const at = `/realms/acme/address/${user.id}/add`;
    expect((await kobil.ask('POST', at, { token: reader, body: SENT }))[0]).toBe(403);
    const role = await kobil.world.newRole(kobil.acme, { permissions: ['key:rotate'] });
    await kobil.world.grantRole(kobil.acme, { roleId: role.id, holderKind: 'user', holderId: user.id });
    expect((await add(SENT))[0]).toBe(403);
  });
});
