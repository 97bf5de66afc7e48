import { createHmac } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Signer } from '../../../src/crypto/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf, scopeLinks, TestClient, TestUser } from '../../support/oauth.ts';
import { World } from '../../support/world.ts';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an accepted access token', () => {
  let world: World;
  let acme: TenantRef;
  let globex: TenantRef;
  let client: TestClient;
  let signer: Signer;
  let claims: Record<string, unknown>;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
    globex = await world.tenant({ name: 'globex' });
    client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    signer = await world.services.oauth.keys.signer(acme, 'EdDSA');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    claims = decodeJwt(await client.token());
  });

  const sign = (change: Record<string, unknown>, typ = 'at+jwt', by = signer) =>
    by.sign({ ...claims, ...change }, { typ });
  const seconds = (ahead: number) => world.clock.now().getTime() / 1000 + ahead;

  it('is the token as it was issued', async () => {
    expect(await refusalOf(world, await sign({}))).toBeNull();
  });

  it('is no token with the algorithm none (check 26)', async () => {
    const token = `${encode({ alg: 'none', typ: 'at+jwt', kid: signer.kid })}.${encode(claims)}.`;
    expect(await refusalOf(world, token)).toBe('algorithm-not-allowed');
  });

  it('is no token whose signature is an HMAC with the public key (check 26)', async () => {
    const { keys } = await world.services.oauth.keys.jwks(acme, world.services.oauth.issuers.of(acme, 'native').kind);
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: signer.kid })}.${encode(claims)}`;
    const mac = createHmac('sha256', JSON.stringify(keys[0])).update(input).digest('base64url');
    expect(await refusalOf(world, `${input}.${mac}`)).toBe('algorithm-not-allowed');
  });

  it('is no token that names another algorithm than its key has', async () => {
    const [, payload, signature] = (await sign({})).split('.');
    const header = encode({ alg: 'RS256', typ: 'at+jwt', kid: signer.kid });
    expect(await refusalOf(world, `${header}.${payload}.${signature}`)).toBe('key-for-other-algorithm');
  });

  it('is no token that contains its own key', async () => {
    const [, payload, signature] = (await sign({})).split('.');
    const header = encode({ alg: 'EdDSA', typ: 'at+jwt', kid: signer.kid, jku: 'https://evil.example/jwks' });
    expect(await refusalOf(world, `${header}.${payload}.${signature}`)).toBe('header-carries-key');
  });

  it('is no token whose claims were changed', async () => {
    const [header, , signature] = (await sign({})).split('.');
    expect(await refusalOf(world, `${header}.${encode({ ...claims, scope: 'user:write' })}.${signature}`)).toBe(
      'signature-wrong',
    );
  });

  it('is no ID token, nor anything else of another type (check 27)', async () => {
    const app = await TestClient.create(world, acme, { grantTypes: ['password'], scopes: scopeLinks(['openid']) });
    const { idToken } = await (await TestUser.create(world, app)).signIn('openid');
    expect(await refusalOf(world, idToken!)).toBe('type-not-allowed');
    expect(await refusalOf(world, await sign({}, 'JWT'))).toBe('type-not-allowed');
    expect(await refusalOf(world, await sign({}, 'logout+jwt'))).toBe('type-not-allowed');
  });

  it('is no token of a tenant signed by the key of another one', async () => {
    const foreign = await world.services.oauth.keys.signer(globex, 'EdDSA');
    expect(await refusalOf(world, await sign({}, 'at+jwt', foreign))).toBe('key-unknown');
  });

  it.each([
    'https://id.example.com/t/no-such-tenant',
    'https://evil.example/t/acme',
    'https://id.example.com/t/acme/',
    'https://id.example.com/t/acme/more',
    'https://id.example.com',
    'https://id.example.com/t/acme\0',
    'https://id.example.com/t/\ud800',
    `https://id.example.com/t/${'x'.repeat(300)}`,
  ])('is no token of the issuer %j', async (iss) => {
    expect(await refusalOf(world, await sign({ iss }))).toBe('issuer-not-allowed');
  });

  it.each(['\0', '\ud800', 'x'.repeat(5000)])('is no token with the key id %j', async (kid) => {
    const [, payload, signature] = (await sign({})).split('.');
    const header = encode({ alg: 'EdDSA', typ: 'at+jwt', kid });
    expect(await refusalOf(world, `${header}.${payload}.${signature}`)).toBe('key-unknown');
  });

  it('is no token for another audience (check 25)', async () => {
    expect(await refusalOf(world, await sign({ aud: 'https://other.example' }))).toBe('audience-not-accepted');
    expect(await refusalOf(world, await sign({ aud: 'https://id.example.com/t/globex' }))).toBe(
      'audience-not-accepted',
    );
    expect(await refusalOf(world, await sign({ aud: ['https://other.example', 'https://id.example.com'] }))).toBeNull();
  });

  it('is no token before `nbf` or after `exp`, with a tolerance of 60 s for clocks that are ahead (check 28)', async () => {
    expect(await refusalOf(world, await sign({ exp: seconds(0) }))).toBe('expired');
    expect(await refusalOf(world, await sign({ nbf: seconds(10) }))).toBeNull();
    expect(await refusalOf(world, await sign({ iat: seconds(10) }))).toBeNull();
    expect(await refusalOf(world, await sign({ nbf: seconds(61) }))).toBe('not-yet-valid');
    expect(await refusalOf(world, await sign({ iat: seconds(61) }))).toBe('issued-in-future');
  });

  it('expires on the second, also if it was used before', async () => {
    const token = await client.token();
    expect(await refusalOf(world, token)).toBeNull();
    world.clock.advance(900);
    expect(await refusalOf(world, token)).toBe('expired');
  });

  it.each([
    ['knd', undefined],
    ['knd', 'system'],
    ['client_id', undefined],
    ['scope', ['user:read']],
    ['jti', ''],
    ['gid', 7],
  ])('is no token whose %s is %s', async (claim, value) => {
    expect(await refusalOf(world, await sign({ [claim]: value }))).toBe('claim-malformed');
  });

  it("is no user's token without its family", async () => {
    expect(await refusalOf(world, await sign({ knd: 'user', sub: 'anna' }))).toBe('claim-malformed');
  });

  it.each(['', 'x', 'a.b.c', '.', `${'A'.repeat(70_000)}.b.c`, 'x'.repeat(43), '\u0000', 'ä.ö.ü'])(
    'is no nonsense',
    async (text) => {
      expect(await refusalOf(world, text)).toMatch(/malformed|issuer-not-allowed|unknown/);
    },
  );

  it('belongs to the tenant of its client, also if a client of another tenant has the same id', async () => {
    const caller = await client.caller();
    expect(caller.tenant?.id).toBe(acme.id);
    const twin = await TestClient.create(world, globex, { clientId: client.clientId, permissions: ['user:write'] });
    expect(decodeJwt(await twin.token())['iss']).toBe('https://id.example.com/t/globex');
  });
});
