import { createHash } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import {
  CompactEncrypt,
  type CryptoKey,
  calculateJwkThumbprint,
  compactDecrypt,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import sodium from 'libsodium-wrappers-sumo';
import { foldedName, lengthPrefixed } from '../../src/auth-modes/image-proof/encoding.ts';
import {
  hashTranscript,
  type ProofAct,
  type ProofContext,
  type ProofIdentity,
  transcriptOf,
} from '../../src/auth-modes/image-proof/transcript.ts';

await sodium.ready;

/** The secret of a person, and its public key Y. */
export interface ImageSecret {
  readonly x: Uint8Array;
  readonly commitment: Uint8Array;
}

const sha512 = (bytes: Uint8Array): Buffer => createHash('sha512').update(bytes).digest();
export const b64u = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** The group as the client has it. */
export const group = {
  base: (scalar: Uint8Array): Uint8Array => sodium.crypto_scalarmult_ristretto255_base(scalar),
  times: (scalar: Uint8Array, element: Uint8Array): Uint8Array =>
    sodium.crypto_scalarmult_ristretto255(scalar, element),
  add: (one: Uint8Array, other: Uint8Array): Uint8Array => sodium.crypto_core_ristretto255_add(one, other),
  subtract: (one: Uint8Array, other: Uint8Array): Uint8Array => sodium.crypto_core_ristretto255_sub(one, other),
  reduce: (wide: Uint8Array): Uint8Array => sodium.crypto_core_ristretto255_scalar_reduce(wide),
  multiply: (one: Uint8Array, other: Uint8Array): Uint8Array => sodium.crypto_core_ristretto255_scalar_mul(one, other),
  minus: (one: Uint8Array, other: Uint8Array): Uint8Array => sodium.crypto_core_ristretto255_scalar_sub(one, other),
  plus: (one: Uint8Array, other: Uint8Array): Uint8Array => sodium.crypto_core_ristretto255_scalar_add(one, other),
  randomScalar: (): Uint8Array => sodium.crypto_core_ristretto255_scalar_random(),
  randomElement: (): Uint8Array => sodium.crypto_core_ristretto255_random(),
};

/** The parts of the derivation, of which tests of the vectors look at each. */
export async function deriveParts(image: Uint8Array, factor: string, salt: Uint8Array, identity: ProofIdentity) {
  const img = sha512(lengthPrefixed('sv-zkp/1/image', image));
  const password = lengthPrefixed('sv-zkp/1/kdf', img, factor);
  const tag = await argon2.hashRaw(password, {
    memoryCost: 65_536,
    timeCost: 3,
    parallelism: 1,
    outputLen: 64,
    salt,
  });
  const x = group.reduce(sha512(lengthPrefixed('sv-zkp/1/scalar', tag, identity.tenant, identity.username)));
  return { img, password, tag, x, commitment: group.base(x) };
}

/** A secret without image, which costs no memory. */
export function newSecret(): ImageSecret {
  const x = group.randomScalar();
  return { x, commitment: group.base(x) };
}

/** @param v The nonce; default a random one. */
export function prove({ x, commitment }: ImageSecret, context: ProofContext, v = group.randomScalar()) {
  const nonceCommitment = group.base(v);
  const transcript = transcriptOf(context, commitment, nonceCommitment);
  const challenge = group.reduce(hashTranscript(transcript));
  return { nonceCommitment, transcript, challenge, answer: group.minus(v, group.multiply(challenge, x)) };
}

/** A challenge as a client reads it. */
export interface ReadChallenge {
  readonly v: string;
  readonly id: string;
  readonly n: string;
  readonly salt: string;
  readonly iat: number;
  readonly exp: number;
  readonly srv: JWK & { readonly kid: string };
}

/** Encrypts for the key of a service. */
export async function encryptFor(
  srv: JWK,
  typ: string,
  plaintext: string,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { kty, crv, x, y, kid } = srv as Required<JWK>;
  return new CompactEncrypt(Buffer.from(plaintext))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', typ, kid, ...header })
    .encrypt(await importJWK({ kty, crv, x, y } as JWK, 'ECDH-ES'));
}

/** A client with a key for one challenge. */
export class ImageProofClient {
  readonly cipherKey: string;
  readonly thumbprint: Buffer;
  readonly privateJwk: JWK;
  readonly #privateKey: CryptoKey;

  private constructor(cipherKey: string, thumbprint: Buffer, privateJwk: JWK, privateKey: CryptoKey) {
    this.cipherKey = cipherKey;
    this.thumbprint = thumbprint;
    this.privateJwk = privateJwk;
    this.#privateKey = privateKey;
  }

  static async create(crv: 'P-256' | 'X25519' = 'P-256'): Promise<ImageProofClient> {
    const { privateKey } = await generateKeyPair('ECDH-ES', { crv, extractable: true });
    return ImageProofClient.of((await crypto.subtle.exportKey('jwk', privateKey)) as JWK);
  }

  /** The client with this key, which it may have had in another process. */
  static async of(privateJwk: JWK): Promise<ImageProofClient> {
    const { crv, kty, x, y } = privateJwk;
    const jwk = (crv === 'P-256' ? { crv, kty, x, y } : { crv, kty, x }) as JWK;
    const thumbprint = Buffer.from(await calculateJwkThumbprint(jwk), 'base64url');
    const privateKey = (await importJWK(privateJwk, 'ECDH-ES')) as CryptoKey;
    return new ImageProofClient(b64u(Buffer.from(JSON.stringify(jwk))), thumbprint, privateJwk, privateKey);
  }

  async open(challengeData: string): Promise<ReadChallenge> {
    const { plaintext } = await compactDecrypt(challengeData, this.#privateKey);
    return JSON.parse(Buffer.from(plaintext).toString()) as ReadChallenge;
  }

  context(challenge: ReadChallenge, tenant: string, username: string, audience: string, act: ProofAct): ProofContext {
    return {
      identity: { tenant, username: foldedName(username) },
      act,
      audience,
      challenge: {
        id: Buffer.from(challenge.id, 'base64url'),
        nonce: Buffer.from(challenge.n, 'base64url'),
        thumbprint: this.thumbprint,
      },
    };
  }
}

/** A message of a purpose, before it is encrypted. Members of `over` replace its own. */
export interface MessageParts {
  readonly challenge: ReadChallenge;
  readonly act: ProofAct;
  readonly audience: string;
  readonly over?: Readonly<Record<string, unknown>>;
}

const TYPES: Readonly<Record<string, string>> = {
  authenticate: 'sv-zkp-response',
  'update-email': 'sv-zkp-response',
};

/** A person who has an image, at a client. */
export class ImageOwner {
  readonly tenant: string;
  readonly username: string;
  readonly secret: ImageSecret;

  constructor(tenant: string, username: string, secret: ImageSecret = newSecret()) {
    this.tenant = tenant;
    this.username = username;
    this.secret = secret;
  }

  /** A proof of the secret. */
  prove(client: ImageProofClient, { challenge, act, audience }: MessageParts): { V: string; r: string } {
    const context = client.context(challenge, this.tenant, this.username, audience, act);
    const { nonceCommitment, answer } = prove(this.secret, context);
    return { V: b64u(nonceCommitment), r: b64u(answer) };
  }

  /** A message that proves the secret, with its commitment where the purpose has one. */
  message(client: ImageProofClient, parts: MessageParts): Promise<string> {
    const { challenge, act, over = {} } = parts;
    const type = TYPES[act.purpose];
    const head = { v: challenge.v, purpose: act.purpose, id: challenge.id };
    const own = type === undefined ? { Y: b64u(this.secret.commitment) } : {};
    const text = JSON.stringify({ ...head, ...own, ...this.prove(client, parts), ...over });
    return encryptFor(challenge.srv, type ?? 'sv-zkp-commitment', text);
  }
}
