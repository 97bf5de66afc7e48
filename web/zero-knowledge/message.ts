import { encodeBase64Url } from './bytes.ts';
import type { SchnorrProof } from './proof.ts';
import { PROOF_VERSION, type ProofPurpose } from './transcript.ts';

/** The acts that a message can be for; a change has one message for both its proofs. */
export type MessagePurpose = Exclude<ProofPurpose, 'change-old'>;

/** What a message says. */
export interface ProofMessage {
  readonly purpose: MessagePurpose;
  /** Id of the challenge, as text. */
  readonly challengeId: string;
  /** The new Y, where the act has one. */
  readonly commitment?: Uint8Array;
  readonly proof: SchnorrProof;
  /** A change alone: the proof of the present secret, or null where there is none. */
  readonly former?: SchnorrProof | null;
}

/** The JSON of a message in its one form: the members of its purpose in their order, without blanks. */
export function encodeMessage({ purpose, challengeId, commitment, proof, former }: ProofMessage): string {
  return JSON.stringify({
    v: PROOF_VERSION,
    purpose,
    id: challengeId,
    ...(commitment === undefined ? {} : { Y: encodeBase64Url(commitment) }),
    ...encodeProof(proof),
    ...(former === undefined ? {} : { old: former === null ? null : encodeProof(former) }),
  });
}

const encodeProof = ({ nonceCommitment, answer }: SchnorrProof) => ({
  V: encodeBase64Url(nonceCommitment),
  r: encodeBase64Url(answer),
});
