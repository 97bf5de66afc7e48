import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { CreateUser } from '../../../src/users/index.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

/** The same name in other letters: upper case, and full-width letters, which fold to plain ones. */
const NAMES = ['service-account-ferry', 'SERVICE-Account-Ferry', 'ｓｅｒｖｉｃｅ-account-ferry', 'service-account-'];

describe('a username that begins like that of a service account', () => {
  let world: World;
  let tenant: TenantRef;
  let system: Authority;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    system = world.system(tenant);
  });
  afterAll(() => world.close());

  const create = (input: CreateUser, authority = system) => world.services.users.create(authority, input);
  const named = (name: string) => world.stores.userStore.findByIdentifier(tenant.id, name);

  it.each(NAMES)('is refused for a new user and a renamed one: %s', async (username) => {
    const user = await world.newUser(tenant);
    const refused = ['USER_USERNAME_INVALID', 'input.username USER_USERNAME_INVALID'];
    expect(await faultsOf(() => create({ username }))).toEqual(refused);
    expect(await faultsOf(() => create({ attributes: { username } }))).toEqual(refused);
    expect(await faultsOf(() => world.services.users.update(system, user.id, { username }))).toEqual(refused);
    expect(await named(username)).toBeNull();
    expect((await world.services.users.findIn(tenant.id, user.id))!.username).toBe(user.username);
  });

  it('is refused as a chosen id, which is the username where nothing else is', async () => {
    for (const id of ['service-account-ferry', 'Service-Account-Ferry'])
      expect(await faultsOf(() => create({ id }))).toEqual(['USER_ID_INVALID', 'input.subject USER_ID_INVALID']);
    expect((await create({ id: 'service-accounts' })).username).toBe('service-accounts');
  });

  it('is refused where the e-mail address is the username, and is none elsewhere', async () => {
    const email = 'service-account-ferry@quay.example';
    const mail = world.system(await world.tenant({ settings: { emailIsUsername: true } }));
    const refused = ['USER_USERNAME_INVALID', 'input.email USER_USERNAME_INVALID'];
    expect(await faultsOf(() => create({ email }, mail))).toEqual(refused);
    const user = await create({ email: 'ferry@quay.example' }, mail);
    expect(await faultsOf(() => world.services.users.update(mail, user.id, { email }))).toEqual(refused);
    const other = await create({ email, phone: '+49 30 7' });
    expect([other.email, other.username]).toEqual([email, '+49 30 7']);
  });

  it('is left to a user who had it before it was refused, and can be given up', async () => {
    const user = await world.newUser(tenant);
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute('update users set username = ? where tenant_id = ? and id = ?', [
        'service-account-old',
        tenant.id,
        user.id,
      ]);
    const update = (username: string) =>
      world.services.users.update(system, user.id, { username, givenName: 'Old', familyName: username });
    for (const username of ['service-account-old', 'Service-Account-Old', 'freed'])
      expect((await update(username)).username).toBe(username);
    expect(await refusalOf(update('service-account-old'))).toBe('USER_USERNAME_INVALID');
  });

  it('is that of service accounts, which may be changed and renamed', async () => {
    const { client } = await world.services.serviceAccounts.createClient(system, {
      clientId: 'Night Ferry',
      hasServiceAccount: true,
    });
    const update = (username: string) => world.services.users.update(system, client.id, { username, givenName: 'F' });
    expect((await update('service-account-night ferry')).givenName).toBe('F');
    expect((await update('service-account-day ferry')).username).toBe('service-account-day ferry');
  });
});
