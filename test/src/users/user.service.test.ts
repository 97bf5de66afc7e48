import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authority } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import type { CreateUser, User, UserInput } from '../../../src/users/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

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
const update = (user: User, input: UserInput) => world.services.users.update(system, user.id, input);
const find = (name: string, options?: { byEmail: boolean }) =>
  world.services.userStore.findByIdentifier(tenant.id, name, options);
/** Types of the events about a user since it was made. */
const eventsOf = async (user: User) =>
  (await world.events(tenant)).filter((event) => event.subject_id === user.id && event.type !== 'user.created');

describe('names that identify', () => {
  it('find a user by username, e-mail address and chosen id, folded (NFKC, lower case)', async () => {
    const user = await create({ id: 'Jane.1', username: 'Jane', email: 'Jane@Example.com' });
    for (const name of ['JANE', 'ｊａｎｅ', 'jane@example.COM', 'jane.1']) expect((await find(name))?.id).toBe(user.id);
    expect((await world.services.userStore.findById(tenant.id, 'Jane.1'))?.username).toBe('Jane');
    expect(await world.services.userStore.findById(tenant.id, 'jane.1')).toBeNull();
    expect(await find('jane@example.com', { byEmail: false })).toBeNull();
    expect((await find('jane', { byEmail: false }))?.id).toBe(user.id);
  });

  it('find a user by a UUID in any case, though nobody can take it as a username', async () => {
    const user = await create({ username: 'uuid-owner' });
    expect((await find(user.id.toUpperCase()))?.id).toBe(user.id);
    const fullWidth = user.id.replace(/^./, (digit) => String.fromCodePoint(digit.codePointAt(0)! + 0xfee0));
    for (const username of [user.id, user.id.toUpperCase(), newId(), fullWidth]) {
      expect(await refusalOf(create({ username }))).toBe('USER_USERNAME_INVALID');
    }
  });

  it('let a user have the own UUID as username', async () => {
    const id = newId();
    expect((await create({ id: id.toUpperCase(), username: id })).id).toBe(id);
  });

  it.each([
    ['a username that is a username', { username: 'TAKEN-NAME' }, 'USER_USERNAME_TAKEN'],
    ['a username that is an e-mail address', { username: 'taken@example.com' }, 'USER_EMAIL_TAKEN'],
    ['a username that is a chosen id', { username: 'Taken-Id' }, 'USER_ID_TAKEN'],
    ['an e-mail address that is one', { username: 'free-1', email: 'TAKEN@example.com' }, 'USER_EMAIL_TAKEN'],
    ['an e-mail address that is a username', { username: 'free-2', email: 'mail@like.name' }, 'USER_USERNAME_TAKEN'],
    ['an id that is a username', { username: 'free-3', id: 'taken-name' }, 'USER_USERNAME_TAKEN'],
    ['an id that is an id', { username: 'free-4', id: 'taken-id' }, 'USER_ID_TAKEN'],
    ['an id that is an id but for case', { username: 'free-5', id: 'TAKEN-ID' }, 'USER_ID_TAKEN'],
  ])('refuse %s, by the kind of the row in the way', async (_case, input, code) => {
    if ((await find('taken-name')) === null) {
      await create({ id: 'taken-id', username: 'taken-name', email: 'taken@example.com' });
      await create({ username: 'mail@like.name' });
    }
    const before = (await world.events(tenant)).length;
    expect(await refusalOf(create(input))).toBe(code);
    expect((await world.events(tenant)).length).toBe(before);
    expect(await find('free-1')).toBeNull();
  });

  it('do not mind an e-mail address twice where the tenant does not want unique ones', async () => {
    const lax = await world.tenant({ settings: { uniqueEmail: false, signInByEmail: false } });
    const [a, b] = [world.system(lax), world.system(lax)];
    await create({ username: 'one', email: 'same@example.com' }, a);
    await create({ username: 'two', email: 'SAME@example.com' }, b);
    expect(await world.services.userStore.findByIdentifier(lax.id, 'same@example.com')).toBeNull();
  });

  it('follow the setting for unique e-mail addresses, which is refused while some are ambiguous', async () => {
    const home = await world.tenant({ settings: { uniqueEmail: false, signInByEmail: false } });
    const authority = world.system(home);
    const byName = async (name: string) => (await world.services.userStore.findByIdentifier(home.id, name))?.username;
    const a = await create({ username: 'a', email: 'Same@example.com' }, authority);
    await create({ username: 'b', email: 'same@example.com' }, authority);
    await create({ username: 'c', email: 'c@example.com' }, authority);
    await create({ username: 'c2', email: 'Named@example.com' }, authority);
    const named = await create({ username: 'named@example.com' }, authority);
    await create({ username: 'd@example.com', email: 'D@example.com' }, authority);
    const refused = world.services.tenants.updateSettings(authority, { uniqueEmail: true });
    await expect(refused).rejects.toMatchObject({
      code: 'USER_EMAIL_AMBIGUOUS',
      fields: [{ message: expect.stringContaining('named@') }, { message: expect.stringContaining('same@') }],
    });
    await world.services.users.update(authority, a.id, { email: null });
    await world.services.users.delete(authority, named.id);
    await world.services.tenants.updateSettings(authority, { uniqueEmail: true });
    for (const [name, username] of [
      ['SAME@example.com', 'b'],
      ['c@example.com', 'c'],
      ['named@example.com', 'c2'],
    ] as const) {
      expect(await byName(name)).toBe(username);
    }
    expect(await refusalOf(create({ username: 'e', email: 'c@EXAMPLE.com' }, authority))).toBe('USER_EMAIL_TAKEN');
    await world.services.tenants.updateSettings(authority, { uniqueEmail: false, signInByEmail: false });
    expect(await byName('c@example.com')).toBeUndefined();
    expect(await byName('d@example.com')).toBe('d@example.com');
  });

  it('are free again once nobody has them', async () => {
    const user = await create({ username: 'moving', email: 'moving@example.com' });
    await update(user, { username: 'moved', email: null });
    const next = await create({ username: 'MOVING', email: 'moving@example.com' });
    await world.services.users.delete(system, next.id);
    expect((await create({ username: 'moving' })).username).toBe('moving');
    expect((await find('moved'))?.id).toBe(user.id);
  });

  it('are not lost when a rename is refused', async () => {
    const [a] = [await create({ username: 'keeps' }), await create({ username: 'other' })];
    expect(await refusalOf(update(a, { username: 'other' }))).toBe('USER_USERNAME_TAKEN');
    expect((await find('keeps'))?.id).toBe(a.id);
  });

  it('come from the e-mail address, the phone number or the id where no username is given, the first that is free', async () => {
    const email = 'fallback@example.com';
    expect((await create({ email, phone: '+49 30 1' })).username).toBe(email);
    await create({ username: 'fallback-2@example.com' });
    const lax = world.system(await world.tenant({ settings: { uniqueEmail: false, signInByEmail: false } }));
    await create({ username: email }, lax);
    expect((await create({ email, phone: '+49 30 2' }, lax)).username).toBe('+49 30 2');
    const user = await create({ email, phone: '+49 30 2' }, lax);
    expect(user.username).toBe(user.id);
    expect((await create({ id: 'only-id' })).username).toBe('only-id');
  });

  it('follow the e-mail address where it is the username', async () => {
    const mail = world.system(await world.tenant({ settings: { emailIsUsername: true } }));
    const user = await create({ email: 'a@example.com' }, mail);
    expect(user.username).toBe('a@example.com');
    expect((await world.services.users.update(mail, user.id, { email: 'b@example.com' })).username).toBe(
      'b@example.com',
    );
    expect(await refusalOf(create({ username: 'x', email: 'c@example.com' }, mail))).toBe('USER_USERNAME_INVALID');
    expect((await create({ username: 'without-mail' }, mail)).username).toBe('without-mail');
  });
});

