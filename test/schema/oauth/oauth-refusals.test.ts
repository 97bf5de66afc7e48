import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

/** The fields that need no caller but a tenant. */
const OF_A_TENANT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'Mutation.completeAccountLinking': { input: { state: 'x' } },
  'Mutation.confirmEmail': { input: { code: 'x' } },
  'Mutation.registerWithImage': {
    input: { username: 'x', email: 'x@example.com', encryptedCommitment: 'x', version: 'sv-zkp/1' },
  },
  'Mutation.requestImageChallenge': { input: { username: 'x', cipherKey: 'x' } },
  'Mutation.requestImageReset': { input: { clientId: 'x', username: 'x', email: 'x' } },
  'Mutation.resetImage': { input: { code: 'x', username: 'x', encryptedCommitment: 'x', version: 'sv-zkp/1' } },
  'Mutation.signInWithImage': {
    input: { username: 'x', cipherKey: 'x', challengeId: 'x', challengeData: 'x' },
  },
  'Mutation.confirmSignOut': { input: { handle: 'x', isConfirmed: true } },
  'Mutation.decideAccountLinking': { input: { handle: 'x', userId: 'x', isConfirmed: true } },
  'Mutation.deleteRegisteredClient': { input: { clientId: 'x', registrationToken: 'x' } },
  'Mutation.registerClient': { input: { accessToken: 'x', metadata: {} } },
  'Mutation.updateRegisteredClient': { input: { clientId: 'x', registrationToken: 'x', metadata: {} } },
  'Query.clientPresentation': { clientId: 'x' },
  'Query.imageProofDemands': {},
  'Query.registeredClient': { clientId: 'x', registrationToken: 'x' },
  'Mutation.endSession': { input: { parameters: [] } },
  'Mutation.keepPostedRequest': { input: { endpoint: 'END_SESSION', parameters: [] } },
  'Mutation.issueTokens': { input: { parameters: [{ name: 'grant_type', values: ['client_credentials'] }] } },
  'Mutation.openAccountLinking': { input: { handle: 'x' } },
  'Mutation.postSignOut': { input: { parameters: [] } },
  'Mutation.revokeToken': { input: { token: 'x' } },
  'Query.introspectToken': { token: 'x' },
  'Query.jwks': {},
  'Query.openidConfiguration': {},
  'Query.sessionIdCookie': {},
  'Query.signedClientPresentation': { clientId: 'x' },
  'Query.sessionWatcher': { clientId: 'x', origin: 'https://app.example.com' },
  'Query.signOut': { handle: 'x' },
  'Query.tokenIssuer': {},
  'Query.userinfo': {},
};

describe('what the OAuth fields do not allow', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
  });
  afterAll(() => world.close());

  const anonymous = anonymousCaller(TEST_ORIGIN);

  it.each(Object.entries(OF_A_TENANT))('%s is refused when nothing names the tenant', async (field, args) => {
    expect((await callField(world, anonymous, field, args)).code).toBe('TENANT_REQUIRED');
  });

  it('introspection and revocation are refused to anonymous callers (check 38)', async () => {
    const named = { token: 'x', tenant: acme.name };
    expect((await callField(world, anonymous, 'Query.introspectToken', named)).code).toBe('CLIENT_UNAUTHENTICATED');
    const revoked = await callField(world, anonymous, 'Mutation.revokeToken', { input: named });
    expect(revoked.code).toBe('CLIENT_UNAUTHENTICATED');
  });

  it('a posted sign-out needs a browser, or a refresh token with its client', async () => {
    const post = async (parameters: object[]) =>
      (await callField(world, anonymous, 'Mutation.postSignOut', { input: { tenant: acme.name, parameters } })).code;
    expect(await post([])).toBe('BROWSER_REQUIRED');
    expect(await post([{ name: 'refresh_token', values: [''] }])).toBe('BROWSER_REQUIRED');
    expect(await post([{ name: 'refresh_token', values: ['x'] }])).toBe('CLIENT_UNAUTHENTICATED');
    expect(await post([{ name: 'refresh_token', values: ['x', 'y'] }])).toBe('TOKEN_PARAMETER_INVALID');
  });

  it('the cookie that tells scripts the session is named to a browser alone', async () => {
    const named = await callField(world, anonymous, 'Query.sessionIdCookie', { tenant: acme.name });
    expect(named.code).toBe('BROWSER_REQUIRED');
  });

  it('userinfo requires the token of a user with the scope openid', async () => {
    const { id } = await world.newUser(acme);
    const codeFor = async (caller: object) =>
      (await callField(world, { ...world.user(acme, id), issuerKind: 'native', ...caller }, 'Query.userinfo', {})).code;
    expect(await codeFor({ kind: 'application' })).toBe('TOKEN_INVALID');
    expect(await codeFor({})).toBe('SCOPE_INSUFFICIENT');
    expect(await codeFor({ scopes: ['openid'] })).toBeUndefined();
  });
});
