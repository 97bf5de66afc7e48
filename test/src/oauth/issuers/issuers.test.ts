import { describe, expect, it } from 'vitest';
import { BLITZ_ISSUER } from '../../../../rest-compat/blitz/issuer.ts';
import { Issuers } from '../../../../src/oauth/index.ts';

const tenant = (name: string) => ({ name });

describe('issuers', () => {
  const issuers = new Issuers({ publicUrl: 'https://id.example.com/', defaultTenant: 'main' });
  issuers.mount(BLITZ_ISSUER);

  it.each([
    ['acme', 'native', 'https://id.example.com/t/acme'],
    ['main', 'native', 'https://id.example.com/t/main'],
    ['acme', 'suite', 'https://id.example.com/t/acme/blitz'],
    ['main', 'suite', 'https://id.example.com/blitz'],
  ])('of %s and kind %s is %s, and is found by it', (name, kind, url) => {
    expect(issuers.of(tenant(name), kind).url).toBe(url);
    expect(issuers.find(url)).toMatchObject({ tenantName: name, kind: { kind } });
  });

  it.each([
    'https://id.example.com',
    'https://id.example.com/',
    'https://id.example.com/t/',
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

  it('exist for the kinds that are mounted, once each', () => {
    const bare = new Issuers({ publicUrl: 'https://id.example.com', defaultTenant: 'main' });
    expect(() => bare.of(tenant('acme'), 'suite')).toThrow(expect.objectContaining({ code: 'ISSUER_UNKNOWN' }));
    expect(() => issuers.mount(BLITZ_ISSUER)).toThrow('mounted twice');
    expect(() => bare.mount({ ...BLITZ_ISSUER, kind: 'other' })).toThrow('no issuer kind');
  });
});