describe('a chosen id', () => {
  it.each([
    '',
    'a b',
    'ä',
    'a/b',
    'a:b',
    'a~b',
    'x'.repeat(129),
    'me',
    'Current',
    'batch-delete',
    '.',
    '..',
    'dXNyOmE',
    'Z3JwOx',
  ])('cannot be %j', async (id) => {
    expect(await refusalOf(create({ id, username: `for-${newId()}` }))).toBe('USER_ID_INVALID');
  });

  it.each(['a', 'A_b.c-D', 'x'.repeat(128), 'meme', 'dXNy'])('can be %j', async (id) => {
    expect((await create({ id, username: `ok-${newId().slice(-12)}` })).id).toBe(id);
  });
});

describe('a username', () => {
  it.each([
    '',
    ' ',
    ' a',
    'a ',
    'a/b',
    'a\\b',
    'a<b',
    'a>b',
    'a"b',
    'a%b',
    'a#b',
    'a?b',
    'a|b',
    'a\0b',
    'a\u0007b',
    'a\u200bb',
    'a\u2028b',
    '\ud800',
    'x'.repeat(256),
    '／',
    '\u00a0a',
    '\ufdfa'.repeat(20),
  ])('cannot be %j', async (username) => {
    expect(await refusalOf(create({ username }))).toBe('USER_USERNAME_INVALID');
  });

  it.each(['z', "O'Neil", 'x'.repeat(255), 'Jürgen Müller', '李小龍', 'a@b', '+49', '😀'])(
    'can be %j',
    async (username) => {
      expect((await create({ username })).username).toBe(username);
    },
  );

  it('cannot be removed', async () => {
    const user = await create({ username: 'stays' });
    expect(await refusalOf(update(user, { username: null }))).toBe('USER_USERNAME_INVALID');
  });
});

