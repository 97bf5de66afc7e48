import { sha512 } from '@noble/hashes/sha2.js';
import { argon2id } from 'hash-wasm';
import { lengthPrefixed, wipe } from './bytes.ts';
import { ProofError } from './errors.ts';
import { encodeFactor, type ProofFactor } from './factor.ts';
import { encodeScalar, multiplyBase, reduceWide } from './group.ts';
import { hashImage } from './image.ts';
import { encodeIdentity, PROOF_VERSION, type ProofIdentity } from './transcript.ts';

/** What a person chose to sign in with. */
export interface ImageChoice {
  /** The file as it was chosen, at most 20 MiB. */
  readonly image: Blob;
  readonly factor: ProofFactor;
}

/** What a secret is derived from. */
export interface SecretRequest extends ImageChoice {
  /** 16 bytes, which a challenge brings. */
  readonly salt: Uint8Array;
  readonly identity: ProofIdentity;
}

/** The secret of a person, and its public key. */
export interface ProofSecret {
  /** The scalar x in 32 bytes, little-endian. It is enough to sign in, so it is wiped after use and never stored. */
  readonly x: Uint8Array;
  /** Y, which the service keeps. */
  readonly commitment: Uint8Array;
}

/** Derives a secret. It takes some 64 MiB of memory and the better part of a second. */
export type DeriveSecret = (request: SecretRequest) => Promise<ProofSecret>;

/** Argon2id (RFC 9106): each guess of a PIN must take that much memory, because a stranger may have the image. */
const ARGON2ID = { memorySize: 65_536, iterations: 3, parallelism: 1, hashLength: 64, outputType: 'binary' } as const;

/**
 * Derives the secret of an image, a factor and a name. Everything that is secret on the way is overwritten. Pages call `deriveInWorker`, which
 * leaves them responsive.
 * @throws ProofError The image or the factor cannot be used, or the device has too little memory.
 */
export const deriveSecret: DeriveSecret = async ({ image, factor, salt, identity }) => {
  const text = encodeFactor(factor);
  const img = await hashImage(image);
  const password = encodePassword(img, text);
  const tag = await stretch(password, salt);
  const secret = toSecret(tag, identity);
  wipe(img, password, tag);
  return secret;
};

/** What Argon2id is given. @param factor As `encodeFactor` writes it. */
export const encodePassword = (img: Uint8Array, factor: string): Uint8Array =>
  lengthPrefixed(`${PROOF_VERSION}/kdf`, img, factor);

/** @throws DERIVATION_FAILED There is no memory for it. */
export async function stretch(password: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  try {
    return await argon2id({ password, salt, ...ARGON2ID });
  } catch (cause) {
    throw new ProofError('DERIVATION_FAILED', 'The device could not derive the secret.', { cause });
  }
}

/** The secret of a name. Equal images of different names or tenants give secrets that have nothing in common. */
export function toSecret(tag: Uint8Array, identity: ProofIdentity): ProofSecret {
  const hash = sha512.create().update(lengthPrefixed(`${PROOF_VERSION}/scalar`, tag));
  const x = reduceWide(hash.update(encodeIdentity(identity)).digest());
  return { x: encodeScalar(x), commitment: multiplyBase(x) };
}
