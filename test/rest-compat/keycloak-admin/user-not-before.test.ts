import { beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { RealmWorld, realmOfSuite } from '../../support/realm.ts';

const { refusal } = RealmWorld;

describe('notBefore of a user', () => {
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
    return realm.rest.ask(method, `/admin/realms/acme${path}`, { token: json.access_token, body });
  }

  const nowSeconds = (): number => Math.floor(realm.world.clock.now().getTime() / 1000);
  const userinfo = async (token: string): Promise<number> => {
    const path = '/realms/acme/protocol/openid-connect/userinfo';
    return (await realm.rest.ask('GET', path, { headers: { authorization: `Bearer ${token}` } })).status;
  };

  it('ends the tokens that its applications got before, and no others', async () => {
    const { form: client } = await realm.client();
    const [ada, ben] = [await realm.user(), await realm.user()];
    const signIn = async (user = ada) => (await realm.signIn(client, user, { scope: 'openid' })).json;
    const refresh = (refresh_token: string) =>
      realm.post('token', { ...client, grant_type: 'refresh_token', refresh_token });
    const [before, others] = [await signIn(), await signIn(ben)];
    expect([await userinfo(before.access_token), before['not-before-policy']]).toEqual([200, 0]);
    realm.world.clock.advance(2);
    const notBefore = nowSeconds();
    expect((await ask('PUT', `/users/${ada.id}`, { notBefore })).status).toBe(204);
    expect((await ask('GET', `/users/${ada.id}`)).json.notBefore).toBe(notBefore);
    expect([await userinfo(before.access_token), await userinfo(others.access_token)]).toEqual([401, 200]);
    expect(refusal(await refresh(before.refresh_token)).slice(0, 2)).toEqual([400, 'invalid_grant']);
    const after = await signIn();
    expect([await userinfo(after.access_token), after['not-before-policy']]).toEqual([200, notBefore]);
    const { json } = await refresh(after.refresh_token);
    expect([await userinfo(json.access_token), json['not-before-policy']]).toEqual([200, notBefore]);
  });

  it('stays where it is not sent, is recorded where it changes, and ends with 0', async () => {
    const { id } = await realm.user();
    const path = `/users/${id}`;
    const notBefore = nowSeconds() - 10;
    for (const body of [{ notBefore }, { firstName: 'Ada' }, { notBefore: null }, { notBefore }])
      expect((await ask('PUT', path, body)).status).toBe(204);
    expect((await ask('GET', path)).json.notBefore).toBe(notBefore);
    expect((await ask('PUT', path, { notBefore: 0 })).status).toBe(204);
    expect((await ask('GET', path)).json.notBefore).toBe(0);
    const events = (await realm.world.events(realm.acme)).filter(({ subject_id }) => subject_id === id);
    expect(events.filter(({ type }) => type === 'user.not_before_changed').map(({ params }) => params)).toEqual([
      { notBefore: new Date(notBefore * 1000).toISOString() },
      { notBefore: null },
    ]);
  });

  it('is no moment in the future, and nothing else than whole seconds', async () => {
    const { id } = await realm.user();
    const put = async (notBefore: unknown) => {
      const { status, json } = await ask('PUT', `/users/${id}`, { notBefore });
      return [status, json];
    };
    expect(await put(nowSeconds() + 10)).toEqual([400, { errorMessage: 'Could not update user!' }]);
    const shape = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
    for (const value of [-1, 1.5, 2 ** 50, 'now', [], {}]) expect([value, await put(value)]).toEqual([value, shape]);
    expect((await ask('GET', `/users/${id}`)).json.notBefore).toBe(0);
  });
});
