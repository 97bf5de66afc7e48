import { hash } from 'node:crypto';
import { sha256 } from '../../crypto/index.ts';
import { lengthPrefixed } from './encoding.ts';
import { GENERATOR } from './ristretto.ts';

/** The version of the protocol, which fixes every parameter of it: nothing is negotiated. */
export const PROOF_VERSION = 'sv-zkp/1';

/** Whose secret it is: a secret belongs to one name in one tenant. */
export interface ProofIdentity {
  /** Name of the tenant. */
  readonly tenant: string;
  /** `foldedName` of the username. */
  readonly username: string;
}

/** A challenge as it is part of what is proved. */
export interface ProofChallenge {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly nonce: Uint8Array;
  /** SHA-256 thumbprint of the key of the client (RFC 7638), 32 bytes. */
  readonly thumbprint: Uint8Array;
}

/** What a proof is for, and the values to which it is bound: it works for no other act and for no other value. */
export interface ProofAct {
  readonly purpose: ProofPurpose;
  readonly fields: readonly (string | Uint8Array)[];
}
export type ProofPurpose = 'register' | 'authenticate' | 'reset' | 'change' | 'change-old' | 'update-email';

/** The acts that are proved. A request for a sign-in that there is none of is an empty text. */
export const proofActs = {
  register: (email: string, requestId: string | null): ProofAct => act('register', email, requestId ?? ''),
  authenticate: (requestId: string | null): ProofAct => act('authenticate', requestId ?? ''),
  reset: (code: string): ProofAct => act('reset', code),
  change: (userId: string): ProofAct => act('change', userId),
  /** The present secret allows the change to another one. */
  changeFrom: (userId: string, commitment: Uint8Array): ProofAct => act('change-old', userId, commitment),
  updateEmail: (userId: string, email: string): ProofAct => act('update-email', userId, email),
} as const;

function act(purpose: ProofPurpose, ...fields: readonly (string | Uint8Array)[]): ProofAct {
  return { purpose, fields };
}

/** What a proof is bound to beside the secret. */
export interface ProofContext {
  readonly identity: ProofIdentity;
  readonly act: ProofAct;
  /** Issuer in the configuration of the service. A proof that was made for another deployment has another issuer. */
  readonly audience: string;
  readonly challenge: ProofChallenge;
}

/** SHA-256 over the values to which a proof is bound. */
export const bindHash = ({ purpose, fields }: ProofAct): Buffer =>
  sha256(lengthPrefixed(`${PROOF_VERSION}/bind`, purpose, ...fields));

/**
 * What is hashed to the challenge of the Schnorr proof, in the order of RFC 8235 section 3.3: generator, commitment of the proof,
 * public key, user, other information.
 * @param commitment The public key of the secret.
 * @param nonceCommitment V of the proof.
 */
export function transcriptOf(
  { identity, act: proved, audience, challenge }: ProofContext,
  commitment: Uint8Array,
  nonceCommitment: Uint8Array,
): Buffer {
  const user = lengthPrefixed(identity.tenant, identity.username);
  const { id, nonce, thumbprint } = challenge;
  const other = lengthPrefixed(proved.purpose, audience, id, nonce, thumbprint, bindHash(proved));
  return lengthPrefixed(`${PROOF_VERSION}/proof`, GENERATOR, nonceCommitment, commitment, user, other);
}

/** 64 bytes, which are reduced to the scalar of the challenge. */
export const hashTranscript = (transcript: Uint8Array): Buffer => hash('sha512', transcript, 'buffer');
