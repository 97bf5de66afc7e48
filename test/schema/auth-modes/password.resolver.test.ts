import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { World } from '../../support/world.ts';

const NEW = 'four-lanterns-by-noon';

let world: World;
let tenant: TenantRef;
let user: User;
let old: string;
let users = 0;
beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant();
});
afterAll(() => world.close());
beforeEach(async () => {
  const email = `ada${++users}@example.com`;
  user = await world.newUser(tenant, { email, emailVerified: true, phone: '+79161234567' });
  old = await world.givePassword(tenant, user.id);
});

const opens = (password: string) => world.services.passwords.verify(tenant.id, user.id, password);

describe('replacePassword', () => {
  const NEXT = 'four-lanterns-by-noon';
  const REPLACE =
    'mutation ($input: ReplacePasswordInput!) { replacePassword(input: $input) { userId generatedPassword } }';
  const replace = (caller: ReturnType<World['app']>, input: object = {}) =>
    world.graphql(caller, REPLACE, { input: { userId: user.id, ...input } });

  it('sets a generated password for callers who may set passwords, and shows it once', async () => {
    const { data, errors } = await replace(world.app(tenant, 'password:set'));
    expect(errors).toEqual([]);
    expect(data.replacePassword.userId).toBe(user.id);
    expect(await opens(data.replacePassword.generatedPassword)).toBe(true);
  });

  it('obeys a longer minimum with a longer password', async () => {
    const strict = await world.tenant();
    await world.services.tenants.updateSettings(world.system(strict), { passwordMinLength: 40 });
    const { id } = await world.newUser(strict);
    const { data } = await world.graphql(world.app(strict, 'password:set'), REPLACE, { input: { userId: id } });
    expect(data.replacePassword.generatedPassword).toHaveLength(40);
  });

  it('generates one that matches the expressions of the tenant, or says that none was found', async () => {
    const strict = await world.tenant();
    const { id } = await world.newUser(strict);
    const generated = async (...patterns: string[]) => {
      await world.services.tenants.updateSettings(world.system(strict), { passwordRules: { patterns } });
      return world.graphql(world.app(strict, 'password:set'), REPLACE, { input: { userId: id } });
    };
    const { data } = await generated('[A-Z][a-z]{5}-[0-9]{8}');
    expect(data.replacePassword.generatedPassword).toMatch(/^[A-Z][a-z]{5}-\d{8}$/);
    const { errors } = await generated('[A-Z]+', '[a-z]+');
    const field = { path: 'input.newPassword', code: 'PASSWORD_NOT_GENERATED' };
    expect(errors[0]).toMatchObject({ extensions: { code: 'PASSWORD_POLICY', fields: [field] } });
  });

  it('sends it to a phone of the account and then does not show it', async () => {
    const { data } = await replace(world.app(tenant, 'password:set'), { sendToAttribute: 'phoneNumber' });
    expect(data.replacePassword.generatedPassword).toBeNull();
    const { texts } = await world.outbox();
    const { to, text, purpose } = texts.at(-1)!;
    expect([to, purpose]).toEqual(['+79161234567', 'password-generated']);
    expect(await opens(text.split(' ').at(-1)!)).toBe(true);
  });

  it('requires the current password for the caller’s own account', async () => {
    const self = world.user(tenant, user.id, 'password:change:self');
    expect((await replace(self, { newPassword: NEW })).errors[0]).toMatchObject({
      extensions: { code: 'INVALID_INPUT', fields: [{ path: 'input.currentPassword' }] },
    });
    expect((await replace(self, { newPassword: NEW, currentPassword: 'no' })).code).toBe('PASSWORD_CURRENT_WRONG');
    const { data, errors } = await replace(self, { newPassword: NEW, currentPassword: old });
    expect(errors).toEqual([]);
    expect(data.replacePassword.generatedPassword).toBeNull();
    expect(await opens(NEW)).toBe(true);
    expect((await world.eventTypes(tenant)).includes('password.changed')).toBe(true);
  });

  it('changes only the caller’s own password, whatever the reach of `password:change` (check 48)', async () => {
    const caller = world.user(tenant, user.id, 'password:change');
    const other = await world.newUser(tenant);
    for (const id of [other.id, 'nobody']) {
      const { code } = await world.graphql(caller, REPLACE, { input: { userId: id, newPassword: NEXT } });
      expect(code).toBe('FORBIDDEN');
    }
    expect((await replace(world.app(tenant, 'password:change'), { newPassword: NEXT })).code).toBe('FORBIDDEN');
    expect((await replace(caller, { newPassword: NEXT })).code).toBe('INVALID_INPUT');
    expect(await opens(NEXT)).toBe(false);
  });

  it('changes no other account with reach `self`, and no account without a scope', async () => {
    const other = await world.newUser(tenant);
    const self = world.user(tenant, other.id, 'password:change:self');
    expect((await replace(self, { newPassword: NEW, currentPassword: old })).code).toBe('FORBIDDEN');
    expect((await replace(world.app(tenant, 'user:write'), { newPassword: NEW })).code).toBe('FORBIDDEN');
    const unknown = { input: { userId: 'nobody' } };
    expect((await world.graphql(world.app(tenant, 'password:set'), REPLACE, unknown)).code).toBe('USER_NOT_FOUND');
  });

  it('changes nothing while no text message can be sent', async () => {
    const app = world.app(tenant, 'password:set');
    expect((await replace(app, { sendToAttribute: 'email' })).code).toBe('INVALID_INPUT');
    expect((await replace(app, { newPassword: 'short' })).code).toBe('PASSWORD_POLICY');
    expect(await opens(old)).toBe(true);
  });

  it('informs the owner by mail, only at a verified address (check 47)', async () => {
    const before = (await world.outbox()).mails.length;
    await replace(world.app(tenant, 'password:set'), { newPassword: NEW, languages: 'ru' });
    const { mails } = await world.outbox();
    expect(mails.slice(before)).toMatchObject([{ to: user.email, locale: 'ru', purpose: 'password-changed' }]);
    const unverified = await world.newUser(tenant, { email: 'bert@example.com' });
    const input = { userId: unverified.id, newPassword: NEW };
    await world.graphql(world.app(tenant, 'password:set'), REPLACE, { input });
    expect((await world.outbox()).mails).toHaveLength(before + 1);
  });

  it('keeps the named device, whatever its name', async () => {
    const keep = async (keepDeviceId: string) => {
      await world.services.devices.seen(world.system(tenant), { userId: user.id, deviceId: 'SHA256_d' });
      const { errors } = await replace(world.app(tenant, 'password:set'), { newPassword: NEW, keepDeviceId });
      expect(errors).toEqual([]);
      return (await world.services.devices.list(world.system(tenant), user.id)).length;
    };
    expect([await keep('SHA256_d'), await keep('a b')]).toEqual([1, 0]);
  });
});

