import type { ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { linkingOfSuite, RETURN } from '../../../support/linking.ts';

describe('a provider, after the visit', () => {
  const linking = linkingOfSuite();
  const { begun, completeAsked, linksOf, eventsOf, change } = linking;

  describe('an answer that cannot be trusted', () => {
    const outcomeOf = async (back: URL, over: object = {}) =>
      (await completeAsked(back, undefined, over)).data.completeAccountLinking.outcome;
    const json = (body: unknown) => (_request: unknown, response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };

    it('is a code that the provider does not know', async () => {
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      back.searchParams.set('code', 'stolen');
      expect(await outcomeOf(back)).toBe('SERVER_ERROR');
      expect(await eventsOf('federation_link.refused')).toMatchObject([{ params: { fault: 'invalid_grant' } }]);
    });

    it('is the code of another visit: PKCE and nonce bind it (RFC 9700 section 2.1.1)', async () => {
      const mine = await linking.upstream.visit(await begun(), 'ext-ann');
      const theirs = await linking.upstream.visit(await begun(), 'ext-eve');
      mine.searchParams.set('code', theirs.searchParams.get('code')!);
      expect(await outcomeOf(mine)).toBe('SERVER_ERROR');
      expect(await linksOf(linking.user)).toEqual([]);
    });

    it('comes from another issuer, or does not say whose it is (RFC 9207)', async () => {
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      expect(await outcomeOf(back, { issuer: 'https://evil.example' })).toBe('SERVER_ERROR');
      const silent = await linking.upstream.visit(await begun(), 'ext-ann');
      expect(await outcomeOf(silent, { issuer: null })).toBe('SERVER_ERROR');
    });

    it.each([
      ['has no code', { code: null }],
      ['has an endless code', { code: 'x'.repeat(16_000) }],
    ])('%s', async (_what, over) => {
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      expect(await outcomeOf(back, over)).toBe('SERVER_ERROR');
    });

    it('has a code that is longer than any text the graph takes', async () => {
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      const { code } = await completeAsked(back, undefined, { code: 'x'.repeat(100_000) });
      expect(code).toBe('INVALID_INPUT');
      expect(await linksOf(linking.user)).toEqual([]);
    });

    it('has no ID token, or an unsigned one', async () => {
      const answer = { access_token: 'x', token_type: 'bearer', expires_in: 60 };
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      let restore = linking.upstream.at('/token', json(answer));
      expect(await outcomeOf(back)).toBe('SERVER_ERROR');
      restore();
      const url = new URL(await begun());
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: linking.upstream.issuer, aud: 'idgraph', sub: 'ext-eve', iat: now, exp: now + 60 };
      const forged = `${part({ alg: 'RS256' })}.${part({ ...claims, nonce: url.searchParams.get('nonce') })}.AAAA`;
      restore = linking.upstream.at('/token', json({ ...answer, id_token: forged }));
      const state = url.searchParams.get('state');
      const faked = new URL(`${RETURN}?code=x&state=${state}&iss=${encodeURIComponent(linking.upstream.issuer)}`);
      expect(await outcomeOf(faked)).toBe('SERVER_ERROR');
      restore();
      expect(await linksOf(linking.user)).toEqual([]);
    });

    describe('holds an ID token (OIDC Core section 3.1.3.7)', () => {
      let keys: Awaited<ReturnType<typeof generateKeyPair>>;
      beforeAll(async () => {
        keys = await generateKeyPair('RS256', { extractable: true });
      });

      /** Result of a linking whose provider answers an ID token with these claims, signed with the provider's key. */
      async function outcomeWith(over: Record<string, unknown>, key = keys.privateKey): Promise<string> {
        await change({
          authorizationEndpoint: `${linking.upstream.issuer}/auth`,
          tokenEndpoint: `${linking.upstream.issuer}/signed-token`,
          jwksUri: `${linking.upstream.issuer}/own-keys`,
          clientSecret: 'provider-secret',
        });
        const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
        const url = new URL(await begun());
        const now = Math.floor(Date.now() / 1000);
        const nonce = url.searchParams.get('nonce');
        const claims = {
          iss: linking.upstream.issuer,
          aud: 'idgraph',
          sub: 'ext-ann',
          iat: now,
          exp: now + 60,
          nonce,
          ...over,
        };
        const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key);
        const answer = { access_token: 'x', token_type: 'Bearer', id_token: signed };
        const restore = [
          linking.upstream.at('/own-keys', json({ keys: [jwk] })),
          linking.upstream.at('/signed-token', json(answer)),
        ];
        const outcome = await outcomeOf(new URL(`${RETURN}?code=x&state=${url.searchParams.get('state')}`));
        for (const undo of restore.reverse()) undo();
        return outcome;
      }

      it('that is taken when everything in it is right', async () => {
        expect(await outcomeWith({})).toBe('LINKED');
      });

      it.each([
        ['another issuer', { iss: 'https://evil.example' }],
        ['another audience', { aud: 'somebody-else' }],
        ['another nonce', { nonce: 'planted' }],
        ['no nonce', { nonce: undefined }],
        ['a time that is over', { exp: 1 }],
        ['no account', { sub: undefined }],
        ['an account id that cannot be stored', { sub: 'a\u0000b' }],
        ['an account id that is too long', { sub: 'x'.repeat(513) }],
      ])('that is refused with %s', async (_what, over) => {
        expect(await outcomeWith(over)).toBe('SERVER_ERROR');
        expect(await linksOf(linking.user)).toEqual([]);
      });

      it('that is refused when another key signed it', async () => {
        const { privateKey } = await generateKeyPair('RS256');
        expect(await outcomeWith({}, privateKey)).toBe('SERVER_ERROR');
      });
    });

    it('is larger than a mebibyte, or sends us elsewhere', async () => {
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      let restore = linking.upstream.at('/token', json({ access_token: 'x'.repeat(1_100_000), token_type: 'bearer' }));
      expect(await outcomeOf(back)).toBe('SERVER_ERROR');
      restore();
      const again = await linking.upstream.visit(await begun(), 'ext-ann');
      restore = linking.upstream.at('/token', (_request, response) => {
        response.writeHead(307, { location: `${linking.upstream.issuer}/elsewhere` }).end();
      });
      expect(await outcomeOf(again)).toBe('SERVER_ERROR');
      restore();
      expect(linking.upstream.seen.some(({ path }) => path === '/elsewhere')).toBe(false);
    });
  });

  it('reads the account under another claim from userinfo, where the provider is set up so', async () => {
    await change({ subjectClaim: 'employee', scope: 'openid profile', nameClaim: null });
    const { data } = await completeAsked(await linking.upstream.visit(await begun(), 'ext-ann'));
    expect(data.completeAccountLinking.outcome).toBe('LINKED');
    expect(await linksOf(linking.user)).toEqual([{ externalId: '815', externalName: null }]);
  });

  it('ends with server_error when that claim is missing', async () => {
    await change({ subjectClaim: 'badge' });
    const { data } = await completeAsked(await linking.upstream.visit(await begun(), 'ext-ann'));
    expect(data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
  });

  it('works with given endpoints in place of discovery', async () => {
    await change({
      authorizationEndpoint: `${linking.upstream.issuer}/auth`,
      tokenEndpoint: `${linking.upstream.issuer}/token`,
      jwksUri: `${linking.upstream.issuer}/jwks`,
      pkce: true,
      tokenEndpointAuth: 'client_secret_basic',
      clientSecret: 'provider-secret',
    });
    const { data } = await completeAsked(await linking.upstream.visit(await begun(), 'ext-ann'));
    expect(data.completeAccountLinking.outcome).toBe('LINKED');
    expect(linking.upstream.seen.some(({ path }) => path.startsWith('/.well-known/'))).toBe(false);
  });

  describe('that is read again', () => {
    const reload = () =>
      linking.world.services.providerMetadata.reload(linking.world.system(linking.tenant), linking.provider.id);
    const asked = (path: string) => linking.upstream.seen.filter((seen) => seen.path === path).length;

    it('stays as it was read before when it does not answer', async () => {
      await begun();
      const restore = linking.upstream.instead((_request, response) => response.writeHead(503).end());
      expect(await reload()).toBe(false);
      await begun();
      restore();
      expect(await reload()).toBe(true);
      const metadata = asked('/.well-known/openid-configuration');
      const { data } = await completeAsked(await linking.upstream.visit(await begun(), 'ext-ann'));
      expect(data.completeAccountLinking.outcome).toBe('LINKED');
      expect(asked('/.well-known/openid-configuration')).toBe(metadata);
      expect(asked('/jwks')).toBe(1);
    });

    it('has answered with its keys, also where the endpoints are given', async () => {
      await change({
        authorizationEndpoint: `${linking.upstream.issuer}/auth`,
        tokenEndpoint: `${linking.upstream.issuer}/token`,
        jwksUri: `${linking.upstream.issuer}/jwks`,
        clientSecret: 'provider-secret',
      });
      expect([await reload(), asked('/jwks')]).toEqual([true, 1]);
      for (const [status, body] of [
        [503, '{"keys":[]}'],
        [200, '{}'],
        [200, 'null'],
      ] as const) {
        const restore = linking.upstream.at('/jwks', (_request, response) => response.writeHead(status).end(body));
        expect([body, await reload()]).toEqual([body, false]);
        restore();
      }
    });
  });

  it('supports a provider with OAuth 2 only: the account is read from its userinfo', async () => {
    await change({
      issuer: null,
      authorizationEndpoint: `${linking.upstream.issuer}/auth`,
      tokenEndpoint: `${linking.upstream.issuer}/oauth-token`,
      userinfoEndpoint: `${linking.upstream.issuer}/users.get`,
      scope: 'email',
      subjectClaim: 'id',
      nameClaim: 'screen_name',
      clientSecret: 'provider-secret',
    });
    const url = new URL(await begun());
    expect(url.searchParams.has('nonce')).toBe(false);
    expect(url.searchParams.has('code_challenge')).toBe(false);
    const restore = [
      linking.upstream.at('/oauth-token', (_request, response) => {
        const body = { access_token: 'vk1', token_type: 'Bearer', expires_in: 60 };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }),
      linking.upstream.at('/users.get', (request, response) => {
        const ok = request.headers.authorization === 'Bearer vk1';
        response.writeHead(ok ? 200 : 401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id: 210_700_286, screen_name: 'ann\n' }));
      }),
    ];
    const back = new URL(`${RETURN}?code=x&state=${url.searchParams.get('state')}`);
    expect((await completeAsked(back)).data.completeAccountLinking.outcome).toBe('LINKED');
    for (const undo of restore.reverse()) undo();
    expect(await linksOf(linking.user)).toEqual([{ externalId: '210700286', externalName: null }]);
  });
});
