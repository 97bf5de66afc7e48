import { describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { authorizingOfSuite, CALLBACK, paramsOf } from '../../../support/authorization.ts';
import { CookieJar } from '../../../support/cookie-jar.ts';
import { TestClient, TestUser } from '../../../support/oauth.ts';
import { totpCode } from '../../../support/totp.ts';

const NATIVE = 'native';
const REALM = 'realm';
const PKCE = { code_challenge: null, code_challenge_method: null };

describe('a request of an application for a user who has a second factor, or something to do', () => {
  const suite = authorizingOfSuite();

  /** A browser in which a user of a new tenant is signed in by a password, which is as old as that. */
  async function signedIn(template: 'native' | 'realm', passwordSeconds = 0) {
    const { world } = suite;
    const tenant = await world.tenant({ template });
    const client = await suite.newClient(
      { clientId: 'app', consent: 'trusted', type: 'confidential', redirects: [{ uri: CALLBACK }] },
      tenant,
    );
    const user = await TestUser.create(world, client);
    world.clock.advance(passwordSeconds);
    const jar = new CookieJar();
    const { cookie } = await world.signedIn(tenant, user.id, { inBrowser: true, acr: '1fa' });
    await jar.set('session', tenant, cookie!);
    const ask = (issuerKind: string, asked = {}) =>
      suite.begin(jar, issuerKind === REALM ? { ...PKCE, ...asked } : asked, { client, issuerKind, tenant });
    return { world, tenant, client, user, ask };
  }
  const demand = (tenant: TenantRef, userId: string, requiredActions: readonly string[]) =>
    suite.world.services.users.update(suite.world.system(tenant), userId, { requiredActions });

  it.each([
    ['realm', REALM],
    ['realm', NATIVE],
    ['native', REALM],
  ] as const)('leads to pages in a tenant of the template %s, at the issuer %s', async (template, issuerKind) => {
    const { world, tenant, user, ask } = await signedIn(template);
    expect(paramsOf(await ask(issuerKind))).toHaveProperty('code');
    await world.giveTotp(tenant, user.id);
    expect((await ask(issuerKind)).kind).toBe('interaction');
    expect(paramsOf(await ask(issuerKind, { prompt: 'none' }))).toMatchObject({ error: 'interaction_required' });
  });

  it('leads to them for each action that is required, and to none at other issuers', async () => {
    const { tenant, user, ask } = await signedIn('native');
    await demand(tenant, user.id, ['UPDATE_PROFILE']);
    expect((await ask(REALM)).kind).toBe('interaction');
    expect(paramsOf(await ask(NATIVE))).toHaveProperty('code');
  });

  it('leads to none while a session goes on whose password is too old by now', async () => {
    const { world, tenant, ask } = await signedIn('realm', 86_401);
    await world.services.tenants.updateSettings(world.system(tenant), { passwordRules: { maxAgeDays: 1 } });
    expect(paramsOf(await ask(REALM, { prompt: 'none' }))).toHaveProperty('code');
  });

  it('leads to none at other issuers of other tenants, as the account does not demand its factor', async () => {
    const { world, tenant, user, ask } = await signedIn('native');
    await world.giveTotp(tenant, user.id);
    expect(paramsOf(await ask(NATIVE))).toHaveProperty('code');
  });
});

describe('a password grant', () => {
  const suite = authorizingOfSuite();
  const refusal = (grant: Promise<unknown>) =>
    grant.then(
      () => null,
      ({ code }) => code,
    );

  async function newUser(template: 'native' | 'realm') {
    const { world } = suite;
    const tenant = await world.tenant({ template });
    const client = await TestClient.create(world, tenant, { grantTypes: ['password'] });
    const user = await TestUser.create(world, client);
    const grant = (issuerKind: string, more = {}) =>
      client.request('password', { username: user.username, password: user.password, ...more }, issuerKind);
    const reasons = async () =>
      (await world.events(tenant))
        .filter(({ type }) => type === 'sign_in.failed' || type === 'token.refused')
        .map(({ type, reason, subject_id }) => [type, reason, subject_id === user.id]);
    return { world, tenant, user, grant, reasons };
  }

  it.each([NATIVE, REALM])('of a realm demands the factor of the account at the issuer %s', async (issuerKind) => {
    const { world, tenant, user, grant, reasons } = await newUser('realm');
    await world.giveTotp(tenant, user.id);
    expect(await refusal(grant(issuerKind))).toBe('SIGN_IN_FACTOR_REQUIRED');
    expect(await reasons()).toEqual([['sign_in.failed', 'factor_required', true]]);
    const totp = totpCode('JBSWY3DPEHPK3PXP', world.clock.now());
    expect(await refusal(grant(issuerKind, { totp }))).toBeNull();
  });

  it.each([NATIVE, REALM])('of a realm is stopped by any action at the issuer %s, and recorded', async (issuerKind) => {
    const { world, tenant, user, grant, reasons } = await newUser('realm');
    const change = (requiredActions: string[]) =>
      world.services.users.update(world.system(tenant), user.id, { requiredActions });
    await change(['UPDATE_PROFILE']);
    expect(await refusal(grant(issuerKind))).toBe('SIGN_IN_ACTIONS_REQUIRED');
    await change(['VERIFY_EMAIL']);
    expect(await refusal(grant(issuerKind))).toMatch(/^SIGN_IN_(ACTIONS_REQUIRED|EMAIL_UNVERIFIED)$/);
    await change(['UPDATE_PASSWORD']);
    expect(await refusal(grant(issuerKind))).toMatch(/^SIGN_IN_(ACTIONS_REQUIRED|PASSWORD_CHANGE_REQUIRED)$/);
    expect(await reasons()).toEqual([
      ['sign_in.failed', 'actions_required', true],
      ['sign_in.failed', 'email_unverified', true],
      ['sign_in.failed', 'password_change_required', true],
    ]);
  });

  it('elsewhere takes the password alone, unless the account demands more', async () => {
    const { world, tenant, user, grant } = await newUser('native');
    await world.giveTotp(tenant, user.id);
    await world.services.users.update(world.system(tenant), user.id, { requiredActions: ['UPDATE_PROFILE'] });
    expect(await refusal(grant(NATIVE))).toBeNull();
    expect(await refusal(grant(REALM))).toBe('SIGN_IN_FACTOR_REQUIRED');
  });
});
