import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const UNKNOWN = [404, { error: 'Failed to find required action' }];
const UNKNOWN_STOP = [404, { error: 'Failed to find required action.' }];
const TAKEN = [
  409,
  { error: 'conflict', error_description: 'A Required Action Provider with given alias already exists.' },
];
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const NOT_STORED = [400, { errorMessage: 'Could not change the required actions' }];
const DONE = [204, undefined];

describe('the administration of required actions', () => {
  const realm = kobilOfSuite();
  let all: string;
  let name: string;
  let count = 0;
  beforeAll(() => {
    all = realm.token(realm.master, 'tenant:read:all', 'setting:write:all');
  });
  beforeEach(async () => {
    ({ name } = await realm.world.tenant({ name: `Quay-${++count}`, template: 'realm' }));
  });
  const ask = (method: string, path: string, body?: unknown, token = all) =>
    realm.ask(method, `/admin/realms/${name}/authentication/${path}`, {
      token,
      ...(body === undefined ? {} : { body }),
    });
  const aliases = async () =>
    ((await ask('GET', 'required-actions'))[1] as { alias: string }[]).map(({ alias }) => alias);

  it('by the stock client: lists, changes, renames, moves, removes and registers', async () => {
    const admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: name });
    admin.setAccessToken(all);
    const { authenticationManagement: actions } = admin;
    const shown = {
      alias: 'VERIFY_EMAIL',
      name: 'Verify Email',
      providerId: 'VERIFY_EMAIL',
      enabled: true,
      defaultAction: false,
      priority: 50,
      config: {},
    };
    expect(await actions.getRequiredActions()).toContainEqual(shown);
    expect(await actions.getRequiredActionForAlias({ alias: 'VERIFY_EMAIL' })).toEqual(shown);
    expect(await actions.getUnregisteredRequiredActions()).toEqual([]);
    const change = {
      alias: 'prove-address',
      providerId: 'other',
      name: 'Prove it',
      enabled: false,
      config: { a: 'b' },
    };
    await actions.updateRequiredAction({ alias: 'VERIFY_EMAIL' }, change);
    const renamed = { ...shown, alias: 'prove-address', name: 'Prove it', enabled: false, config: { a: 'b' } };
    expect(await actions.getRequiredActionForAlias({ alias: 'prove-address' })).toEqual(renamed);
    expect((await aliases()).slice(3, 6)).toEqual(['UPDATE_PROFILE', 'prove-address', 'delete_account']);
    await actions.raiseRequiredActionPriority({ alias: 'prove-address' });
    expect((await aliases()).slice(3, 6)).toEqual(['prove-address', 'UPDATE_PROFILE', 'delete_account']);
    await actions.lowerRequiredActionPriority({ alias: 'UPDATE_PROFILE' });
    expect((await aliases()).slice(3, 6)).toEqual(['prove-address', 'delete_account', 'UPDATE_PROFILE']);
    await actions.deleteRequiredAction({ alias: 'prove-address' });
    expect(await actions.getUnregisteredRequiredActions()).toEqual([
      { name: 'Verify Email', providerId: 'VERIFY_EMAIL' },
    ]);
    await actions.registerRequiredAction({ providerId: 'VERIFY_EMAIL', name: 'Verify Email' });
    expect((await aliases()).at(-1)).toBe('VERIFY_EMAIL');
    expect(await actions.getRequiredActionForAlias({ alias: 'VERIFY_EMAIL' })).toEqual({ ...shown, priority: 1001 });
  });

  it('does nothing at the ends of the list', async () => {
    const before = await aliases();
    expect(await ask('POST', `required-actions/${before[0]}/raise-priority`)).toEqual(DONE);
    expect(await ask('POST', `required-actions/${before.at(-1)}/lower-priority`)).toEqual(DONE);
    expect(await aliases()).toEqual(before);
  });

  it('refuses unknown actions, aliases that are taken, and values that cannot be stored', async () => {
    for (const alias of ['tide', 'verify_email', '%00']) {
      expect(await ask('GET', `required-actions/${alias}`)).toEqual(UNKNOWN);
      if (alias === '%00') continue;
      expect(await ask('PUT', `required-actions/${alias}`, {})).toEqual(UNKNOWN);
      expect(await ask('DELETE', `required-actions/${alias}`)).toEqual(UNKNOWN_STOP);
      for (const way of ['raise', 'lower'])
        expect(await ask('POST', `required-actions/${alias}/${way}-priority`)).toEqual(UNKNOWN_STOP);
    }
    expect(await ask('PUT', 'required-actions/VERIFY_EMAIL', { alias: 'UPDATE_PROFILE' })).toEqual(TAKEN);
    expect(await ask('PUT', 'required-actions/VERIFY_EMAIL', { name: '' })).toEqual(NOT_STORED);
    for (const body of [{ enabled: 'yes' }, { priority: -1 }, { priority: 2 ** 40 }, { config: { a: 1 } }, [], null])
      expect([body, await ask('PUT', 'required-actions/VERIFY_EMAIL', body)]).toEqual([body, WRONG_SHAPE]);
    expect(await ask('POST', 'register-required-action', { providerId: 'VERIFY_EMAIL' })).toEqual(TAKEN);
    expect(await ask('POST', 'register-required-action', { providerId: 'tide' })).toEqual([
      400,
      { error: 'Required Action Provider with given providerId not found' },
    ]);
    expect(await ask('POST', 'register-required-action', {})).toEqual(WRONG_SHAPE);
  });

  it('keeps two changes at the same moment', async () => {
    await Promise.all([
      ask('PUT', 'required-actions/VERIFY_EMAIL', { enabled: false }),
      ask('PUT', 'required-actions/UPDATE_PROFILE', { enabled: false }),
    ]);
    for (const alias of ['VERIFY_EMAIL', 'UPDATE_PROFILE'])
      expect((await ask('GET', `required-actions/${alias}`))[1]).toMatchObject({ enabled: false });
  });

  it('reads with the permission to read settings alone', async () => {
    const reader = realm.token(realm.master, 'tenant:read:all', 'setting:read:all');
    expect((await ask('GET', 'required-actions', undefined, reader))[0]).toBe(200);
    expect((await ask('DELETE', 'required-actions/VERIFY_EMAIL', undefined, reader))[0]).toBe(403);
  });
});
