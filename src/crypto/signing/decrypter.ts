import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type CompactJWEHeaderParameters, compactDecrypt } from 'jose';
import type { Sealer } from '../seal.ts';
import { AGREEMENT_ALGORITHM, CONTENT_ALGORITHM, type StoredKey, sealContext } from './signing-key.ts';

/** Most characters of a message: what is encrypted for the service is small. */
const MAX_CHARACTERS = 4096;

/** A message that was encrypted for a key. */
export interface Decrypted {
  readonly plaintext: Uint8Array;
  readonly header: CompactJWEHeaderParameters;
}

/** Decrypts messages for one key: compact JWE with direct key agreement on P-256 and A256GCM (RFC 7516, RFC 7518 section 4.6). */
export class Decrypter {
  readonly kid: string;
  readonly #key: KeyObject;

  constructor(kid: string, key: KeyObject) {
    this.kid = kid;
    this.#key = key;
  }

  /** Null: it was not encrypted for this key, was changed, is too long, or is none. The caller of this method checks the header. */
  async decrypt(jwe: string): Promise<Decrypted | null> {
    if (jwe.length > MAX_CHARACTERS) return null;
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(jwe, this.#key, {
        keyManagementAlgorithms: [AGREEMENT_ALGORITHM],
        contentEncryptionAlgorithms: [CONTENT_ALGORITHM],
      });
      return { plaintext, header: protectedHeader };
    } catch {
      return null;
    }
  }
}

/** @throws Error The private part cannot be opened: another master key, another context, or a damaged row. */
export function openDecrypter(
  stored: Pick<StoredKey, 'kid' | 'sealedPrivate'>,
  sealer: Sealer,
  context: string,
): Decrypter {
  const opened = sealer.open(stored.sealedPrivate, sealContext(context, stored.kid));
  const jwk = JSON.parse(opened.toString()) as JsonWebKey;
  return new Decrypter(stored.kid, createPrivateKey({ key: jwk, format: 'jwk' }));
}
