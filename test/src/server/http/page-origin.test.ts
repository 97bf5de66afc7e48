import { describe, expect, it } from 'vitest';
import { foreignOrigin, isOfForeignPage, isOfOwnPage } from '../../../../src/server/http/page-origin.ts';

const PUBLIC_URL = 'https://id.example.com';
const OWN = { origin: PUBLIC_URL, host: 'inner:4000' };
const BOUND = { origin: 'https://login.acme.example', host: 'login.acme.example' };
const FOREIGN = { origin: 'https://evil.example', host: 'id.example.com' };

describe('the page that sent a request', () => {
  it('is foreign unless its origin is the public one or that of the requested host', () => {
    for (const headers of [OWN, BOUND, { host: 'id.example.com' }]) {
      expect(foreignOrigin({ headers }, PUBLIC_URL)).toBeNull();
    }
    for (const headers of [FOREIGN, { ...FOREIGN, origin: 'null' }, { ...FOREIGN, origin: `${PUBLIC_URL}.evil` }]) {
      expect(foreignOrigin({ headers }, PUBLIC_URL)).toBe(headers.origin);
    }
  });

  it('is one of the service by Sec-Fetch-Site, and by Origin only where that is missing', () => {
    const isOwn = (headers: Record<string, string>) => isOfOwnPage({ headers }, PUBLIC_URL);
    expect([isOwn(OWN), isOwn(BOUND), isOwn({ ...FOREIGN, 'sec-fetch-site': 'same-origin' })]).toEqual([
      true,
      true,
      true,
    ]);
    expect([isOwn(FOREIGN), isOwn({ host: 'id.example.com' })]).toEqual([false, false]);
    for (const site of ['same-site', 'cross-site', 'none', '', 'SAME-ORIGIN']) {
      expect(isOwn({ ...OWN, 'sec-fetch-site': site })).toBe(false);
    }
  });

  it('is one of another origin by the same headers; users and programs send no page', () => {
    const isForeign = (headers: Record<string, string>) => isOfForeignPage({ headers }, PUBLIC_URL);
    for (const headers of [OWN, BOUND, { host: 'id.example.com' }, { ...FOREIGN, origin: 'null' }])
      expect([headers, isForeign(headers)]).toEqual([headers, false]);
    for (const site of ['same-origin', 'none']) expect(isForeign({ ...FOREIGN, 'sec-fetch-site': site })).toBe(false);
    for (const site of ['same-site', 'cross-site', ''])
      expect(isForeign({ ...OWN, 'sec-fetch-site': site })).toBe(true);
    expect(isForeign(FOREIGN)).toBe(true);
  });
});
