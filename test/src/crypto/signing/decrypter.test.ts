import { CompactEncrypt, generateKeyPair, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAgreementKey, MasterKey, openDecrypter, Sealer, type StoredKey } from '../../../../src/crypto/index.ts';

const NOW = new Date('2026-11-22T12:00:00Z');

describe('a key with which messages are encrypted by key agreement', () => {
  const sealer = new Sealer(MasterKey.generate().key, 'signing-key');
  let stored: StoredKey;
  beforeAll(async () => {
    stored = await createAgreementKey(sealer, 'acme', NOW);
  });

  const open = () => openDecrypter(stored, sealer, 'acme');
  const encrypt = async (text: string, header: object = {}, to = stored) =>
    new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: to.kid, ...header })
      .encrypt(await importJWK({ ...to.publicJwk }, 'ECDH-ES'));

  it('is of P-256, is for encryption alone, and shows no private part', () => {
    expect(stored).toMatchObject({ alg: 'ECDH-ES', certificate: null });
    expect(stored.publicJwk).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'enc', alg: 'ECDH-ES', kid: stored.kid });
    expect(stored.publicJwk).not.toHaveProperty('d');
    expect(stored.sealedPrivate).toMatch(/^v1\./);
  });

  it('decrypts what was encrypted for it, and shows the header', async () => {
    const found = await open().decrypt(await encrypt('the tide', { typ: 'note' }));
    expect(new TextDecoder().decode(found!.plaintext)).toBe('the tide');
    expect(found!.header).toMatchObject({ typ: 'note', kid: stored.kid });
    expect(open().kid).toBe(stored.kid);
  });

  it('decrypts nothing else', async () => {
    const other = await createAgreementKey(sealer, 'acme', NOW);
    const message = await encrypt('the tide');
    const parts = message.split('.');
    const changed = [...parts.slice(0, 3), `${parts[3]!.startsWith('A') ? 'B' : 'A'}${parts[3]!.slice(1)}`, parts[4]];
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    const rsa = await new CompactEncrypt(new Uint8Array(3))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(publicKey);
    const refused = [
      await encrypt('the tide', {}, other),
      await encrypt('the tide', { enc: 'A128GCM' }),
      await encrypt('x'.repeat(4096)),
      changed.join('.'),
      rsa,
      parts.slice(0, 4).join('.'),
      '....',
      '',
      'the tide',
    ];
    for (const jwe of refused) expect(await open().decrypt(jwe)).toBeNull();
  });

  it('opens under its master key and for its owner alone', () => {
    expect(() => openDecrypter(stored, sealer, 'globex')).toThrow('does not open');
    const foreign = new Sealer(MasterKey.generate().key, 'signing-key');
    expect(() => openDecrypter(stored, foreign, 'acme')).toThrow('does not open');
  });
});
