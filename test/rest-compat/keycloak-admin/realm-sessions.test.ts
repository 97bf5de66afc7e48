import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { TestClient, TestUser } from '../../support/oauth.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';

const DONE = [204, undefined];
const NO_SESSION = [404, { error: 'Sesssion not found' }];
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];

describe('the administration of the sessions, keys and mails of a realm', () => {
  const realm = kobilOfSuite();
  let all: string;
  let smtp: TestSmtpServer;
  beforeAll(async () => {
    all = realm.token(realm.master, ...everyPermission('all').map(formatScope));
    smtp = await TestSmtpServer.start();
  });
  afterAll(() => smtp.close());
  const ask = (method: string, path: string, body?: unknown, token = all) =>
    realm.ask(method, `/admin/realms/acme/${path}`, { token, ...(body === undefined ? {} : { body }) });

  it('ends all sessions, or one', async () => {
    const { id } = await realm.world.newUser(realm.acme);
    const { session } = await realm.world.signedIn(realm.acme, id);
    await realm.world.signedIn(realm.acme, id);
    expect(await ask('DELETE', `sessions/${session.id}?isOffline=false`)).toEqual(DONE);
    for (const path of [session.id, newId(), 'nothing', '%00'])
      expect([path, await ask('DELETE', `sessions/${path}`)]).toEqual([path, NO_SESSION]);
    const ofMaster = await realm.world.signedIn(realm.master, (await realm.world.newUser(realm.master)).id);
    expect(await ask('DELETE', `sessions/${ofMaster.session.id}`)).toEqual(NO_SESSION);
    expect(await ask('POST', 'logout-all')).toEqual([200, {}]);
    expect((await ask('GET', `users/${id}/sessions`))[1]).toEqual([]);
  });

  it('counts where clients have sessions, in their realm alone', async () => {
    const tenant = await realm.world.tenant({ template: 'realm' });
    const stats = () =>
      realm.ask('GET', `/admin/realms/${tenant.name}/client-session-stats`, {
        token: realm.token(tenant, 'session:read'),
      });
    expect(await stats()).toEqual([200, []]);
    const client = await TestClient.create(realm.world, tenant, { grantTypes: ['password', 'refresh_token'] });
    await TestClient.create(realm.world, tenant);
    const users = [await TestUser.create(realm.world, client), await TestUser.create(realm.world, client)];
    for (const user of users) await user.signIn();
    const counted = { id: client.uuid, clientId: client.clientId, active: '2', offline: '0' };
    expect(await stats()).toEqual([200, [counted]]);
    await realm.world.services.sessions.revokeOf(realm.world.system(tenant), users[0]!.id);
    expect(await stats()).toEqual([200, [{ ...counted, active: '1' }]]);
    expect(await ask('GET', 'client-session-stats', undefined, realm.token(tenant, 'session:read'))).toEqual(FORBIDDEN);
  });

  it('clears no caches, for callers who may change the realm alone', async () => {
    const reader = realm.token(realm.acme, 'tenant:read', 'setting:write', 'session:revoke');
    for (const cache of ['realm', 'user', 'keys', 'crl']) {
      expect(await ask('POST', `clear-${cache}-cache`)).toEqual(DONE);
      expect(await ask('POST', `clear-${cache}-cache`, undefined, reader)).toEqual(FORBIDDEN);
    }
    expect(await ask('POST', 'push-revocation')).toEqual([200, {}]);
    expect(await realm.world.eventTypes(realm.acme)).toContain('not_before.pushed');
    expect(await ask('POST', 'push-revocation', undefined, reader)).toEqual(FORBIDDEN);
  });

  it('refuses tokens from before the moment that the realm names', async () => {
    const { name } = await realm.world.tenant({ template: 'realm' });
    const second = Math.floor(realm.world.clock.now().getTime() / 1000);
    const put = (body: object) => realm.ask('PUT', `/admin/realms/${name}`, { token: all, body });
    const read = async () => (await realm.ask('GET', `/admin/realms/${name}`, { token: all }))[1].notBefore;
    expect(await put({ notBefore: second - 10 })).toEqual(DONE);
    expect(await read()).toBe(second - 10);
    expect(await put({ notBefore: second + 10 })).toEqual([400, { errorMessage: 'Could not update realm' }]);
    expect((await put({ notBefore: 2 ** 50 }))[0]).toBe(400);
    expect((await put({ notBefore: -1 }))[0]).toBe(400);
    expect(await put({ notBefore: 0 })).toEqual(DONE);
    expect(await read()).toBe(0);
  });

  it('shows the keys, each as it is published', async () => {
    await realm.world.services.oauth.keys.rotate(realm.world.system(realm.acme), 'RS256');
    const [status, { active, keys }] = await ask('GET', 'keys');
    expect(status).toBe(200);
    const rsa = keys.find(({ algorithm }: { algorithm: string }) => algorithm === 'RS256');
    expect(rsa).toMatchObject({ kid: active.RS256, status: 'ACTIVE', type: 'RSA', use: 'SIG' });
    const [, issuer] = await realm.ask('GET', '/realms/acme');
    expect(rsa.publicKey).toBe(issuer.public_key);
    expect(JSON.stringify(keys)).not.toContain('"d"');
    expect(await ask('GET', 'keys', undefined, realm.token(realm.acme, 'tenant:read'))).toEqual(FORBIDDEN);
  });

  it('sends a mail by a server that is not stored', async () => {
    const { id } = await realm.world.newUser(realm.acme, { email: 'boss@acme.example' });
    const own = realm.userToken(realm.acme, id, 'mail:send', 'setting:write');
    const server = {
      host: '127.0.0.1',
      port: String(smtp.port),
      from: 'try@acme.example',
      auth: 'false',
      ssl: 'false',
    };
    expect(await ask('POST', 'testSMTPConnection', server, own)).toEqual(DONE);
    expect(smtp.mails.at(-1)).toMatchObject({ from: 'try@acme.example', to: ['boss@acme.example'] });
    expect((await realm.ask('GET', '/admin/realms/acme', { token: all }))[1].smtpServer).toEqual({});
    expect(await ask('POST', 'testSMTPConnection', { ...server, host: 'a b' }, own)).toEqual([
      400,
      { error: 'HTTP 400 Bad Request' },
    ]);
    expect(await ask('POST', 'testSMTPConnection', server)).toEqual([
      500,
      { errorMessage: 'Logged in user does not have an e-mail.' },
    ]);
    const poor = realm.userToken(realm.acme, id, 'mail:send');
    expect(await ask('POST', 'testSMTPConnection', server, poor)).toEqual(FORBIDDEN);
    const full = await realm.world.newUser(realm.acme, { email: 'full@acme.example' });
    const refused = realm.userToken(realm.acme, full.id, 'mail:send', 'setting:write');
    expect(await ask('POST', 'testSMTPConnection', server, refused)).toEqual([
      500,
      { errorMessage: 'Failed to send email' },
    ]);
    expect((await ask('POST', 'testSMTPConnection', { from: 'x' }, own))[0]).toBe(400);
  });

  it('shows the caller what it may do, in its realm alone', async () => {
    const { id, username } = await realm.world.newUser(realm.acme);
    const own = realm.userToken(realm.acme, id, 'user:read', 'tenant:write');
    const who = (path: string, token?: string) =>
      realm.ask('GET', `/auth/admin/${path}`, token === undefined ? {} : { token });
    expect(await who('acme/console/whoami', own)).toEqual([
      200,
      {
        userId: id,
        realm: 'acme',
        displayName: username,
        locale: 'en',
        createRealm: false,
        realm_access: { acme: ['view-realm', 'query-realms', 'manage-realm', 'view-users', 'query-users'] },
        temporary: false,
      },
    ]);
    expect((await who('acme/console/whoami?currentRealm=master', own))[1].realm_access).toEqual({ master: [] });
    expect(await who('master/console/whoami', own)).toEqual(FORBIDDEN);
    expect((await who('master/console/whoami?currentRealm=acme', all))[1]).toMatchObject({ createRealm: true });
    expect((await who('master/console/whoami?currentRealm=acme', all))[1].realm_access.acme).toContain('manage-users');
    expect((await who('acme/console/whoami'))[0]).toBe(401);
    const named = await realm.world.newUser(realm.acme, { givenName: 'Ada', familyName: 'Moor' });
    const nameOf = async (token: string) => (await who('acme/console/whoami', token))[1].displayName;
    expect(await nameOf(realm.userToken(realm.acme, named.id))).toBe('Ada Moor');
    expect(await nameOf(realm.token(realm.acme))).toBe('test-app');
    expect(await nameOf(realm.userToken(realm.acme, 'gone'))).toBe('gone');
  });

  it('shows what the service has to callers who may read their realm', async () => {
    const info = (token?: string) => realm.ask('GET', '/admin/serverinfo', token === undefined ? {} : { token });
    const [status, shown] = await info(realm.token(realm.acme, 'tenant:read'));
    expect([status, shown.systemInfo]).toEqual([200, { version: '26.7.4' }]);
    expect(await info(realm.token(realm.acme, 'user:read'))).toEqual(FORBIDDEN);
    expect((await info())[0]).toBe(401);
  });

  it('lists every rule of passwords that acts, with a default that can be stored', async () => {
    const [, { passwordPolicies }] = await realm.ask('GET', '/admin/serverinfo', { token: all });
    const types = passwordPolicies as { id: string; configType?: string; defaultValue?: string }[];
    const ACTING =
      'digits forceExpiredPasswordChange length lowerCase maxLength notContainsUsername notEmail notUsername passwordBlacklist ' +
      'passwordHistory regexPattern specialChars upperCase';
    expect(types.map(({ id }) => id).join(' ')).toBe(ACTING);
    expect(types[0]).toEqual({
      id: 'digits',
      displayName: 'Digits',
      configType: 'int',
      defaultValue: '1',
      multipleSupported: false,
    });
    const ruleOf = ({ id, configType, defaultValue }: (typeof types)[number]) =>
      configType === undefined ? id : `${id}(${defaultValue || '.+'})`;
    const tenant = await realm.world.tenant();
    const withPolicy = async (passwordPolicy: string) => {
      const path = `/admin/realms/${tenant.name}`;
      expect((await realm.ask('PUT', path, { token: all, body: { passwordPolicy } }))[0]).toBe(204);
      const shown = (await realm.ask('GET', path, { token: all }))[1].passwordPolicy;
      const { passwordMinLength, passwordRules } = (await realm.world.services.directory.byId(tenant.id))!.settings;
      return { shown, rules: { passwordMinLength, passwordRules } };
    };
    const { rules: none } = await withPolicy('');
    for (const rule of types.map(ruleOf)) {
      const { shown, rules } = await withPolicy(rule);
      expect(shown).toBe(rule);
      expect(rules).not.toEqual(none);
    }
  });
});
