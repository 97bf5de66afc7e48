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
 * Whether whoever made the proof knows the secret of a commitment, and made it for this act, audience and challenge. False also for
 * encodings that are not the only ones of their element or scalar.
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
