import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../../src/access/index.ts';
import { mintHandle } from '../../../../src/crypto/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { OAuthParameter, PostedRequests } from '../../../../src/oauth/index.ts';
import { CookieJar } from '../../../support/cookie-jar.ts';
import { asParameters } from '../../../support/oauth.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const BASE = 'https://id.example.com/t/acme/oauth/logout';
const NATIVE = { issuerKind: 'native', endpoint: 'endSession' } as const;

describe('what an application posts through a browser', () => {
  let world: World;
  let acme: TenantRef;
  let posted: PostedRequests;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
    posted = world.services.oauth.postedRequests;
  });
  afterAll(() => world.close());

  const authority = (tenant = acme, host?: string) =>
    new Authority(anonymousCaller({ ...TEST_ORIGIN, ...(host === undefined ? {} : { host }) }), tenant, 'self');
  const keep = (parameters: readonly OAuthParameter[], by = authority()) =>
    new CookieJar().use((browser) => posted.keep(by, browser, { ...NATIVE, parameters }));
  const recorded: [code: string, kept: readonly OAuthParameter[]][] = [];
  const readNamed = (parameters: readonly OAuthParameter[], over: object = {}, tenant = acme) =>
    posted.read(authority(tenant), { ...NATIVE, parameters, ...over }, async ({ code }, kept) => {
      recorded.push([code, kept]);
    });
  const read = (address: string, over: object = {}, tenant = acme) =>
    readNamed(asParameters(Object.fromEntries(new URL(address).searchParams)), over, tenant);

  it.each([
    ['none', []],
    ['one without a value', [{ name: 'state', values: [''] }]],
    ['repeated and unknown ones', [{ name: 'a', values: ['1', '2'] }, ...asParameters({ a: '3', zzz: 'ä & =' })]],
    ['what no database stores', asParameters({ state: 'a\0b\u0001', nonce: '\ud800' })],
  ] as [string, OAuthParameter[]][])(
    'goes on as a GET of the same endpoint, with every parameter as it was: %s',
    async (_case, parameters) => {
      const address = await keep(parameters);
      expect(address).toMatch(new RegExp(`^${BASE}\\?posted_request=[\\w-]{43}$`));
      expect(await read(address)).toEqual(parameters);
    },
  );

  it('goes on at the host that it was posted to, if the tenant has it', async () => {
    const system = world.system(acme);
    await world.services.tenants.bindHost(system, 'login.acme.example');
    const bound = await keep([], authority(acme, 'login.acme.example'));
    expect(bound).toMatch(/^https:\/\/login\.acme\.example\/t\/acme\/oauth\/logout\?/);
    expect(await keep([], authority(acme, 'evil.example'))).toMatch(/^https:\/\/id\.example\.com\//);
  });

  it('is read again when the page is reloaded within a minute, and not later', async () => {
    const address = await keep(asParameters({ state: 's' }));
    expect(await read(address)).toEqual(await read(address));
    world.clock.advance(59);
    expect(await read(address)).toEqual(asParameters({ state: 's' }));
    world.clock.advance(1);
    expect(await refusalOf(read(address))).toBe('POSTED_REQUEST_NOT_FOUND');
  });

  it('is refused when the address has posted too many within a minute, whichever browser it is', async () => {
    const by = (peerIp: string) => new Authority(anonymousCaller({ ...TEST_ORIGIN, peerIp }), acme, 'self');
    for (let count = 0; count < 200; count += 1) await keep([], by('2001:db8:1:2::1'));
    const refused = keep([], by('2001:db8:1:2:3::4'));
    await expect(refused).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 60 });
    await keep([], by('2001:db8:1:3::1'));
    world.clock.advance(60);
    await keep([], by('2001:db8:1:2::1'));
  });

  it('is not read by another tenant or another kind of issuer, nor beside another handle', async () => {
    const address = await keep([]);
    const globex = await world.tenant();
    expect(await refusalOf(read(address, {}, globex))).toBe('POSTED_REQUEST_NOT_FOUND');
    expect(await refusalOf(read(address, { issuerKind: 'suite' }))).toBe('POSTED_REQUEST_NOT_FOUND');
    const handle = new URL(address).searchParams.get('posted_request')!;
    const twice = { parameters: [{ name: 'posted_request', values: [handle, handle] }] };
    expect(await refusalOf(read(address, twice))).toBe('POSTED_REQUEST_NOT_FOUND');
    for (const unknown of ['x', '\0', mintHandle(acme.route)]) {
      const parameters = [{ name: 'posted_request', values: [unknown] }];
      expect(await refusalOf(read(address, { parameters }))).toBe('POSTED_REQUEST_NOT_FOUND');
    }
    expect(await read(address)).toEqual([]);
  });

  it('is a code of its kind alone', async () => {
    const expiresAt = new Date(world.clock.now().getTime() + 60_000);
    const code = await world.stores.oneTimeCodes.put(acme, { kind: 'sign-out', expiresAt });
    const parameters = asParameters({ posted_request: code });
    expect(await refusalOf(readNamed(parameters))).toBe('POSTED_REQUEST_NOT_FOUND');
  });

  it('is not replaced in a request that names none', async () => {
    for (const parameters of [asParameters({ state: 's' }), asParameters({ state: 's', posted_request: '' })])
      expect(await readNamed(parameters)).toBe(parameters);
  });

  it('has its refusal recorded with what was asked then, if it is stored for the tenant', async () => {
    const kept = asParameters({ client_id: 'app' });
    const address = await keep(kept);
    const globex = await world.tenant();
    recorded.length = 0;
    await refusalOf(read(address, {}, globex));
    await refusalOf(readNamed(asParameters({ posted_request: mintHandle(acme.route) })));
    expect(recorded).toEqual([]);
    await refusalOf(read(address, { endpoint: 'authorization' }));
    world.clock.advance(60);
    await refusalOf(read(address));
    expect(recorded).toEqual([
      ['POSTED_REQUEST_NOT_FOUND', kept],
      ['POSTED_REQUEST_NOT_FOUND', kept],
    ]);
  });

  it('has 131,072 characters at most where a user signs in, whose `claims` may have 64 KB', async () => {
    const rest = JSON.stringify(asParameters({ claims: '' })).length;
    const keepSignIn = (length: number) => {
      const parameters = asParameters({ claims: 'x'.repeat(length - rest) });
      const request = { issuerKind: 'native', endpoint: 'authorization', parameters } as const;
      return new CookieJar().use((browser) => posted.keep(authority(), browser, request));
    };
    expect(await refusalOf(keepSignIn(131_072))).toBeNull();
    expect(await refusalOf(keepSignIn(131_073))).toBe('REQUEST_TOO_LARGE');
  });

  it('has 32,768 characters at most where a user signs out', async () => {
    const rest = JSON.stringify(asParameters({ state: '' })).length;
    expect(await refusalOf(keep(asParameters({ state: 'x'.repeat(32_768 - rest) })))).toBeNull();
    expect(await refusalOf(keep(asParameters({ state: 'x'.repeat(32_769 - rest) })))).toBe('REQUEST_TOO_LARGE');
  });

  it('is kept for browsers alone', async () => {
    const request = { ...NATIVE, parameters: [] };
    expect(await refusalOf(posted.keep(authority(), null, request))).toBe('BROWSER_REQUIRED');
  });

  it('is swept once it has expired', async () => {
    const count = async () =>
      (await world.db.orm.em.fork().getConnection().execute('select 1 from one_time_codes')).length;
    await keep([]);
    world.clock.advance(61);
    await world.sweep(1000);
    expect(await count()).toBe(0);
  });
});
