import { randomBytes } from 'node:crypto';
import { constantTimeEqual, sha256Base64Url } from '../../crypto/index.ts';
import type { CipherKey } from './cipher-key.ts';
import { PROOF_VERSION, type ProofChallenge } from './transcript.ts';

/** How long a challenge lives, in seconds. */
export const CHALLENGE_SECONDS = 120;
const ID_BYTES = 16;
const NONCE_BYTES = 32;

/** For whom a challenge is made, in one tenant. */
export interface ChallengeOwner {
  /** `foldedName` of the username. */
  readonly username: string;
  /** The request for a sign-in to which it belongs; null: to none. */
  readonly requestId: string | null;
  /** The session whose user asks for it; null: anybody can ask for it. */
  readonly session: { readonly userId: string; readonly sessionId: string } | null;
}

/** A challenge as it is stored until it is used. It has hashes in place of what somebody typed, of whatever length. */
export interface ChallengeRecord {
  /** Hash of the name, by which the challenges of one name are counted. */
  readonly name: string;
  /** Hash of the owner. */
  readonly owner: string;
  /** base64url. */
  readonly nonce: string;
  /** Thumbprint of the key of the client, base64url. */
  readonly thumbprint: string;
}

/** A new challenge: its id, which its use names, and what is stored. */
export interface NewChallenge {
  readonly id: string;
  readonly record: ChallengeRecord;
}

export function newChallenge(owner: ChallengeOwner, { thumbprint }: CipherKey): NewChallenge {
  return {
    id: randomBytes(ID_BYTES).toString('base64url'),
    record: {
      name: sha256Base64Url(owner.username),
      owner: hashOwner(owner),
      nonce: randomBytes(NONCE_BYTES).toString('base64url'),
      thumbprint: thumbprint.toString('base64url'),
    },
  };
}

const hashOwner = ({ username, requestId, session }: ChallengeOwner): string =>
  sha256Base64Url(JSON.stringify([username, requestId, session?.userId ?? null, session?.sessionId ?? null]));

/** Whether a challenge was made for this owner. One with a request for a sign-in is worth nothing without it, and the reverse. */
export const isChallengeOf = (record: ChallengeRecord, owner: ChallengeOwner): boolean =>
  constantTimeEqual(record.owner, hashOwner(owner));

/** The public key with which clients encrypt for the service, on P-256. */
export interface ServiceKey {
  readonly kid: string;
  readonly x: string;
  readonly y: string;
}

/** The plaintext of a challenge: JSON with its members in the order that clients expect. */
export function challengeText(
  { id, record }: NewChallenge,
  { salt, issuedAt, key }: { readonly salt: Buffer; readonly issuedAt: Date; readonly key: ServiceKey },
): string {
  const iat = Math.floor(issuedAt.getTime() / 1000);
  return JSON.stringify({
    v: PROOF_VERSION,
    id,
    n: record.nonce,
    salt: salt.toString('base64url'),
    iat,
    exp: iat + CHALLENGE_SECONDS,
    srv: { crv: 'P-256', kty: 'EC', x: key.x, y: key.y, kid: key.kid },
  });
}

/** A challenge as it is part of what is proved. */
export const provedChallenge = (id: string, { nonce, thumbprint }: ChallengeRecord): ProofChallenge => ({
  id: Buffer.from(id, 'base64url'),
  nonce: Buffer.from(nonce, 'base64url'),
  thumbprint: Buffer.from(thumbprint, 'base64url'),
});
