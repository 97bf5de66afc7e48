import { constantTimeEqual } from '../../crypto/index.ts';
import { isScalar, type Ristretto255 } from './ristretto.ts';
import { hashTranscript, type ProofContext, transcriptOf } from './transcript.ts';

/** A Schnorr proof (RFC 8235): the commitment to a nonce, and the answer to the challenge. 32 bytes each. */
export interface SchnorrProof {
  /** V. */
  readonly nonceCommitment: Uint8Array;
  /** r. */
  readonly answer: Uint8Array;
}

/**
 * Whether the proof shows knowledge of the secret of a commitment, for this act, audience and challenge. Also false for an element or
 * a scalar that is not encoded in its only form.
 * @param commitment Y, a valid element.
 */
export function verifyProof(
  group: Ristretto255,
  commitment: Uint8Array,
  { nonceCommitment, answer }: SchnorrProof,
  context: ProofContext,
): boolean {
  if (!group.isElement(nonceCommitment) || !isScalar(answer)) return false;
  const challenge = group.reduce(hashTranscript(transcriptOf(context, commitment, nonceCommitment)));
  const expected = group.combine(answer, challenge, commitment);
  return expected !== null && constantTimeEqual(expected, nonceCommitment);
}
