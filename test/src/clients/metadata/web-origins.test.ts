import { describe, expect, it } from 'vitest';
import { changedMetadata, metadataOf, webOriginsOf } from '../../../../src/clients/metadata/index.ts';
import { IdentityError } from '../../../../src/kernel/index.ts';

const CONFIDENTIAL = { type: 'confidential', metadata: {} };
const faultsOf = (webOrigins: string[]) => {
  try {
    changedMetadata('input', { webOrigins }, CONFIDENTIAL);
  } catch (error) {
    if (error instanceof IdentityError) return { code: error.code, fields: error.fields };
    throw error;
  }
  return null;
};

describe('the origins that a client lists', () => {
  it.each([
    'https://app.example.com',
    'https://app.example.com:8443',
    'https://xn--bcher-kva.example',
    'http://localhost:3000',
    'http://127.0.0.1:5173',
    'http://[::1]:3000',
    'capacitor://localhost',
    'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn',
    '+',
  ])('may hold %s', (origin) => {
    expect(changedMetadata('input', { webOrigins: [origin, origin] }, CONFIDENTIAL)).toEqual({ web_origins: [origin] });
  });

  it.each([
    '*',
    'null',
    '',
    'app.example.com',
    'http://app.example.com',
    'https://app.example.com/',
    'https://app.example.com/page',
    'https://App.example.com',
    'https://app.example.com:443',
    'https://user@app.example.com',
    'https://*.example.com',
    'https://bücher.example',
    'ws://app.example.com',
    'file://host',
    'data:text/html,x',
    'https://app.example.com\u0000',
    `https://${'a'.repeat(300)}.example`,
  ])('may not hold %j (RFC 6454 section 6.2)', (origin) => {
    expect(faultsOf(['https://app.example.com', origin])).toMatchObject({
      code: 'CLIENT_METADATA_INVALID',
      fields: [{ path: 'input.webOrigins.1', code: 'CLIENT_METADATA_INVALID' }],
    });
  });

  it('are at most a hundred', () => {
    const origins = (count: number) => Array.from({ length: count }, (_, at) => `https://app-${at}.example`);
    expect(faultsOf(origins(100))).toBeNull();
    expect(faultsOf(origins(101))).toMatchObject({ fields: [{ path: 'input.webOrigins' }] });
  });

  it('are those of its redirect addresses for a public client, and none for another, until something is said', () => {
    expect(metadataOf({ type: 'public', metadata: {} }, 'webOrigins')).toEqual(['+']);
    expect(metadataOf(CONFIDENTIAL, 'webOrigins')).toEqual([]);
    expect(metadataOf({ type: 'public', metadata: { web_origins: [] } }, 'webOrigins')).toEqual([]);
  });

  it('include those of the redirect addresses for "+"', () => {
    const redirects = [
      { uri: 'https://app.example.com/cb' },
      { uri: 'https://app.example.com/other?x=1' },
      { uri: 'https://pages.example.com/*' },
      { uri: 'http://localhost:3000/cb' },
      { uri: 'com.example.app:/cb' },
    ];
    expect(webOriginsOf(['https://more.example', '+'], redirects)).toEqual([
      'https://more.example',
      'https://app.example.com',
      'https://pages.example.com',
      'http://localhost:3000',
    ]);
    expect(webOriginsOf(['https://more.example'], redirects)).toEqual(['https://more.example']);
  });

  it('are those of the root address for redirect addresses that are paths', () => {
    const redirects = [{ uri: '/cb' }, { uri: '/*' }];
    expect(webOriginsOf(['+'], redirects, 'https://app.example.com/shop')).toEqual(['https://app.example.com']);
    expect(webOriginsOf(['+'], redirects)).toEqual([]);
  });
});
