import { sha512 } from '@noble/hashes/sha2.js';
import { lengthPrefixed, wipe } from './bytes.ts';
import { decodeScalar, encodeScalar, multiplyBase, reduceWide, subtractProduct } from './group.ts';
import type { ProofSecret } from './secret.ts';
import {
  encodeContext,
  encodeIdentity,
  encodeTranscript,
  hashTranscript,
  PROOF_VERSION,
  type ProofContext,
} from './transcript.ts';

/** A Schnorr proof (RFC 8235): the commitment to a nonce, and the answer to the challenge. 32 bytes each. */
export interface SchnorrProof {
  /** V. */
  readonly nonceCommitment: Uint8Array;
  /** r. */
  readonly answer: Uint8Array;
}

const RANDOM_BYTES = 64;

/** Proves knowledge of a secret for one act, audience and challenge. */
export function prove(secret: ProofSecret, context: ProofContext): SchnorrProof {
  for (;;) {
    const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
    const proof = proveWith(deriveNonce(secret.x, context, random), secret, context);
    wipe(random);
    if (proof !== null) return proof;
  }
}

/**
 * The nonce v. It depends on the secret and on what is proved as well as on randomness, because a nonce that is used twice reveals the secret: a
 * weak random generator alone must not lead to one.
 * @param random 64 bytes.
 */
export function deriveNonce(x: Uint8Array, context: ProofContext, random: Uint8Array): bigint {
  const secrets = lengthPrefixed(`${PROOF_VERSION}/nonce`, x, random);
  const bound = lengthPrefixed(encodeIdentity(context.identity), encodeContext(context));
  const wide = sha512.create().update(secrets).update(bound).digest();
  const nonce = reduceWide(wide);
  wipe(secrets, wide);
  return nonce;
}

/** The proof with a nonce; null with one that must not be used, which practically never happens. */
export function proveWith(nonce: bigint, secret: ProofSecret, context: ProofContext): SchnorrProof | null {
  if (nonce === 0n) return null;
  const nonceCommitment = multiplyBase(nonce);
  const challenge = reduceWide(hashTranscript(encodeTranscript(context, secret.commitment, nonceCommitment)));
  const answer = subtractProduct(nonce, challenge, decodeScalar(secret.x));
  return challenge === 0n || answer === 0n ? null : { nonceCommitment, answer: encodeScalar(answer) };
}
