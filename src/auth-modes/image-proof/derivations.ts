import { createHmac } from 'node:crypto';
import { lengthPrefixed } from './encoding.ts';
import type { Ristretto255 } from './ristretto.ts';
import { PROOF_VERSION, type ProofIdentity } from './transcript.ts';

const SALT_BYTES = 16;

/**
 * The salt with which a client derives the secret of a name. Every name has one, whether or not somebody has the name, so that it reveals
 * nothing.
 * @param key `ImageProofKeys.salt`.
 */
export function saltOf(key: Uint8Array, { tenant, username }: ProofIdentity): Buffer {
  const message = lengthPrefixed(`${PROOF_VERSION}/salt`, tenant, username);
  return createHmac('sha256', key).update(message).digest().subarray(0, SALT_BYTES);
}

/**
 * The commitment with which proofs for a name are compared that has none. Nobody knows its secret, the service neither.
 * @param key `ImageProofKeys.fake`.
 */
export function fakeCommitmentOf(
  group: Ristretto255,
  key: Uint8Array,
  { tenant, username }: ProofIdentity,
): Uint8Array {
  const message = lengthPrefixed(`${PROOF_VERSION}/fake-commitment`, tenant, username);
  return group.derive(createHmac('sha512', key).update(message).digest());
}
