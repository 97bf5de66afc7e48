import { describe, expect, it } from 'vitest';
import {
  CLIENT_METADATA,
  changedMembers,
  changedMetadata,
  clientMetadata,
  STORED_METADATA,
  webOriginsOf,
} from '../../../../src/clients/metadata/index.ts';
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
    expect(clientMetadata({ type: 'public', metadata: {} })).toEqual({ webOrigins: ['+'] });
    expect(clientMetadata(CONFIDENTIAL)).toEqual({ webOrigins: [] });
    expect(clientMetadata({ type: 'public', metadata: { web_origins: [] } })).toEqual({ webOrigins: [] });
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
});

describe('the metadata of clients', () => {
  it('keeps what the input does not name, and forgets a member that becomes null', () => {
    const stored = { type: 'public', metadata: { other: 1, web_origins: ['+'] } };
    expect(changedMetadata('input', {}, stored)).toBeNull();
    expect(changedMetadata('input', { webOrigins: ['+'] }, stored)).toBeNull();
    expect(changedMetadata('input', { webOrigins: null }, stored)).toEqual({ other: 1 });
    expect(changedMembers(stored.metadata, { other: 1 })).toEqual(['webOrigins']);
    expect(changedMembers(stored.metadata, stored.metadata)).toEqual([]);
  });

  it('lets a member be set only by the callers that its row names', () => {
    const asked = () => changedMetadata('input', { webOrigins: ['https://app.example'] }, CONFIDENTIAL, 'registrant');
    expect(CLIENT_METADATA.webOrigins.setBy).toEqual(['manager']);
    expect(asked).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('has one name per member on the wire', () => {
    const wire = Object.values(CLIENT_METADATA).map((row) => row.wire);
    expect(Object.keys(STORED_METADATA.shape)).toEqual(wire);
    expect(new Set(wire).size).toBe(wire.length);
    expect(STORED_METADATA.safeParse({ web_origins: ['https://app.example'] }).success).toBe(true);
    expect(STORED_METADATA.safeParse({ web_origins: ['*'] }).success).toBe(false);
  });
});