describe('changeDependentPassword', () => {
  const CHANGE =
    'mutation ($input: ChangeDependentPasswordInput!) { changeDependentPassword(input: $input) { userId } }';
  const change = (caller: ReturnType<World['app']>, input: object = {}) =>
    world.graphql(caller, CHANGE, { input: { userId: user.id, newPassword: NEW, ...input } });
  const grant = (subjectId: string) =>
    world.services.rights.grant(world.system(tenant), [
      {
        subject: { kind: 'user', id: subjectId },
        object: { kind: 'user', id: user.id },
        names: ['change_password'],
      },
    ]);

  it('is allowed to holders of the right, soon after their sign-in', async () => {
    const parent = await world.newUser(tenant);
    const caller = world.user(tenant, parent.id, 'dependent-password:change:self');
    expect((await change(caller)).code).toBe('FORBIDDEN');
    await grant(parent.id);
    expect((await change({ ...caller, authTime: new Date(0) })).code).toBe('REAUTHENTICATION_REQUIRED');
    const { data, errors } = await change(caller);
    expect(errors).toEqual([]);
    expect(data.changeDependentPassword.userId).toBe(user.id);
    expect(await opens(NEW)).toBe(true);
    expect((await change(caller, { newPassword: 'short' })).code).toBe('PASSWORD_POLICY');
  });

  it('requires the current password for the caller’s own account', async () => {
    const caller = world.user(tenant, user.id, 'dependent-password:change:self');
    expect((await change(caller)).code).toBe('INVALID_INPUT');
    expect((await change(caller, { currentPassword: 'no' })).code).toBe('PASSWORD_CURRENT_WRONG');
    expect((await change(caller, { currentPassword: old })).errors).toEqual([]);
  });

  it('is allowed only to users, whatever permissions an application has', async () => {
    expect((await change(world.app(tenant, 'dependent-password:change'))).code).toBe('FORBIDDEN');
    expect((await change(world.user(tenant, user.id, 'password:change:self'))).code).toBe('FORBIDDEN');
  });

  it('refuses an account with permissions beyond the tenant', async () => {
    const master = await world.tenant({ name: 'master' });
    const admin = await world.newUser(master);
    const parent = await world.newUser(master);
    await world.givePassword(master, admin.id);
    const role = (await world.stores.roleStore.findByName(master.id, 'administrator'))!;
    await world.grantRole(master, { holderKind: 'user', holderId: admin.id, roleId: role.id });
    await world.services.rights.grant(world.system(master), [
      { subject: { kind: 'user', id: parent.id }, object: { kind: 'user', id: admin.id }, names: ['change_password'] },
    ]);
    const caller = world.user(master, parent.id, 'dependent-password:change:self');
    const input = { userId: admin.id, newPassword: NEW };
    expect((await world.graphql(caller, CHANGE, { input })).code).toBe('ACCOUNT_GUARDED');
  });
});
