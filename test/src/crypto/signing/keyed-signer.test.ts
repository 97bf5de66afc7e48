import { createSecretKey } from 'node:crypto';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { KeyedSigner, MasterKey } from '../../../../src/crypto/index.ts';

const masterKey = MasterKey.fromText('ab'.repeat(32));
const signer = new KeyedSigner(masterKey, 'refresh-token');

describe('tokens that the service alone reads', () => {
  it('are HS512 JWTs that come back as they were', () => {
    const token = signer.sign('acme', { jti: 'x', note: 'grün' });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS512', typ: 'JWT' });
    expect(signer.read('acme', token)).toEqual({ jti: 'x', note: 'grün' });
  });

  it('may be as long as a parameter of a request, and no longer', () => {
    const scope = 'x'.repeat(11_000);
    expect(signer.read('acme', signer.sign('acme', { scope }))).toEqual({ scope });
    expect(signer.read('acme', signer.sign('acme', { scope: 'x'.repeat(13_000) }))).toBeNull();
  });

  it('are of one owner, purpose and master key', () => {
    const token = signer.sign('acme', { jti: 'x' });
    expect(signer.read('other', token)).toBeNull();
    expect(new KeyedSigner(masterKey, 'another').read('acme', token)).toBeNull();
    expect(new KeyedSigner(MasterKey.generate().key, 'refresh-token').read('acme', token)).toBeNull();
  });

  it('are read in one form alone', async () => {
    const token = signer.sign('acme', { jti: 'x' });
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = await new SignJWT({ jti: 'x' })
      .setProtectedHeader({ alg: 'HS512', typ: 'JWT' })
      .sign(createSecretKey(Buffer.alloc(64)));
    for (const text of [
      '',
      'a',
      'a.b.c',
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${payload}x.${signature}`,
      `${token}.x`,
      `${header}..${signature}`,
      forged,
      'x'.repeat(5000),
    ])
      expect([text, signer.read('acme', text)]).toEqual([text, null]);
  });
});
