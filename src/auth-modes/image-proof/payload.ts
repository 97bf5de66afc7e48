import { z } from 'zod';
import { readCanonicalJson } from './canonical-json.ts';
import { decodeBase64Url } from './encoding.ts';
import type { SchnorrProof } from './proof.ts';
import { ELEMENT_BYTES } from './ristretto.ts';
import { PROOF_VERSION, type ProofPurpose } from './transcript.ts';

/** The acts that a message can be for; a change has one message for both its proofs. */
export type MessagePurpose = Exclude<ProofPurpose, 'change-old'>;

/** What a client encrypted for the service. */
export interface ProofMessage {
  /** Id of the challenge, as text. */
  readonly challengeId: string;
  /** The new Y, 32 bytes; null where the act has none. */
  readonly commitment: Uint8Array | null;
  readonly proof: SchnorrProof;
  /** The proof of the present secret, by which a change is allowed; null where there is none. */
  readonly former: SchnorrProof | null;
}

const ENCODED = z.string().refine((text) => decodeBase64Url(text, ELEMENT_BYTES) !== null);
const PROOF = { V: ENCODED, r: ENCODED };
const COMMITMENT_AND_PROOF = { Y: ENCODED, ...PROOF };

const messageOf = <S extends z.ZodRawShape>(purpose: MessagePurpose, members: S) =>
  z.strictObject({ v: z.literal(PROOF_VERSION), purpose: z.literal(purpose), id: z.string(), ...members });

const MESSAGES = {
  register: messageOf('register', COMMITMENT_AND_PROOF),
  authenticate: messageOf('authenticate', PROOF),
  reset: messageOf('reset', COMMITMENT_AND_PROOF),
  change: messageOf('change', { ...COMMITMENT_AND_PROOF, old: z.strictObject(PROOF).nullable() }),
  'update-email': messageOf('update-email', PROOF),
} as const satisfies Record<MessagePurpose, z.ZodType>;

/** The members of any message. */
interface Members extends EncodedProof {
  readonly id: string;
  readonly Y?: string;
  readonly old?: EncodedProof | null;
}

interface EncodedProof {
  readonly V: string;
  readonly r: string;
}

/** Reads the JSON of a message in its one form. @returns Null for another purpose, version or form. */
export function readMessage(plaintext: Buffer, purpose: MessagePurpose): ProofMessage | null {
  const members = readCanonicalJson(MESSAGES[purpose], plaintext) as Members | null;
  if (members === null) return null;
  const { id: challengeId, Y, old } = members;
  return {
    challengeId,
    commitment: Y === undefined ? null : Buffer.from(Y, 'base64url'),
    proof: decodeProof(members),
    former: old == null ? null : decodeProof(old),
  };
}

const decodeProof = ({ V, r }: EncodedProof): SchnorrProof => ({
  nonceCommitment: Buffer.from(V, 'base64url'),
  answer: Buffer.from(r, 'base64url'),
});
