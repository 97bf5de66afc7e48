import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { callerOf } from '../../support/oauth.ts';
import { RealmWorld, realmOfSuite } from '../../support/realm.ts';

const { refusal } = RealmWorld;
const UMA = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const INVALID_CLIENT = [401, 'invalid_client', 'Invalid client or Invalid client credentials'];
const DENIED = [403, 'access_denied', 'not_authorized'];

describe('permissions on resources (UMA 2.0 Grant)', () => {
  const realm = realmOfSuite();
  let server: Awaited<ReturnType<RealmWorld['client']>>;
  let app: typeof server;
  let member: User;
  let token: string;
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

  const resourceRole = async (): Promise<string> =>
    (await realm.world.services.roles.findByName(realm.acme.id, 'uma_authorization'))!.id;
  /** A user who may use resources. */
  const newMember = async (): Promise<User> => {
    const { world, acme } = realm;
    const user = await realm.user({ givenName: 'Ada' });
    await world.grantRole(acme, { holderKind: 'user', holderId: user.id, roleId: await resourceRole() });
    return user;
  };
  const tokenOf = async (user: User, form = app.form): Promise<string> =>
    (await realm.signIn(form, user, { scope: 'openid' })).json.access_token;

  beforeAll(async () => {
    const { world, acme } = realm;
    // New users would have the role by the default one.
    const all = await world.services.roles.findByName(acme.id, 'default-roles-acme');
    const inside = [await resourceRole()];
    await world.db.transaction(() => world.stores.roleStore.removeChildren(acme.id, all!.id, inside));
    server = await realm.client({ clientId: 'ferry-port', isResourceServer: true });
    app = await realm.client({ clientId: 'ferry-app' });
    member = await newMember();
    token = await tokenOf(member);
  });

  const ask = (more: Record<string, string>, headers: Record<string, string> = bearer(token)) =>
    realm.post('token', { grant_type: UMA, audience: 'ferry-port', ...more }, { headers });

  it('are a decision, a list or a token, for the bearer of an access token', async () => {
    const permissions = [{ rsid: server.client.id, rsname: 'Default Resource', scopes: [] }];
    const decision = await ask({ response_mode: 'decision' });
    expect([decision.status, decision.json]).toEqual([200, { result: true }]);
    const list = await ask({ response_mode: 'permissions' });
    expect([list.status, list.json]).toEqual([200, permissions]);
    expect(list.headers['cache-control']).toBe('no-store');
    const { status, json } = await ask({});
    expect(status).toBe(200);
    expect(json).toMatchObject({ token_type: 'Bearer', refresh_expires_in: 0, session_state: expect.any(String) });
    expect(json).not.toHaveProperty('refresh_token');
    const [before, after] = [decodeJwt(token), decodeJwt(json.access_token)];
    expect(after).toMatchObject({ authorization: { permissions }, aud: 'ferry-port', azp: 'ferry-app' });
    for (const name of ['sub', 'sid', 'gid', 'scope', 'preferred_username', 'client_id', 'auth_time', 'iss'])
      expect([name, after[name]]).toEqual([name, before[name]]);
    expect(after.jti).not.toBe(before.jti);
  });

  it('are asked for by a client with its secret and the token of a user, or for itself', async () => {
    const withSecret = (form: Record<string, string>, more: Record<string, string> = {}) =>
      ask({ ...form, response_mode: 'decision', ...more }, {});
    expect((await withSecret(server.form, { subject_token: token })).json).toEqual({ result: true });
    expect(refusal(await withSecret(server.form))).toEqual(DENIED);
    const outsider = await tokenOf(await realm.user());
    expect(refusal(await withSecret(server.form, { subject_token: outsider }))).toEqual(DENIED);
    const { world, acme } = realm;
    const machine = await world.services.serviceAccounts.createClient(world.system(acme), {
      hasServiceAccount: true,
      grantTypes: ['client_credentials'],
      fullRoleScope: true,
    });
    const form = { client_id: machine.client.clientId, client_secret: machine.secret! };
    expect(refusal(await withSecret(form))).toEqual(DENIED);
    const roleId = await resourceRole();
    await world.grantRole(acme, { holderKind: 'user', holderId: machine.client.id, roleId });
    expect((await withSecret(form)).json).toEqual({ result: true });
    const own = decodeJwt((await ask(form, {})).json.access_token);
    expect(own).toMatchObject({ sub: machine.client.id, knd: 'app', aud: 'ferry-port' });
    const itsToken = (await realm.post('token', { ...form, grant_type: 'client_credentials' })).json.access_token;
    expect((await ask({ response_mode: 'decision' }, bearer(itsToken))).json).toEqual({ result: true });
  });

  it('tell the moment before which tokens of the user are refused', async () => {
    const { world, acme } = realm;
    const user = await newMember();
    const notBefore = new Date('2026-01-02T03:04:05Z');
    await world.services.users.update(world.system(acme), user.id, { notBefore });
    const { json } = await ask({}, bearer(await tokenOf(user)));
    expect(json['not-before-policy']).toBe(notBefore.getTime() / 1000);
  });

  it('are asked of the client itself where the request names no audience', async () => {
    const own = await tokenOf(member, server.form);
    const answer = await realm.post('token', { grant_type: UMA, response_mode: 'decision' }, { headers: bearer(own) });
    expect(answer.json).toEqual({ result: true });
    const other = await realm.post('token', { grant_type: UMA, response_mode: 'decision' }, { headers: bearer(token) });
    expect(refusal(other)).toEqual([400, 'invalid_request', 'Client does not support permissions']);
  });

  it('belong to those who have the role, also inside another one, and end with it', async () => {
    const { world, acme } = realm;
    const user = await realm.user();
    const mine = await tokenOf(user);
    expect(refusal(await ask({ response_mode: 'decision' }, bearer(mine)))).toEqual(DENIED);
    const outer = await world.newRole(acme, { childIds: [await resourceRole()] });
    await world.grantRole(acme, { holderKind: 'user', holderId: user.id, roleId: outer.id });
    expect((await ask({ response_mode: 'decision' }, bearer(mine))).status).toBe(200);
    await world.services.roles.delete(world.system(acme), outer.id);
    expect(refusal(await ask({ response_mode: 'decision' }, bearer(mine)))).toEqual(DENIED);
    // A role of a client with the same name is another one.
    const namesake = await world.newRole(acme, { name: 'uma_authorization', clientUuid: server.client.id });
    await world.grantRole(acme, { holderKind: 'user', holderId: user.id, roleId: namesake.id });
    expect(refusal(await ask({ response_mode: 'decision' }, bearer(mine)))).toEqual(DENIED);
  });

  it.each<[string, string | Record<string, string>, readonly unknown[]]>([
    ['the resource by its name', { permission: 'Default Resource' }, [200]],
    ['an unknown resource', { permission: 'quay' }, [400, 'invalid_resource', 'Resource does not exist.']],
    [
      'one known and one unknown resource',
      `grant_type=${encodeURIComponent(UMA)}&audience=ferry-port&permission=Default+Resource&permission=quay`,
      [400, 'invalid_resource', 'Resource does not exist.'],
    ],
    [
      'the resource twice',
      `grant_type=${encodeURIComponent(UMA)}&audience=ferry-port&permission=Default+Resource&permission=Default+Resource`,
      [200],
    ],
    [
      'a scope that it does not have',
      { permission: 'Default Resource#moor' },
      [400, 'invalid_scope', 'A scope is unknown, malformed or not allowed for the client.'],
    ],
    ['an unknown audience', { audience: 'nobody' }, [400, 'invalid_request', 'Client does not support permissions']],
    [
      'a client without resources',
      { audience: 'ferry-app' },
      [400, 'invalid_request', 'Client does not support permissions'],
    ],
    [
      'another form of answer',
      { response_mode: 'poem' },
      [400, 'invalid_request', 'response_mode: The value is `decision` or `permissions`.'],
    ],
    [
      'a permission that cannot be stored',
      { permission: 'a\0b' },
      [400, 'invalid_request', 'The text holds characters that cannot be stored.'],
    ],
    [
      'a permission without end',
      { permission: 'x'.repeat(20_000) },
      [400, 'invalid_request', 'A text has at most 16384 characters.'],
    ],
  ])('answer a request for %s', async (_what, form, expected) => {
    const answer =
      typeof form === 'string' ? await realm.post('token', form, { headers: bearer(token) }) : await ask(form);
    const shown = expected.length === 1 ? [answer.status] : refusal(answer);
    expect(shown).toEqual(expected);
  });

  it('are refused without a token or secret, and with tokens of others, and are recorded', async () => {
    const { world } = realm;
    const other = await realm.tenant();
    const { form } = await realm.client({}, other);
    const base = `/realms/${other.name}`;
    const foreign = (await realm.signIn(form, await realm.user({}, other), { scope: 'openid' }, base)).json;
    const native = await world.services.oauth.keys.signer(realm.acme, 'EdDSA');
    const forged = await native.sign({ ...decodeJwt(token) }, { typ: 'at+jwt' });
    for (const text of [
      'nonsense',
      foreign.access_token,
      forged,
      (await signedIn()).id_token,
      (await signedIn()).refresh_token,
    ])
      expect(refusal(await ask({}, bearer(text)))).toEqual(INVALID_CLIENT);
    const open = await realm.client({ type: 'public', grantTypes: ['password'] });
    expect(refusal(await ask({ client_id: open.client.clientId }, {}))).toEqual(INVALID_CLIENT);
    expect(refusal(await ask({ client_id: open.client.clientId, subject_token: token }, {}))).toEqual(INVALID_CLIENT);
    const wrong = [400, 'invalid_grant', 'Invalid bearer token'];
    for (const text of ['nonsense', foreign.access_token])
      expect(refusal(await ask({ ...server.form, subject_token: text }, {}))).toEqual(wrong);
    const refused = (await world.events(realm.acme)).filter(({ type }) => type === 'token.refused');
    expect(refused.at(-1)).toMatchObject({ reason: 'GRANT_INVALID', params: { grantType: UMA } });
  });
  const signedIn = async () => (await realm.signIn(app.form, member, { scope: 'openid' })).json;

  it('take an access token for no other grant', async () => {
    for (const grant_type of ['client_credentials', 'refresh_token', 'password', ''])
      expect(refusal(await realm.post('token', { grant_type }, { headers: bearer(token) }))).toEqual(INVALID_CLIENT);
  });

  it('stand in tokens that live no longer than the one before, and end with its session', async () => {
    const { clock } = realm.world;
    const { access_token: first, session_state: sid } = await signedIn();
    clock.advance(1000);
    const { json } = await ask({}, bearer(first));
    expect([json.expires_in, decodeJwt(json.access_token).exp]).toEqual([800, decodeJwt(first).exp]);
    expect((await callerOf(realm.world, json.access_token)).userId).toBe(member.id);
    await realm.world.services.sessions.end(realm.world.system(realm.acme), sid);
    expect(refusal(await ask({}, bearer(json.access_token)))).toEqual(INVALID_CLIENT);
  });

  it('are written by no mapper', async () => {
    const { world, acme } = realm;
    const forging = await realm.client();
    const config = {
      'claim.name': 'authorization',
      'claim.value': '{"permissions":[{"rsname":"everything"}]}',
      'jsonType.label': 'JSON',
      'access.token.claim': 'true',
    };
    const mappers = [{ name: 'm', type: 'oidc-hardcoded-claim-mapper', config }];
    await world.services.mappers.add(world.system(acme), { clientUuid: forging.client.id }, mappers);
    expect(decodeJwt(await tokenOf(member, forging.form))).not.toHaveProperty('authorization');
  });

  it('are opaque where the tokens of the client are', async () => {
    const opaque = await realm.client({ tokenFormat: 'opaque' });
    const mine = await tokenOf(member, opaque.form);
    const { json } = await ask({}, bearer(mine));
    const seen = await realm.post('token/introspect', { ...opaque.form, token: json.access_token });
    expect(seen.json).toMatchObject({
      active: true,
      aud: 'ferry-port',
      authorization: { permissions: [{ rsname: 'Default Resource' }] },
    });
  });
});
