import { hash } from 'node:crypto';
import { type SigningAlgorithm, signingAlgorithms } from './algorithms.ts';

/**
 * The left half of a token's hash, as `at_hash` of an ID token (OpenID Connect Core section 3.1.3.6).
 * @param alg The algorithm that signs the ID token: it decides the hash.
 */
export function hashToken(alg: SigningAlgorithm, token: string): string {
  const digest = hash(signingAlgorithms[alg].tokenDigest, token, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
