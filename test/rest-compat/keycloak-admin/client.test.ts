import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

const PASSWORD = 'nine-otters-under-birches';
const PERMISSIONS = ['user:create', 'user:write', 'user:delete', 'auth-mode:write', 'password:set', 'credential:read'];

describe('the stock client of the administration', () => {
  let world: World;
  let rest: RestClient;
  let acme: TenantRef;
  let token: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
    rest = await serveWorld(world);
    // The client compares the end of the token with the time of its process.
    world.clock.advance((Date.now() - world.clock.now().getTime()) / 1000);
    const { client, secret } = await world.newClient(acme, {
      grantTypes: ['client_credentials'],
      permissions: PERMISSIONS,
    });
    const { json } = await rest.ask('POST', '/t/acme/oauth/token', {
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    token = json.access_token;
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  describe.each(['', '/auth'])('at the base path "%s"', (base) => {
    let admin: KeycloakAdminClient;
    let id: string;
    const username = `pike${base.slice(1)}`;
    beforeAll(() => {
      admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${rest.port}${base}`, realmName: 'acme' });
      admin.setAccessToken(token);
    });

    it('makes a user and finds it in every way', async () => {
      const made = await admin.users.create({
        username,
        email: `${username}@reeds.example`,
        firstName: 'Ola',
        lastName: 'Pike',
        enabled: true,
        attributes: { berth: ['7'] },
        credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
      });
      expect(made).toEqual({ id: expect.any(String) });
      id = made.id;
      const shown = {
        id,
        username,
        firstName: 'Ola',
        lastName: 'Pike',
        email: `${username}@reeds.example`,
        emailVerified: false,
        enabled: true,
        createdTimestamp: world.clock.now().getTime(),
        attributes: { berth: ['7'] },
        requiredActions: [],
        totp: false,
        disableableCredentialTypes: [],
        notBefore: 0,
        access: { manageGroupMembership: false, view: true, mapRoles: false, impersonate: false, manage: true },
      };
      expect(await admin.users.findOne({ id })).toEqual(shown);
      expect(await admin.users.find({ username, exact: true })).toEqual([shown]);
      expect(await admin.users.find({ search: `"${username}"`, first: 0, max: 5 })).toEqual([shown]);
      expect(await admin.users.find({ email: `${username}@`, q: 'berth:7' })).toEqual([shown]);
      expect(await admin.users.count({ username })).toBe(1);
      expect(await world.services.passwords.verify(acme.id, id, PASSWORD)).toBe(true);
    });

    it('changes it, gives it another password and deletes it', async () => {
      await admin.users.update({ id }, { lastName: 'Roach', emailVerified: true, attributes: { shift: ['late'] } });
      expect(await admin.users.findOne({ id })).toMatchObject({
        username,
        firstName: 'Ola',
        lastName: 'Roach',
        emailVerified: true,
        attributes: { shift: ['late'] },
      });
      const value = `${PASSWORD}-again`;
      await admin.users.resetPassword({ id, credential: { type: 'password', value, temporary: true } });
      expect(await world.services.passwords.verify(acme.id, id, value)).toBe(true);
      expect((await admin.users.findOne({ id }))?.requiredActions).toEqual(['UPDATE_PASSWORD']);
      await admin.users.del({ id });
      expect(await admin.users.findOne({ id })).toBeNull();
    });

    it('shows the text of a refusal', async () => {
      await admin.users.create({ username: `bream${username}` });
      await expect(admin.users.create({ username: `bream${username}` })).rejects.toThrow(
        'User exists with same username',
      );
      await expect(admin.users.create({ username: '' })).rejects.toThrow('User name is missing');
      await expect(admin.users.del({ id: 'nobody' })).rejects.toThrow('User not found');
    });
  });
});
