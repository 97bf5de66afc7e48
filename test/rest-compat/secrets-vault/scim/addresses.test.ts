import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { PATCH_SCHEMA } from '../../../../rest-compat/secrets-vault/scim/patch.ts';
import { USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { newId } from '../../../../src/kernel/index.ts';
import { vaultOfSuite } from '../../../support/vault.ts';

const SCOPES = ['user:read', 'user:create', 'user:write', 'group:read'];

/** An address with every member that SCIM has. */
const WORK = {
  formatted: '100 Universal City Plaza\nHollywood, CA 91608 USA',
  streetAddress: '100 Universal City Plaza\nBuilding 2',
  locality: 'Hollywood',
  region: 'CA',
  postalCode: '91608',
  country: 'US',
  type: 'work',
  primary: true,
};

describe('the addresses of SCIM users', () => {
  const vault = vaultOfSuite();
  let token: string;
  beforeEach(() => {
    token = vault.userToken(vault.acme, newId(), ...SCOPES);
  });

  const ask = (method: string, path: string, body?: object) =>
    vault.rest.ask(method, `/scim/v2/acme${path}`, { token, body });
  const userWith = (addresses?: readonly object[], userName = `user.${newId()}@example.org`) => ({
    schemas: [USER_KIND.schema],
    userName,
    addresses,
  });
  const make = async (addresses?: readonly object[]) => {
    const { status, json } = await ask('POST', '/Users', userWith(addresses));
    expect(status).toBe(201);
    return json;
  };
  const read = async (id: string) => (await ask('GET', `/Users/${id}`)).json;
  const put = async ({ id, userName }: { id: string; userName: string }, addresses?: readonly object[]) => {
    const answer = await ask('PUT', `/Users/${id}`, userWith(addresses, userName));
    expect(answer).toMatchObject({ status: 200 });
    return answer.json;
  };
  const patch = (id: string, ...operations: object[]) =>
    ask('PATCH', `/Users/${id}`, { schemas: [PATCH_SCHEMA], Operations: operations });
  /** The addresses as the API of the other service has them. */
  const other = async (method: string, path: string, body?: object) => {
    const { status, json } = await vault.rest.ask(method, `/auth/realms/acme/address/${path}`, { token, body });
    expect(status, JSON.stringify(json)).toBe(200);
    return json.data;
  };
  const OTHER = {
    addressTitle: 'The mill',
    firstName: 'Inge',
    lastName: 'Claes',
    district: 'East Flanders',
    districtCode: '40000',
    town: 'Drongen',
    townCode: '9031',
    cityCode: '44021',
    directions: 'Behind the lock',
  };

  it('come back as they were sent, and every API shows them', async () => {
    const home = { type: 'home', locality: 'Ghent' };
    const { id, ...made } = await make([WORK, home]);
    expect(made.addresses).toEqual([WORK, home]);
    expect((await read(id)).addresses).toEqual([WORK, home]);
    expect(await other('GET', id)).toMatchObject([
      {
        addressDetails: WORK.streetAddress,
        city: 'Hollywood',
        postalCode: '91608',
        addressType: 'work',
        defaultAddress: 'true',
      },
      { addressDetails: '', city: 'Ghent', postalCode: '', addressType: 'home', defaultAddress: 'false' },
    ]);
    const user = await vault.world.services.users.findIn(vault.acme.id, id);
    expect(user!.profile).not.toHaveProperty('addresses');
  });

  it('`primary` is absent where it is false, and an address without a text is none', async () => {
    const { addresses } = await make([{ locality: 'Ghent', primary: false }, { primary: true }, { primary: false }]);
    expect(addresses).toEqual([{ locality: 'Ghent' }]);
    expect(await make([{ primary: false }])).not.toHaveProperty('addresses');
  });

  it('are shown when another API wrote them, and what SCIM cannot show survives its PUT and PATCH', async () => {
    const user = await make();
    await other('POST', `${user.id}/add`, {
      ...OTHER,
      postalCode: '9000',
      addressDetails: 'Coupure 12',
      addressType: 'home',
      city: 'Ghent',
      defaultAddress: true,
    });
    await vault.world.services.userAddresses.add(vault.world.system(vault.acme), user.id, { title: 'Gate' });
    const shown = { streetAddress: 'Coupure 12', type: 'home', locality: 'Ghent', postalCode: '9000', primary: true };
    expect((await read(user.id)).addresses).toEqual([shown]);
    expect((await put(user, [{ ...shown, country: 'BE' }])).addresses).toEqual([{ ...shown, country: 'BE' }]);
    const changed = await patch(user.id, { op: 'replace', path: 'addresses[type eq "home"].locality', value: 'Gent' });
    expect(changed.json.addresses).toEqual([{ ...shown, country: 'BE', locality: 'Gent' }]);
    const [mill, gate, ...more] = await other('GET', user.id);
    expect(mill).toMatchObject({ ...OTHER, addressDetails: 'Coupure 12', city: 'Gent', defaultAddress: 'true' });
    expect([gate.addressTitle, more]).toEqual(['Gate', []]);
    await put(user);
    expect(await read(user.id)).not.toHaveProperty('addresses');
    expect(await other('GET', user.id)).toEqual([gate]);
  });

  it('are added, changed and removed by operations', async () => {
    const { id } = await make([WORK]);
    const addressesAfter = async (...operations: object[]) => (await patch(id, ...operations)).json.addresses;
    const home = { type: 'home', locality: 'Ghent' };
    expect(await addressesAfter({ op: 'add', path: 'addresses', value: [{ ...home, primary: true }] })).toEqual([
      { ...WORK, primary: undefined },
      { ...home, primary: true },
    ]);
    expect(await addressesAfter({ op: 'remove', path: 'addresses[type eq "work"]' })).toEqual([
      { ...home, primary: true },
    ]);
    expect(await addressesAfter({ op: 'replace', value: { displayName: 'Ada' } })).toHaveLength(1);
    expect(await addressesAfter({ op: 'remove', path: 'addresses' })).toBeUndefined();
  });

  it.each([
    ['more than 50', Array.from({ length: 51 }, (_, at) => ({ locality: `${at}` }))],
    ['two primary ones', [1, 2].map((at) => ({ locality: `${at}`, primary: true }))],
    ['a line of more than 255 characters', [{ locality: 'x'.repeat(256) }]],
    ['a block of more than 1,000 characters', [{ formatted: 'x'.repeat(1001) }]],
    ['a line with a control character', [{ country: 'B\nE' }]],
    ['a text that no database stores', [{ streetAddress: 'a\0b' }]],
  ])('400 invalidValue: %s', async (_, addresses) => {
    const refusal = { status: 400, json: { scimType: 'invalidValue', detail: expect.stringContaining('addresses') } };
    const user = await make([WORK]);
    const change = { op: 'replace', path: 'addresses', value: addresses };
    expect(await ask('POST', '/Users', userWith(addresses))).toMatchObject(refusal);
    expect(await ask('PUT', `/Users/${user.id}`, userWith(addresses, user.userName))).toMatchObject(refusal);
    expect(await patch(user.id, change)).toMatchObject(refusal);
    expect(await read(user.id)).toEqual(user);
  });

  it('move `lastModified`, whichever API changes them, and leave it where nothing changes', async () => {
    const user = await make([WORK]);
    const modified = async () => (await read(user.id)).meta.lastModified;
    const now = () => vault.world.clock.now().toISOString();
    vault.world.clock.advance(60);
    await put(user, [WORK]);
    await patch(user.id, { op: 'add', path: 'addresses', value: [WORK] });
    expect(await modified()).toBe(user.meta.lastModified);
    expect((await put(user, [{ ...WORK, region: 'NV' }])).meta.lastModified).toBe(now());
    vault.world.clock.advance(60);
    await other('POST', `${user.id}/add`, { postalCode: '9000' });
    expect(await modified()).toBe(now());
  });

  it('of earlier versions are shown as before, until a request changes the addresses of the user', async () => {
    const { users } = vault.world.services;
    const admin = vault.world.system(vault.acme);
    const former = [{ type: 'home', locality: 'Ghent', primary: false }];
    const profileOf = async (id: string) => (await users.findIn(vault.acme.id, id))!.profile;
    for (const isPatched of [true, false]) {
      const user = await make();
      await users.update(admin, user.id, { profile: { addresses: former } });
      expect((await read(user.id)).addresses).toEqual(former);
      await patch(user.id, { op: 'replace', path: 'displayName', value: 'Ada' });
      expect(await profileOf(user.id)).toMatchObject({ addresses: former });
      const add = { op: 'add', path: 'addresses', value: [WORK] };
      const { addresses } = isPatched ? (await patch(user.id, add)).json : await put(user, [...former, WORK]);
      expect(addresses).toEqual([{ type: 'home', locality: 'Ghent' }, WORK]);
      expect(await profileOf(user.id)).not.toHaveProperty('addresses');
      expect(await other('GET', user.id)).toHaveLength(2);
    }
  });

  it('are asked for by filters, also where the answer lacks them', async () => {
    const key = newId();
    const { id } = await make([
      { ...WORK, locality: key },
      { type: 'home', region: 'Oost' },
    ]);
    const found = async (filter: string, more = '') => {
      const { json } = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`);
      return json.Resources;
    };
    for (const filter of [
      `addresses.locality eq "${key.toUpperCase()}"`,
      `addresses[type eq "work" and locality eq "${key}"]`,
      `id eq "${id}" and addresses[type eq "home"].region sw "oo"`,
      `id eq "${id}" and addresses.primary eq true`,
    ])
      expect(
        (await found(filter)).map((one: { id: string }) => one.id),
        filter,
      ).toEqual([id]);
    expect(await found(`addresses[type eq "home" and locality eq "${key}"]`)).toEqual([]);
    const [bare] = await found(`addresses.locality eq "${key}"`, '&excludedAttributes=addresses');
    expect([bare.id, 'addresses' in bare]).toEqual([id, false]);
  });

  it('whatever they are, come back from a PUT, and keep the titles that another API gave', async () => {
    const user = await make();
    const admin = vault.world.system(vault.acme);
    await vault.world.services.userAddresses.add(admin, user.id, { title: 'Gate', isDefault: true });
    const text = fc.option(fc.constantFrom('a', 'B', 'é', ' c ', '\u{1f3e0}'), { nil: undefined });
    const address = fc.record({ type: text, streetAddress: text, locality: text, primary: fc.boolean() });
    const lists = fc
      .array(address, { maxLength: 4 })
      .map((all) =>
        all.map((one, at) => ({ ...one, primary: one.primary && all.findIndex((each) => each.primary) === at })),
      );
    /** What is shown of an address, as a text. */
    const key = ({ type, streetAddress, locality, primary }: Record<string, unknown>) =>
      JSON.stringify([type, streetAddress, locality, primary === true]);
    const property = fc.asyncProperty(lists, async (sent) => {
      token = vault.userToken(vault.acme, newId(), ...SCOPES);
      const kept = sent.filter((one) => one.type ?? one.streetAddress ?? one.locality);
      const { addresses = [], ...rest } = await put(user, sent);
      expect(addresses.map(key).sort()).toEqual(kept.map(key).sort());
      expect(await read(user.id)).toEqual({ ...rest, ...(addresses.length === 0 ? {} : { addresses }) });
      const stored: { addressTitle: string }[] = await other('GET', user.id);
      expect(stored.map(({ addressTitle }) => addressTitle)).toEqual(['Gate', ...kept.map(() => '')]);
    });
    await fc.assert(property, { numRuns: 20, seed: 7643 });
  });
});