describe('values of an account', () => {
  it.each([
    [{ email: 'a' }, 'USER_EMAIL_INVALID'],
    [{ email: 'a@b@c' }, 'USER_EMAIL_INVALID'],
    [{ email: 'a b@c.de' }, 'USER_EMAIL_INVALID'],
    [{ email: 'a@b..c' }, 'USER_EMAIL_INVALID'],
    [{ email: `${'a'.repeat(65)}@b.cd` }, 'USER_EMAIL_INVALID'],
    [{ email: `a@${'b'.repeat(254)}` }, 'USER_EMAIL_INVALID'],
    [{ email: 'a\r\nBcc: x@y.z' }, 'USER_EMAIL_INVALID'],
    [{ phone: 'call me' }, 'USER_PHONE_INVALID'],
    [{ locale: 'no locale' }, 'INVALID_INPUT'],
    [{ familyName: 'x'.repeat(256) }, 'INVALID_INPUT'],
    [{ displayName: 'a\0' }, 'INVALID_INPUT'],
    [{ externalId: '\udfff' }, 'INVALID_INPUT'],
    [{ requiredActions: ['NOT AN ACTION'] }, 'INVALID_INPUT'],
    [{ requiredActions: Array.from({ length: 33 }, (_, i) => `A${i}`) }, 'INVALID_INPUT'],
    [{ attributes: { ' x': 1 } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { '': 1 } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { x: '\0' } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { x: [{ y: '\ud800' }] } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { x: { '\0': 1 } } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: JSON.parse('{"__proto__": {"x": 1}}') as object }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { x: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`n${i}`, i])) }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { big: 'x'.repeat(65_536) } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { firstName: 7 } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { firstName: ['a', 'b'] } }, 'USER_ATTRIBUTE_INVALID'],
    [{ givenName: 'A', attributes: { firstName: 'B' } }, 'USER_ATTRIBUTE_INVALID'],
    [{ attributes: { firstName: 'A', given_name: 'B' } }, 'USER_ATTRIBUTE_INVALID'],
    [{ email: 'a', phone: 'b' }, 'INVALID_INPUT'],
  ])('are refused before the database sees them: %#', async (input, code) => {
    expect(await refusalOf(create({ username: 'never', ...(input as CreateUser) }))).toBe(code);
    expect(await find('never')).toBeNull();
  });

  it('are never stored twice: attributes that mean a column go there', async () => {
    const attributes = {
      firstName: ['Ann'],
      last_name: 'kept',
      family_name: 'Lee',
      phoneNumber: '+1 555',
      locale: null,
    };
    const user = await create({ username: 'aliases', attributes });
    expect(user).toMatchObject({ givenName: 'Ann', familyName: 'Lee', phone: '+1 555', locale: null });
    expect(user.attributes).toEqual({ last_name: 'kept' });
    const cleared = await update(user, { attributes: { firstName: null } });
    expect(cleared.givenName).toBeNull();
  });

  it('change by name: null clears an attribute, others stay', async () => {
    const user = await create({ username: 'attrs', attributes: { a: 1, b: { c: [true] } } });
    expect((await update(user, { attributes: { a: null, d: 'x' } })).attributes).toEqual({ b: { c: [true] }, d: 'x' });
    const row = await world.services.userStore.findById(tenant.id, user.id);
    expect(row?.attributes).toEqual({ b: { c: [true] }, d: 'x' });
    expect((await eventsOf(user)).map(({ params }) => params)).toEqual([{ changed: ['attributes.a', 'attributes.d'] }]);
  });

  it('cannot grow beyond the bounds by small steps', async () => {
    const user = await create({ username: 'grows', attributes: { a: 'x'.repeat(40_000) } });
    expect(await refusalOf(update(user, { attributes: { b: 'x'.repeat(40_000) } }))).toBe('USER_ATTRIBUTE_INVALID');
  });
});

