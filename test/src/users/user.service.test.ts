import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
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
  world.stores.userStore.findByIdentifier(tenant.id, name, options);
/** Events about a user since it was made. */
const eventsOf = async (user: User) =>
  (await world.events(tenant)).filter((event) => event.subject_id === user.id && event.type !== 'user.created');

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
    [{ profile: { ' x': 1 } }, 'USER_ATTRIBUTE_INVALID'],
    [{ profile: { x: '\0' } }, 'USER_ATTRIBUTE_INVALID'],
    [{ profile: { big: 'x'.repeat(65_536) } }, 'USER_ATTRIBUTE_INVALID'],
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
    const row = await world.stores.userStore.findById(tenant.id, user.id);
    expect(row?.attributes).toEqual({ b: { c: [true] }, d: 'x' });
    expect((await eventsOf(user)).map(({ params }) => params)).toEqual([{ changed: ['attributes.a', 'attributes.d'] }]);
  });

  it('replace all attributes where a change says so; without attributes it changes none, and fields stay', async () => {
    const attributes = { berth: 'a', deck: [1], hull: { x: 1 } };
    const user = await create({ givenName: 'Odd', attributes });
    const replace = (input: UserInput) =>
      world.services.users.update(system, user.id, input, { replacesAttributes: true });
    expect((await replace({ familyName: 'Lie' })).attributes).toEqual(attributes);
    const after = await replace({ attributes: { deck: [2], family_name: 'Moe', hull: null } });
    expect(after).toMatchObject({ givenName: 'Odd', familyName: 'Moe' });
    expect(after.attributes).toEqual({ deck: [2] });
    const changed = ['attributes.berth', 'attributes.deck', 'attributes.hull', 'familyName'];
    const { type, params } = (await eventsOf(user)).at(-1)!;
    expect([type, (params['changed'] as string[]).sort()]).toEqual(['user.updated', changed]);
    expect((await replace({ attributes: {} })).attributes).toEqual({});
  });

  it('have members of a profile, which change by name and write one event', async () => {
    const emails = [{ value: 'b@example.com', type: 'home' }];
    const user = await create({ username: 'profiled', profile: { title: 'Boss', emails, gone: null } });
    expect((await find('profiled'))?.profile).toEqual({ title: 'Boss', emails });
    const after = await update(user, { profile: { title: null, nickName: 'B' } });
    expect(after.profile).toEqual({ emails, nickName: 'B' });
    const { type, params } = (await eventsOf(user)).at(-1)!;
    expect([type, params['changed']]).toEqual(['user.updated', ['profile.title', 'profile.nickName']]);
    const before = (await eventsOf(user)).length;
    await update(user, { profile: { nickName: 'B' } });
    expect(await eventsOf(user)).toHaveLength(before);
    expect(await refusalOf(update(user, { profile: { a: 'x'.repeat(65_500) } }))).toBe('USER_ATTRIBUTE_INVALID');
  });

  it('have no members of a profile that came from those who register', async () => {
    const { users } = world.services;
    const system = world.system(tenant);
    const prepared = await users.prepare(system, {
      username: 'registered',
      givenName: 'R',
      profile: { title: 'Boss' },
    });
    const user = await users.insert(system, { ...prepared, profileRole: 'user' });
    expect(user).toMatchObject({ givenName: 'R', profile: {} });
    expect((await users.page(system, { profile: { name: 'title', value: 'Boss' } }, 'createdAt', {})).rows).toEqual([]);
  });

  it('are found by members of the profile: by values, those of a list, and `value` of each in a list', async () => {
    const emails = [{ value: 'Second@example.com' }, { value: 'third@example.com' }, null, { type: 'none' }];
    const user = await create({
      username: 'findable',
      profile: { title: 'Boss', tags: ['a', 2], emails, deep: { a: 1 } },
    });
    const found = async (name: string, value: string) => {
      const { rows } = await world.services.users.page(system, { profile: { name, value } }, 'createdAt', {});
      return rows.map(({ id }) => id);
    };
    for (const [name, value] of [
      ['title', 'BOSS'],
      ['tags', '2'],
      ['emails', 'second@EXAMPLE.com'],
      ['emails', 'third@example.com'],
    ] as const)
      expect(await found(name, value), name).toEqual([user.id]);
    for (const [name, value] of [
      ['title', 'Bos'],
      ['deep', '1'],
      [' profile title', 'Boss'],
      ['', 'Boss'],
    ] as const)
      expect(await found(name, value), name).toEqual([]);
    await update(user, { profile: { title: 'Chief' } });
    expect(await found('title', 'Boss')).toEqual([]);
    expect(await refusalOf(found('title', 'a\0'))).toBe('INVALID_INPUT');
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
    expect((await update(user, { email: 'mail2@example.com' })).emailVerified).toBe(false);
    expect((await update(user, { email: 'mail3@example.com', emailVerified: true })).emailVerified).toBe(true);
    expect((await update(user, { email: null })).emailVerified).toBe(false);
    expect((await update(user, { emailVerified: true })).emailVerified).toBe(false);
  });

  it('keeps an e-mail address verified when only the case of its letters changes, and the spelling is stored', async () => {
    const user = await create({ username: 'Case', email: 'Case@Example.com', emailVerified: true });
    const lower = await update(user, { email: 'case@example.com' });
    expect(lower).toMatchObject({ email: 'case@example.com', emailVerified: true });
    expect((await eventsOf(user)).map(({ type, params }) => [type, params])).toEqual([
      ['user.updated', { changed: ['email'] }],
    ]);
    expect((await update(user, { attributes: { email: 'CASE@example.com' } })).emailVerified).toBe(true);
  });

  it('takes a full-width letter in an e-mail address for another mailbox, although it is the same name', async () => {
    const user = await create({ username: 'width', email: 'width@example.com', emailVerified: true });
    expect((await update(user, { email: 'ｗidth@example.com' })).emailVerified).toBe(false);
  });

  it('keeps a phone number verified when only the separators of its digits change', async () => {
    const user = await create({ username: 'dialled', phone: '+49 (170) 12-34', phoneVerified: true });
    expect(await update(user, { phone: '+491701234' })).toMatchObject({ phone: '+491701234', phoneVerified: true });
    expect((await update(user, { phone: '491701234' })).phoneVerified).toBe(false);
  });

  it('does not take another spelling of a username for another name', async () => {
    const user = await create({ username: 'spelled' });
    expect((await update(user, { username: 'SPELLED' })).username).toBe('SPELLED');
    expect((await eventsOf(user)).map(({ type, params }) => [type, params])).toEqual([
      ['user.updated', { changed: ['username'] }],
    ]);
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
      (await world.stores.userStore.lock(tenant.id, user.id))!.inactiveSince = world.clock.now();
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
    const { roleStore } = world.stores;
    const { users } = world.services;
    const [role] = await roleStore.findBuiltin(master.id, ['administrator']);
    const holding = { tenantId: master.id, holderKind: 'user', holderId: admin.id, onTenantId: master.id };
    await roleStore.grant(holding, [role!.id], world.clock.now());
    const stranger = new Authority(world.app(master, 'user:write', 'user:delete'), master, 'tenant');
    expect(await refusalOf(users.update(stranger, admin.id, { givenName: 'X' }))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(users.setEnabled(stranger, admin.id, false))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(users.delete(stranger, admin.id))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(users.delete(world.system(master), admin.id))).toBe('ADMINISTRATOR_LAST');
    expect(await refusalOf(users.setEnabled(world.system(master), admin.id, false))).toBe('ADMINISTRATOR_LAST');
  });

  it('takes the grants of a deleted user along, so that the next one with the id does not inherit them', async () => {
    const user = await create({ id: 'heir', username: 'heir' });
    const { roleStore } = world.stores;
    const { rolePermissions } = world.services;
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
    const holding = { tenantId: tenant.id, holderKind: 'user', holderId: user.id, onTenantId: tenant.id };
    await roleStore.grant(holding, [roleId], world.clock.now());
    expect((await rolePermissions.ofUser(tenant.id, 'heir')).reachOf('user:read')).toBe('tenant');
    await world.services.users.delete(system, user.id);
    await create({ id: 'heir', username: 'heir' });
    expect((await rolePermissions.ofUser(tenant.id, 'heir')).reachOf('user:read')).toBeNull();
  });
});

