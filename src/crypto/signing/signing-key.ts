import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { Sealer } from '../seal.ts';
import { isSigningAlgorithm, type SigningAlgorithm, signingAlgorithms } from './algorithms.ts';
import { selfSignedCertificate } from './certificate.ts';
import { Signer } from './signer.ts';

/** The algorithm of the keys with which messages are encrypted for a tenant (RFC 7518 section 4.3). */
export const ENCRYPTION_ALGORITHM = 'RSA-OAEP';
/** The algorithm of the keys with which clients agree on one for each message, on P-256 (RFC 7518 section 4.6). */
export const AGREEMENT_ALGORITHM = 'ECDH-ES';
/** `enc` of messages for such a key (RFC 7518 section 5.3). */
export const CONTENT_ALGORITHM = 'A256GCM';
/** What a key of a tenant is for. */
type KeyAlgorithm = SigningAlgorithm | typeof ENCRYPTION_ALGORITHM | typeof AGREEMENT_ALGORITHM;

/** The signature algorithms with the keys of the algorithms for encryption. */
const KEYS_AS: Readonly<Record<Exclude<KeyAlgorithm, SigningAlgorithm>, SigningAlgorithm>> = {
  [ENCRYPTION_ALGORITHM]: 'RS256',
  [AGREEMENT_ALGORITHM]: 'ES256',
};

/** A public key as a key set shows it (RFC 7517 section 4). */
export interface PublicJwk<A extends KeyAlgorithm = SigningAlgorithm> {
  readonly kty: string;
  readonly kid: string;
  readonly alg: A;
  readonly use: 'sig' | 'enc';
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** A key as it is stored. The private part is sealed and bound to its `kid` and the context given. */
export interface StoredKey<A extends KeyAlgorithm = KeyAlgorithm> {
  /** Thumbprint of the public key (RFC 7638). */
  readonly kid: string;
  readonly alg: A;
  readonly publicJwk: PublicJwk<A>;
  readonly sealedPrivate: string;
  /**
   * Self-signed certificate, DER in base64; null except for RSA. Stored and not made again, so that every node publishes
   * the same `x5c`.
   */
  readonly certificate: string | null;
}

/** A signing key as it is stored. */
export type StoredSigningKey = StoredKey<SigningAlgorithm>;

/** A public key ready to verify with, and the one algorithm it may be used for. */
export interface VerificationKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly key: KeyObject;
}

/** A key pair with its private key unsealed. Only used inside this folder. */
export interface GeneratedSigningKey<A extends KeyAlgorithm = SigningAlgorithm> {
  readonly kid: string;
  readonly alg: A;
  readonly publicJwk: PublicJwk<A>;
  readonly privateJwk: JsonWebKey;
  readonly certificate: string | null;
}

/**
 * Makes a key pair: Ed25519, P-256 or RSA of 2048 bits.
 * @param createdAt Begin of the validity of an RSA key's certificate.
 */
export async function generateSigningKey<A extends KeyAlgorithm>(
  alg: A,
  createdAt: Date,
): Promise<GeneratedSigningKey<A>> {
  const isForEncryption = !isSigningAlgorithm(alg);
  const row = signingAlgorithms[isForEncryption ? KEYS_AS[alg as keyof typeof KEYS_AS] : (alg as SigningAlgorithm)];
  const pair = await row.generate();
  const bare = pair.publicKey.export({ format: 'jwk' });
  const kid = await thumbprint(bare);
  const publicJwk = { ...bare, kid, alg, use: isForEncryption ? 'enc' : 'sig' } as PublicJwk<A>;
  const privateJwk = pair.privateKey.export({ format: 'jwk' });
  const certificate = row.certified ? await selfSignedCertificate(pair, kid, createdAt) : null;
  return { kid, alg, publicJwk, privateJwk, certificate };
}

/**
 * Makes a signing key and seals its private part, which never leaves this module unsealed.
 * @param context The owner of the key (the tenant's id); `openSigner` needs the same.
 */
export const createSigningKey = (
  alg: SigningAlgorithm,
  sealer: Sealer,
  context: string,
  createdAt: Date,
): Promise<StoredSigningKey> => createKey(alg, sealer, context, createdAt);

/** Makes a key with which messages can be encrypted for the owner, as `createSigningKey` does. */
export const createEncryptionKey = (sealer: Sealer, context: string, createdAt: Date): Promise<StoredKey> =>
  createKey(ENCRYPTION_ALGORITHM, sealer, context, createdAt);

/** The same, for messages whose keys are agreed on; `openDecrypter` needs the same context. */
export const createAgreementKey = (sealer: Sealer, context: string, createdAt: Date): Promise<StoredKey> =>
  createKey(AGREEMENT_ALGORITHM, sealer, context, createdAt);

async function createKey<A extends KeyAlgorithm>(
  alg: A,
  sealer: Sealer,
  context: string,
  createdAt: Date,
): Promise<StoredKey<A>> {
  const { privateJwk, ...open } = await generateSigningKey(alg, createdAt);
  return { ...open, sealedPrivate: sealer.seal(JSON.stringify(privateJwk), sealContext(context, open.kid)) };
}

/** @throws Error The private part cannot be opened: another master key, another context, or a damaged row. */
export function openSigner(
  stored: Pick<StoredSigningKey, 'kid' | 'alg' | 'sealedPrivate'>,
  sealer: Sealer,
  context: string,
): Signer {
  const opened = sealer.open(stored.sealedPrivate, sealContext(context, stored.kid));
  const jwk = JSON.parse(opened.toString()) as JsonWebKey;
  return new Signer(stored.kid, stored.alg, createPrivateKey({ key: jwk, format: 'jwk' }));
}

/** Prepares a published key for `verifyJwt`; cache the result, because reading a key costs more than using it. */
export function verificationKey(jwk: PublicJwk): VerificationKey {
  return { kid: jwk.kid, alg: jwk.alg, key: createPublicKey({ key: { ...jwk }, format: 'jwk' }) };
}

/** RFC 7638 with SHA-256, in base64url. */
export function thumbprint(jwk: JsonWebKey): Promise<string> {
  return calculateJwkThumbprint(jwk as Parameters<typeof calculateJwkThumbprint>[0], 'sha256');
}

/** What a private part is bound to. Only used inside this folder. */
export function sealContext(context: string, kid: string): string {
  return `signing-key/${context}/${kid}`;
}