describe('a change of an account', () => {
  it('writes one event per changed thing', async () => {
    const user = await create({ username: 'many', email: 'many@example.com', requiredActions: ['VERIFY_EMAIL'] });
    await update(user, {
      username: 'Many2',
      email: 'many2@example.com',
      emailVerified: true,
      givenName: 'M',
      requiredActions: ['VERIFY_EMAIL', 'UPDATE_PASSWORD'],
    });
    expect((await eventsOf(user)).map(({ type, params }) => [type, params])).toEqual([
      ['user.username_changed', { from: 'many', to: 'Many2' }],
      ['user.email_changed', { from: 'many@example.com', to: 'many2@example.com' }],
      ['user.email_verified', { email: 'many2@example.com' }],
      ['auth_mode.required_actions_changed', { requiredActions: ['UPDATE_PASSWORD'] }],
      ['user.updated', { changed: ['givenName'] }],
    ]);
  });

  it('writes no event and moves no date when nothing changes', async () => {
    const user = await create({ username: 'same', givenName: 'S', attributes: { a: [1, { b: 2, c: 3 }] } });
    world.clock.advance(10);
    const same = await update(user, { username: 'same', givenName: 'S', attributes: { a: [1, { c: 3, b: 2 }] } });
    expect(await eventsOf(user)).toEqual([]);
    expect(same.updatedAt).toEqual(user.updatedAt);
  });

  it('makes a new e-mail address unverified unless the same request says otherwise', async () => {
    const user = await create({ username: 'mail', email: 'mail@example.com', emailVerified: true });
    expect((await update(user, { email: 'Mail@example.com' })).emailVerified).toBe(false);
    expect((await update(user, { email: 'mail3@example.com', emailVerified: true })).emailVerified).toBe(true);
    expect((await update(user, { email: null })).emailVerified).toBe(false);
    expect((await update(user, { emailVerified: true })).emailVerified).toBe(false);
  });

  it('takes VERIFY_EMAIL away once the address is verified', async () => {
    const user = await create({
      username: 'verify',
      email: 'verify@example.com',
      requiredActions: ['VERIFY_EMAIL', 'X'],
    });
    expect((await update(user, { emailVerified: true })).requiredActions).toEqual(['X']);
    expect((await eventsOf(user)).map(({ type }) => type)).toEqual([
      'user.email_verified',
      'auth_mode.required_actions_changed',
    ]);
  });

  it('makes a new phone number unverified', async () => {
    const user = await create({ username: 'phone', phone: '+49 1', phoneVerified: true });
    expect((await update(user, { phone: '+49 2' })).phoneVerified).toBe(false);
  });

  it('enables and disables once, and lifts a block for inactivity', async () => {
    const user = await create({ username: 'switch' });
    const { users } = world.services;
    expect((await users.setEnabled(system, user.id, false)).user.disabledReason).toBe('admin');
    expect((await users.setEnabled(system, user.id, false)).changed).toBe(false);
    expect((await users.setEnabled(system, user.id, true)).user.disabledReason).toBeNull();
    await world.db.transaction(async () => {
      (await world.services.userStore.lock(tenant.id, user.id))!.inactiveSince = world.clock.now();
    });
    expect((await users.setEnabled(system, user.id, true)).user.inactiveSince).toBeNull();
    expect((await eventsOf(user)).map(({ type }) => type)).toEqual([
      'user.disabled',
      'user.enabled',
      'user.state_changed',
    ]);
  });

  it('asks who guards the account', async () => {
    const master = await world.tenant({ name: 'master' });
    const admin = await world.newUser(master);
    const { roleStore, users } = world.services;
    const [role] = await roleStore.findBuiltin(master.id, ['administrator']);
    await roleStore.grant({
      tenantId: master.id,
      holderKind: 'user',
      holderId: admin.id,
      roleId: role!.id,
      onTenantId: master.id,
      createdAt: world.clock.now(),
    });
    const { Authority } = await import('../../../src/access/index.ts');
    const stranger = new Authority(world.app(master, 'user:write', 'user:delete'), master, 'tenant');
    expect(await refusalOf(users.update(stranger, admin.id, { givenName: 'X' }))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(users.setEnabled(stranger, admin.id, false))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(users.delete(stranger, admin.id))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(users.delete(world.system(master), admin.id))).toBe('ADMINISTRATOR_LAST');
    expect(await refusalOf(users.setEnabled(world.system(master), admin.id, false))).toBe('ADMINISTRATOR_LAST');
  });

  it('takes the grants of a deleted user along, so that the next one with the id does not inherit them', async () => {
    const user = await create({ id: 'heir', username: 'heir' });
    const { roleStore, rolePermissions } = world.services;
    const roleId = newId();
    await world.db.transaction(async () => {
      const now = world.clock.now();
      roleStore.create({
        tenantId: tenant.id,
        id: roleId,
        clientUuid: '00000000-0000-0000-0000-000000000000',
        name: 'reader',
        description: null,
        permissions: ['user:read'],
        attributes: {},
        builtin: false,
        createdAt: now,
        updatedAt: now,
      });
    });
    await roleStore.grant({
      tenantId: tenant.id,
      holderKind: 'user',
      holderId: user.id,
      roleId,
      onTenantId: tenant.id,
      createdAt: world.clock.now(),
    });
    expect((await rolePermissions.ofUser(tenant.id, 'heir')).reachOf('user:read')).toBe('tenant');
    await world.services.users.delete(system, user.id);
    await create({ id: 'heir', username: 'heir' });
    expect((await rolePermissions.ofUser(tenant.id, 'heir')).reachOf('user:read')).toBeNull();
  });
});