describe('the tenants of a user', () => {
  const of = (where: TenantRef, name: string, ...scopes: string[]) =>
    world.services.users.tenantsOf(new Authority(world.app(where, ...scopes), where, 'tenant'), name);
  let near: TenantRef;
  let far: TenantRef;
  beforeAll(async () => {
    near = await world.tenant({ name: `near-${newId().slice(-8)}` });
    far = await world.tenant({ name: `far-${newId().slice(-8)}` });
    await create({ id: 'harbour', username: 'quay' }, world.system(near));
    await create({ username: 'Harbour' }, world.system(far));
  });

  it('belong to the user with this id in the tenant, not to a user of another tenant with this username', async () => {
    expect(await of(near, 'harbour', 'user:read:all')).toEqual([near.name]);
    expect(await of(far, 'harbour', 'user:read:all')).toEqual([far.name]);
    expect(await of(near, 'harbour', 'user:read')).toEqual([near.name]);
    expect(await of(far, 'harbour', 'user:read')).toEqual([far.name]);
  });

  it('are several, ascending, where several have the username of the user', async () => {
    await create({ username: 'QUAY' }, world.system(far));
    expect(await of(near, 'harbour', 'user:read:all')).toEqual([far.name, near.name]);
    expect(await of(far, 'quay', 'user:read:all')).toEqual([far.name, near.name]);
    expect(await of(near, 'quay', 'user:read')).toEqual([near.name]);
  });

  it('are none for a name that nobody in reach has, whatever it holds', async () => {
    for (const name of ['nobody', 'HARBOUR', '', 'a\0b', '\ud800', 'x'.repeat(16_000), newId()])
      expect(await of(near, name, 'user:read')).toEqual([]);
    expect(await of(near, 'HARBOUR', 'user:read:all')).toEqual([far.name]);
    for (const name of ['nobody', '', 'a\0b', '\ud800', newId()])
      expect(await of(near, name, 'user:read:all')).toEqual([]);
  });

  it('are refused to callers with reach `self`', async () => {
    const self = new Authority(world.user(near, 'harbour', 'user:read:self'), near, 'self');
    expect(await refusalOf(world.services.users.tenantsOf(self, 'quay'))).toBe('FORBIDDEN');
  });
});

