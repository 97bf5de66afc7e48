import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { lengthPrefixed } from './bytes.ts';
import { GENERATOR } from './group.ts';

/** The version of the protocol, which fixes every parameter of it: nothing is negotiated. `src/auth-modes/image-proof` is the half of the service. */
export const PROOF_VERSION = 'sv-zkp/1';

/** Whose secret it is: a secret belongs to one name in one tenant. */
export interface ProofIdentity {
  /** Name of the tenant. */
  readonly tenant: string;
  /** As it was typed. Letters A to Z count as lower case. */
  readonly username: string;
}

/** A challenge as it is part of what is proved. */
export interface ProofChallenge {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly nonce: Uint8Array;
  /** SHA-256 thumbprint of the key of this client (RFC 7638), 32 bytes. */
  readonly thumbprint: Uint8Array;
}

export type ProofPurpose = 'register' | 'authenticate' | 'reset' | 'change' | 'change-old' | 'update-email';

/** What a proof is for, and the values to which it is bound: it works for no other act and for no other value. */
export interface ProofAct {
  readonly purpose: ProofPurpose;
  readonly fields: readonly (string | Uint8Array)[];
}

const act = (purpose: ProofPurpose, ...fields: readonly (string | Uint8Array)[]): ProofAct => ({ purpose, fields });

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

/** What a proof is bound to beside the secret. */
export interface ProofContext {
  readonly identity: ProofIdentity;
  readonly act: ProofAct;
  /** Issuer of the service as this client is configured, never as a message says: a proof is worth nothing at another deployment. */
  readonly audience: string;
  readonly challenge: ProofChallenge;
}

/** Tenant and name, each behind its length. */
export function encodeIdentity({ tenant, username }: ProofIdentity): Uint8Array {
  return lengthPrefixed(tenant, foldName(username));
}

const foldName = (username: string): string => username.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** SHA-256 over the values to which a proof is bound. */
export const hashAct = ({ purpose, fields }: ProofAct): Uint8Array =>
  sha256(lengthPrefixed(`${PROOF_VERSION}/bind`, purpose, ...fields));

/** What RFC 8235 section 3.3 calls other information. */
export function encodeContext({ act: proved, audience, challenge }: ProofContext): Uint8Array {
  const { id, nonce, thumbprint } = challenge;
  return lengthPrefixed(proved.purpose, audience, id, nonce, thumbprint, hashAct(proved));
}

/**
 * What is hashed to the challenge of the Schnorr proof, in the order of RFC 8235 section 3.3: generator, commitment of the proof, public key,
 * user, other information.
 * @param commitment The public key of the secret.
 * @param nonceCommitment V of the proof.
 */
export function encodeTranscript(
  context: ProofContext,
  commitment: Uint8Array,
  nonceCommitment: Uint8Array,
): Uint8Array {
  const user = encodeIdentity(context.identity);
  const other = encodeContext(context);
  return lengthPrefixed(`${PROOF_VERSION}/proof`, GENERATOR, nonceCommitment, commitment, user, other);
}

/** 64 bytes, which are reduced to the scalar of the challenge. */
export const hashTranscript = (transcript: Uint8Array): Uint8Array => sha512(transcript);
