import { pbkdf2Sync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { REALM_PASSWORD, RealmWorld, realmOfSuite } from '../../support/realm.ts';

const { refusal } = RealmWorld;
const DAY = 86_400;
const SALT = Buffer.from('sixteen bytes of');
const HASHED = {
  type: 'password',
  credentialData: JSON.stringify({ hashIterations: 27_500, algorithm: 'pbkdf2-sha256', additionalParameters: {} }),
  secretData: JSON.stringify({
    value: pbkdf2Sync(REALM_PASSWORD, SALT, 27_500, 64, 'sha256').toString('base64'),
    salt: SALT.toString('base64'),
    additionalParameters: {},
  }),
};
const NOT_SET_UP = [400, 'invalid_grant', 'Account is not fully set up'];
const NEXT = 'four-lanterns-by-noon';

describe('forceExpiredPasswordChange of a realm', () => {
  const realm = realmOfSuite();
  let form: URLSearchParams;
  beforeAll(async () => {
    const master = (await realm.world.services.directory.byName('master'))!;
    const { client, secret } = await realm.world.newClient(master, {
      grantTypes: ['client_credentials'],
      scopes: everyPermission('all').map((permission) => ({ name: formatScope(permission), isDefault: true })),
    });
    form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: secret!,
    });
  });

  async function ask(method: string, path: string, body?: unknown) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { json } = await realm.rest.ask('POST', '/t/master/oauth/token', { headers, body: form.toString() });
    return realm.rest.ask(method, `/admin/realms${path}`, { token: json.access_token, body });
  }

  /** A realm in which passwords stay for 30 days, and a client of it. */
  async function newPlace() {
    const tenant = await realm.tenant();
    const { status } = await ask('PUT', `/${tenant.name}`, { passwordPolicy: 'forceExpiredPasswordChange(30)' });
    expect(status).toBe(204);
    const { form: client } = await realm.client({}, tenant);
    const signIn = async (username: string, password = REALM_PASSWORD) =>
      realm.signIn(client, { username } as never, { password }, `/realms/${tenant.name}`);
    return { path: `/${tenant.name}`, signIn };
  }

  const clock = () => realm.world.clock;

  it('asks for another password once one is older, until it is set anew', async () => {
    const { path, signIn } = await newPlace();
    expect((await ask('GET', path)).json.passwordPolicy).toBe('forceExpiredPasswordChange(30)');
    const credentials = [{ type: 'password', value: REALM_PASSWORD, temporary: false }];
    expect((await ask('POST', `${path}/users`, { username: 'ada', enabled: true, credentials })).status).toBe(201);
    clock().advance(29 * DAY);
    expect((await signIn('ada')).status).toBe(200);
    clock().advance(2 * DAY);
    expect(refusal(await signIn('ada'))).toEqual(NOT_SET_UP);
    expect(refusal(await signIn('ada', 'wrong'))).toEqual([401, 'invalid_grant', 'Invalid user credentials']);
    const [{ id }] = (await ask('GET', `${path}/users?username=ada`)).json;
    const value = { type: 'password', value: NEXT };
    expect((await ask('PUT', `${path}/users/${id}/reset-password`, value)).status).toBe(204);
    const [{ createdDate }] = (await ask('GET', `${path}/users/${id}/credentials`)).json;
    expect(createdDate).toBe(clock().now().getTime());
    expect((await signIn('ada', NEXT)).status).toBe(200);
    clock().advance(31 * DAY);
    expect((await ask('PUT', path, { passwordPolicy: '' })).status).toBe(204);
    expect((await signIn('ada', NEXT)).status).toBe(200);
  });

  it('counts from the moment that an import names, and a new hash of the same password changes nothing', async () => {
    const { path, signIn } = await newPlace();
    const agoDays = (days: number): number => clock().now().getTime() - days * DAY * 1000;
    const add = (username: string, days: number) =>
      ask('POST', `${path}/users`, {
        username,
        enabled: true,
        credentials: [{ ...HASHED, createdDate: agoDays(days) }],
      });
    expect([(await add('ola', 31)).status, (await add('eva', 20)).status]).toEqual([201, 201]);
    expect(refusal(await signIn('ola'))).toEqual(NOT_SET_UP);
    expect((await signIn('eva')).status).toBe(200);
    clock().advance(11 * DAY);
    for (const username of ['ola', 'eva']) expect(refusal(await signIn(username))).toEqual(NOT_SET_UP);
  });
});