describe('actions that the tenant requires of new users', () => {
  const action = (alias: string, isEnabled: boolean, isDefault: boolean) => ({
    ...{ alias, name: alias, providerId: alias, isEnabled, isDefault, priority: 0, config: {} },
  });

  it('are added to those of the account, once each; disabled ones and unusable names are left out', async () => {
    const requiredActions = [
      action('TERMS', true, true),
      action('UPDATE_PASSWORD', true, true),
      action('UPDATE_PROFILE', true, false),
      action('CONFIGURE_TOTP', false, true),
      action('VERIFY_EMAIL', true, true),
      action('no action name', true, true),
    ];
    const strict = await world.tenant({ settings: { requiredActions } });
    const actionsOf = async (input: CreateUser) =>
      (await world.services.users.create(world.system(strict), input)).requiredActions;
    expect(await actionsOf({ requiredActions: ['UPDATE_PASSWORD', 'MORE'] })).toEqual([
      'UPDATE_PASSWORD',
      'MORE',
      'TERMS',
      'VERIFY_EMAIL',
    ]);
    const verified = { email: 'sure@example.com', emailVerified: true };
    expect(await actionsOf(verified)).toEqual(['TERMS', 'UPDATE_PASSWORD']);
    expect((await create({})).requiredActions).toEqual([]);
  });
});
