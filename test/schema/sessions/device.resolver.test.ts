import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

let world: World;
let tenant: TenantRef;
beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant();
});
afterAll(() => world.close());

const LIST =
  'query ($user: ID!) { devices(userId: $user) { deviceId userId parsedUserAgent { browser { name } device deviceType } } }';
const REMOVE =
  'mutation ($user: ID!, $device: String!) { removeDevice(input: { userId: $user, deviceId: $device }) { removedDeviceId } }';

describe('devices of a user over GraphQL', () => {
  it('are listed with only their scope, with browser and system as separate fields', async () => {
    const user = await world.newUser(tenant);
    await world.services.devices.seen(world.system(tenant), { userId: user.id, deviceId: 'SHA256_d' });
    const app = world.app(tenant, 'device:read');
    const { data, errors } = await world.graphql(app, LIST, { user: user.id });
    expect(errors).toEqual([]);
    const nothing = { browser: { name: null }, device: null, deviceType: null };
    expect(data.devices).toEqual([{ deviceId: 'SHA256_d', userId: user.id, parsedUserAgent: nothing }]);
    const self = world.user(tenant, user.id, 'device:read:self');
    expect((await world.graphql(self, LIST, { user: user.id })).data.devices).toHaveLength(1);
    expect((await world.graphql(self, LIST, { user: 'nobody' })).code).toBe('FORBIDDEN');
  });

  it('distinguish an unknown user from an unknown device', async () => {
    const user = await world.newUser(tenant);
    const app = world.app(tenant, 'device:read', 'device:delete');
    for (const [nobody, code] of [
      ['nobody', 'USER_NOT_FOUND'],
      ['a\0b', 'INVALID_INPUT'],
    ]) {
      expect((await world.graphql(app, LIST, { user: nobody })).code).toBe(code);
      expect((await world.graphql(app, REMOVE, { user: nobody, device: 'x' })).code).toBe(code);
    }
    for (const device of ['x', '', 'x'.repeat(1000)])
      expect((await world.graphql(app, REMOVE, { user: user.id, device })).code).toBe('DEVICE_NOT_FOUND');
    expect((await world.graphql(app, REMOVE, { user: user.id, device: 'a\0b' })).code).toBe('INVALID_INPUT');
  });
});
