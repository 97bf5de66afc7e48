import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const SCOPES = ['tenant:write', 'setting:write', 'user:write', 'password:set'];

const ATTRIBUTES = [
  {
    name: 'given_name',
    isList: false,
    isUnmodifiable: false,
    validators: [{ code: 'too_long', message: 'At most five letters.', max: 5 }],
  },
  { name: 'family_name', isList: false, isUnmodifiable: true, validators: [] },
];

/** What is refused of the user by whom a tenant is administered. */
const REFUSED: readonly [code: string, administrator: object][] = [
  ['USER_NOT_FOUND', { username: 'nobody' }],
  ['USER_USERNAME_TAKEN', { email: 'Named@Quay.example' }],
  ['USER_EMAIL_TAKEN', { email: 'taken@quay.example' }],
  ['USER_EMAIL_INVALID', { email: 'nowhere' }],
  ['USER_ATTRIBUTE_REFUSED', { givenName: 'Maximilian' }],
  ['USER_ATTRIBUTE_UNMODIFIABLE', { familyName: 'Other' }],
  ['PASSWORD_POLICY', { password: 'short' }],
  ['PASSWORD_TOO_LONG', { password: 'p'.repeat(5000) }],
];

describe('a tenant that is changed with its administrator over GraphQL', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  /** A tenant and the user by whom it is administered. */
  async function newTenant(name?: string): Promise<{ tenant: TenantRef; user: User }> {
    const tenant = await world.tenant(name === undefined ? {} : { name });
    const user = await world.newUser(tenant, { username: 'ines', givenName: 'Ines', familyName: 'Roth' });
    return { tenant, user };
  }

  /** Asks for a change of the tenant and of its administrator, of which nothing may remain, and returns the code of the refusal. */
  async function refusalOf(tenant: TenantRef, administrator: object, settings: object = {}, caller?: Caller) {
    const before = (await world.events(tenant)).length;
    const input = {
      displayName: 'Refused',
      settings: { rememberMe: true, ...settings },
      administrator: { username: 'ines', ...administrator },
    };
    const by = caller ?? world.app(tenant, ...SCOPES);
    const { code } = await callField(world, by, 'Mutation.configureTenant', { input });
    expect((await world.services.tenants.find(tenant.id))!.displayName).toBeNull();
    expect(await world.events(tenant)).toHaveLength(before);
    return code;
  }

  it('has both changes, or none', async () => {
    const { tenant, user } = await newTenant();
    const administrator = {
      username: 'INES',
      email: 'ines@quay.example',
      givenName: null,
      password: 'three-tides-a-day',
    };
    const input = { displayName: 'Quay', administrator };
    const caller = world.app(tenant, ...SCOPES);
    expect((await callField(world, caller, 'Mutation.configureTenant', { input })).errors).toEqual([]);
    const { passwords, tenants, users } = world.services;
    expect((await tenants.find(tenant.id))!.displayName).toBe('Quay');
    expect(await users.findIn(tenant.id, user.id)).toMatchObject({
      username: 'ines',
      email: 'ines@quay.example',
      givenName: null,
      familyName: 'Roth',
    });
    expect(await passwords.verify(tenant.id, user.id, 'three-tides-a-day')).toBe(true);
  });

  it.each(REFUSED)('%s: is refused, and nothing changes', async (code, administrator) => {
    const { tenant } = await newTenant();
    await world.newUser(tenant, { username: 'named@quay.example' });
    await world.newUser(tenant, { email: 'taken@quay.example' });
    await world.services.tenants.updateSettings(world.system(tenant), { attributes: ATTRIBUTES });
    expect(await refusalOf(tenant, administrator)).toBe(code);
  });

  it('USER_EMAIL_AMBIGUOUS: addresses do not become unique while accounts share one', async () => {
    const { tenant, user } = await newTenant();
    const lax = { uniqueEmail: false, signInByEmail: false };
    await world.services.tenants.updateSettings(world.system(tenant), lax);
    for (const _ of ['first', 'second']) await world.newUser(tenant, { email: 'both@quay.example' });
    expect(await refusalOf(tenant, { givenName: 'No' }, { uniqueEmail: true })).toBe('USER_EMAIL_AMBIGUOUS');
    expect((await world.services.users.findIn(tenant.id, user.id))!.givenName).toBe('Ines');
  });

  it('USER_USERNAME_INVALID: an address that is the username does not begin like that of a service account', async () => {
    const { tenant } = await newTenant();
    await world.services.tenants.updateSettings(world.system(tenant), { emailIsUsername: true });
    expect(await refusalOf(tenant, { email: 'service-account-x@quay.example' })).toBe('USER_USERNAME_INVALID');
  });

  it('ACCOUNT_GUARDED: is refused for a user with permissions in all tenants', async () => {
    const { tenant, user } = await newTenant('master');
    const role = await world.newRole(tenant, { permissions: ['user:read:all'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: user.id });
    expect(await refusalOf(tenant, { givenName: 'No' })).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(tenant, { password: 'three-tides-a-day' })).toBe('ACCOUNT_GUARDED');
  });

  it.each([{ email: 'late@quay.example' }, { password: 'three-tides-a-day' }])(
    'REAUTHENTICATION_REQUIRED: administrators who change %j of their own account must have signed in lately (check 54)',
    async (administrator) => {
      const { tenant, user } = await newTenant();
      const own = world.user(tenant, user.id, ...SCOPES);
      const stale = { ...own, authTime: new Date(world.clock.now().getTime() - 301_000) };
      expect(await refusalOf(tenant, administrator, {}, stale)).toBe('REAUTHENTICATION_REQUIRED');
    },
  );
});
