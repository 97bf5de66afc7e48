import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../../support/world.ts';

const SET =
  'mutation ($input: SetUserProfileInput!) { done: setUserProfile(input: $input) { userProfile { profile required readOnly } } }';
const READ = '{ userProfile { profile required readOnly } }';
const PROFILE = {
  attributes: [
    { name: 'username' },
    { name: 'email', required: { roles: ['user'] } },
    { name: 'badge', permissions: { edit: ['admin'] }, required: { roles: ['admin'] } },
  ],
  groups: [],
};

describe('the profile of users, over GraphQL', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  it('is set, read as it concerns the caller, and removed', async () => {
    const tenant = await world.tenant();
    const set = (profile: unknown, scope = 'setting:write') =>
      world.graphql(world.app(tenant, scope), SET, { input: { profile } });
    const { id } = await world.newUser(tenant);
    const asAdministrator = { profile: PROFILE, required: ['badge'], readOnly: [] };
    expect((await set(PROFILE)).data.done.userProfile).toEqual(asAdministrator);
    expect((await world.graphql(world.app(tenant, 'user:read'), READ)).data.userProfile).toEqual(asAdministrator);
    expect((await world.graphql(world.user(tenant, id, 'user:read:self'), READ)).data.userProfile).toEqual({
      profile: PROFILE,
      required: ['email'],
      readOnly: ['badge'],
    });
    expect((await set({ attributes: [] })).code).toBe('USER_PROFILE_INVALID');
    expect((await set(PROFILE, 'setting:read')).code).toBe('FORBIDDEN');
    expect((await set(null)).data.done.userProfile).toEqual({ profile: null, required: [], readOnly: [] });
  });
});
