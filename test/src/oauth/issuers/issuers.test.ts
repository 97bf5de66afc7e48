import { describe, expect, it } from 'vitest';
import { BLITZ_ISSUER } from '../../../../rest-compat/blitz/issuer.ts';
import { KOBIL_ISSUER } from '../../../../rest-compat/kobil/issuer.ts';
import { API_ISSUER, STANDARD_ISSUER } from '../../../../rest-compat/secrets-vault/issuers.ts';
import { Issuers } from '../../../../src/oauth/index.ts';

const tenant = (name: string) => ({ name });

describe('issuers', () => {
  const issuers = new Issuers({ publicUrl: 'https://id.example.com/', defaultTenant: 'main' });
  issuers.mount(BLITZ_ISSUER);
  issuers.mount(KOBIL_ISSUER);
  issuers.mount(API_ISSUER);
  issuers.mount(STANDARD_ISSUER);

  it.each([
    ['acme', 'native', 'https://id.example.com/t/acme'],
    ['main', 'native', 'https://id.example.com/t/main'],
    ['acme', 'suite', 'https://id.example.com/t/acme/blitz'],
    ['main', 'suite', 'https://id.example.com/blitz'],
    ['acme', 'api', 'https://id.example.com/api/oidc/acme'],
    ['main', 'root', 'https://id.example.com/main'],
    ['acme', 'root', 'https://id.example.com/acme'],
  ])('of %s and kind %s is %s, and is found by it', (name, kind, url) => {
    expect(issuers.of(tenant(name), kind).url).toBe(url);
    expect(issuers.find(url)).toMatchObject({ tenantName: name, kind: { kind } });
  });

  it.each([
    'https://id.example.com',
    'https://id.example.com/',
    'https://id.example.com/t/',
    'https://id.example.com/acme/',
    'https://id.example.com/api/oidc',
    'https://id.example.com/t/acme/',
    'https://id.example.com/t/acme/other',
    'https://id.example.com/t/main/blitz',
    'https://id.example.com.evil.example/t/acme',
    'http://id.example.com/t/acme',
    '',
  ])('are not found by %s', (url) => {
    expect(issuers.find(url)).toBeNull();
  });

  it('accept their origin and their URLs as audiences, but not those of another tenant', () => {
    expect(issuers.isAudience(tenant('acme'), ['x', 'https://id.example.com'])).toBe(true);
    expect(issuers.isAudience(tenant('acme'), ['https://id.example.com/t/acme/blitz'])).toBe(true);
    expect(issuers.isAudience(tenant('acme'), ['https://id.example.com/t/main'])).toBe(false);
    expect(issuers.isAudience(tenant('acme'), [])).toBe(false);
  });

  it.each([
    ['main', 'native', 'https://login.acme.example/t/main'],
    ['acme', 'native', 'https://login.acme.example/t/acme'],
    ['acme', 'suite', 'https://login.acme.example/blitz'],
  ])('of %s and kind %s at a host is %s, and is found by it', (name, kind, url) => {
    expect(issuers.of(tenant(name), kind, 'login.acme.example')).toMatchObject({ url, host: 'login.acme.example' });
    expect(issuers.of(tenant(name), kind).host).toBeNull();
    expect(issuers.hostOf(url)).toBe('login.acme.example');
    expect(issuers.findAt(url, tenant(name), 'login.acme.example')).toMatchObject({ kind });
    expect(issuers.findAt(url, tenant('third'), 'login.acme.example')?.kind ?? null).toBe(
      kind === 'suite' ? 'suite' : null,
    );
    expect(issuers.find(url)).toBeNull();
  });

  it.each([
    'https://id.example.com',
    'https://login.acme.example',
    'http://login.acme.example/t/acme',
    'https://login.acme.example:8443/t/acme',
    'https://login.acme.example:443/t/acme',
    'https://LOGIN.acme.example/t/acme',
    'https://login.acme.example./t/acme',
    'https://user@login.acme.example/t/acme',
    'https://192.0.2.1/t/acme',
    'https:///t/acme',
    '',
  ])('have a host in one spelling alone: %j has none', (url) => expect(issuers.hostOf(url)).toBeUndefined());

  it('have hosts with the scheme and the port of PUBLIC_URL', () => {
    const local = new Issuers({ publicUrl: 'http://localhost:4000', defaultTenant: 'main' });
    expect(local.of(tenant('acme'), 'native', 'acme.localhost').url).toBe('http://acme.localhost:4000/t/acme');
    expect(local.hostOf('http://acme.localhost:4000/t/acme')).toBe('acme.localhost');
    expect(local.hostOf('http://acme.localhost/t/acme')).toBeUndefined();
    expect(local.hostOf('http://localhost:4000/t/acme')).toBeNull();
  });

  it('accept their host and URLs there as audiences of tokens of that host alone', () => {
    const audiences = [['https://login.acme.example'], ['https://login.acme.example/t/acme']];
    for (const audience of audiences) {
      expect(issuers.isAudience(tenant('acme'), audience, 'login.acme.example')).toBe(true);
      expect(issuers.isAudience(tenant('acme'), audience, 'login.other.example')).toBe(false);
      expect(issuers.isAudience(tenant('acme'), audience)).toBe(false);
    }
    expect(issuers.isAudience(tenant('acme'), ['https://id.example.com/t/acme'], 'login.acme.example')).toBe(true);
  });

  it.each([
    ['', 'https://id.example.com/realms/acme'],
    ['/auth', 'https://id.example.com/auth/realms/acme'],
    ['/other', 'https://id.example.com/realms/acme'],
  ])('have the spelling of the request where the kind has several: %j', (basePath, url) => {
    expect(issuers.of(tenant('acme'), 'realm', null, basePath).url).toBe(url);
    expect(issuers.find(url)).toMatchObject({ tenantName: 'acme', kind: { kind: 'realm' } });
    expect(issuers.isAudience(tenant('acme'), [url])).toBe(true);
    expect(issuers.find('https://id.example.com/other/realms/acme')).toBeNull();
    const atHost = issuers.of(tenant('acme'), 'realm', 'login.acme.example', basePath).url;
    expect(issuers.findAt(atHost, tenant('acme'), 'login.acme.example')).toMatchObject({ kind: 'realm' });
    expect(issuers.of(tenant('acme'), 'native', null, basePath).url).toBe('https://id.example.com/t/acme');
  });

  it('have endpoints below their URLs, and others that all tenants share', () => {
    const { endpoints, resumeUrl } = issuers.of(tenant('acme'), 'api');
    expect(endpoints).toEqual({
      authorization: 'https://id.example.com/api/oidc/acme/authorize',
      token: 'https://id.example.com/api/oidc/acme/token',
      jwks: 'https://id.example.com/api/oidc/acme/.well-known/jwks',
      userinfo: 'https://id.example.com/api/oidc/userinfo',
      revocation: 'https://id.example.com/api/oidc/revoke',
      endSession: 'https://id.example.com/api/auth/oidc/logout',
    });
    expect(resumeUrl).toBe(endpoints.authorization);
    const atHost = issuers.of(tenant('acme'), 'root', 'login.acme.example');
    expect(atHost.endpoints).toMatchObject({
      token: 'https://login.acme.example/acme/token',
      userinfo: 'https://login.acme.example/api/oidc/userinfo',
    });
    expect(atHost.resumeUrl).toBe('https://login.acme.example/api/oidc/acme/authorize');
  });

  it('know no scopes but those of the mount where it says so', () => {
    expect(Object.keys(issuers.of(tenant('acme'), 'native').claimScopes)).toContain('phone');
    expect(issuers.of(tenant('acme'), 'root').claimScopes).toEqual({
      openid: 'account',
      profile: 'name',
      email: 'email',
    });
  });

  it('exist for the kinds that are mounted, once each', () => {
    const bare = new Issuers({ publicUrl: 'https://id.example.com', defaultTenant: 'main' });
    expect(() => bare.of(tenant('acme'), 'suite')).toThrow(expect.objectContaining({ code: 'ISSUER_UNKNOWN' }));
    expect(() => issuers.mount(BLITZ_ISSUER)).toThrow('mounted twice');
    expect(() => bare.mount({ ...BLITZ_ISSUER, kind: 'other' })).toThrow('no issuer kind');
  });
});
