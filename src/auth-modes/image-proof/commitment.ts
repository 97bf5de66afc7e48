import { Sealer } from '../../crypto/index.ts';
import { lengthPrefixed } from './encoding.ts';

/** Whose commitment it is: it opens for nobody else. */
export interface CommitmentOwner {
  /** Name of the tenant. */
  readonly tenant: string;
  readonly userId: string;
}

/**
 * Encrypts a commitment for storage. Although it is a public key, a thief of the database could test guesses of PINs against it, so
 * the database alone must not show it.
 * @param key `ImageProofKeys.keyEncryption`.
 */
export const sealCommitment = (key: Uint8Array, owner: CommitmentOwner, commitment: Uint8Array): string =>
  Sealer.under(key).seal(commitment, contextOf(owner));

/** @throws Error It was changed, belongs to another owner, or was encrypted under another key. */
export const openCommitment = (key: Uint8Array, owner: CommitmentOwner, sealed: string): Buffer =>
  Sealer.under(key).open(sealed, contextOf(owner));

const contextOf = ({ tenant, userId }: CommitmentOwner): Buffer => lengthPrefixed(tenant, userId);
