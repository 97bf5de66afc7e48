import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOOPBACK_NETWORKS } from '../../../../src/kernel/index.ts';
import { AuthorityKeys } from '../../../../src/oauth/external-factor/authority-keys.ts';
import { TestClock } from '../../../support/clock.ts';
import { DIRECTORY, newKey, TestAuthority } from '../../../support/factor-authority.ts';

describe('the keys of an authority', () => {
  let authority: TestAuthority;
  let clock: TestClock;
  let keys: AuthorityKeys;
  let issuer: string;
  beforeAll(async () => {
    authority = await TestAuthority.start();
    issuer = authority.template.replace('{tid}', DIRECTORY);
  });
  afterAll(() => authority.close());
  beforeEach(() => {
    authority.asked.length = 0;
    authority.metadata = {};
    authority.others = [];
    authority.instead(null);
    clock = new TestClock();
    const privateHosts = { names: [], networks: LOOPBACK_NETWORKS };
    keys = new AuthorityKeys({ clock, privateHosts, allowLoopbackHttp: true, timeoutMs: 5_000 });
  });

  const find = (kid = authority.key.kid, of = issuer) => keys.find(kid, of, 'acme');
  const ofSet = () => authority.asked.filter((path) => path.endsWith('/keys')).length;

  it('are found by their ids, and read once, also by simultaneous requests', async () => {
    const [first, second] = await Promise.all([find(), find()]);
    expect([first!.kid, first!.alg, second]).toEqual([authority.key.kid, 'RS256', first]);
    expect(await find()).toBe(first);
    expect(authority.asked).toEqual([
      `/${DIRECTORY}/v2.0/.well-known/openid-configuration`,
      `/${DIRECTORY}/discovery/v2.0/keys`,
    ]);
  });

  it('are read again after an hour, and for an unknown one once a minute', async () => {
    await find();
    clock.advance(3599);
    await find();
    expect(ofSet()).toBe(1);
    clock.advance(1);
    await find();
    expect(ofSet()).toBe(2);
    expect(await find('unknown')).toBeUndefined();
    expect(ofSet()).toBe(2);
    clock.advance(60);
    expect(await find('unknown')).toBeUndefined();
    expect(ofSet()).toBe(3);
    const before = authority.key;
    await authority.rotate('next');
    expect(await find('next')).toBeUndefined();
    clock.advance(60);
    expect((await find('next'))?.kid).toBe('next');
    expect(await find(before.kid)).toBeUndefined();
  });

  it('leave out what is no RSA key for signatures', async () => {
    const { publicJwk } = await newKey('other');
    authority.others = [
      null,
      'text',
      { ...publicJwk, kid: 'for-encryption', use: 'enc' },
      { ...publicJwk, kid: '' },
      { kty: 'RSA', kid: 'broken', n: '', e: '' },
      { kty: 'EC', crv: 'P-256', kid: 'ec', x: 'x', y: 'y' },
      { kty: 'oct', kid: 'secret', k: 'c2VjcmV0' },
      { ...publicJwk, kid: 'without-use', use: undefined },
    ];
    expect((await find('without-use'))?.kid).toBe('without-use');
    for (const kid of ['for-encryption', '', 'broken', 'ec', 'secret']) expect(await find(kid)).toBeUndefined();
  });

  it.each([
    ['its metadata names another issuer', { metadata: { issuer: 'https://elsewhere.example' } }],
    ['its metadata names no key set', { metadata: { jwks_uri: 7 } }],
    ['its key set is at no address', { metadata: { jwks_uri: 'nowhere' } }],
    ['its key set may not be called', { metadata: { jwks_uri: 'http://192.0.2.1/keys' } }],
    ['its key set has more keys than any', { others: Array.from({ length: 100 }, () => null) }],
  ])('cannot be read where %s, and are asked for again', async (_case, over) => {
    Object.assign(authority, over);
    await expect(find()).rejects.toThrow('The keys of an authority cannot be read.');
    authority.metadata = {};
    authority.others = [];
    expect((await find())?.kid).toBe(authority.key.kid);
  });

  it.each([
    ['an error', 500, {}],
    ['a redirect', 302, { Location: '/' }],
  ])('cannot be read from %s', async (_case, status, headers) => {
    authority.instead((_request, response) => response.writeHead(status, headers).end());
    await expect(find()).rejects.toThrow('The keys of an authority cannot be read.');
  });
});
