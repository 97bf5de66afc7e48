/** Signing keys and signed tokens. Private keys leave this folder only when sealed. */
export { isSigningAlgorithm, type SigningAlgorithm } from './algorithms.ts';
export { type CertificateMembers, certificateMembers } from './certificate.ts';
export { type Decrypted, Decrypter, openDecrypter } from './decrypter.ts';
export { KeyedSigner } from './keyed-signer.ts';
export type { Signer } from './signer.ts';
export {
  AGREEMENT_ALGORITHM,
  CONTENT_ALGORITHM,
  createAgreementKey,
  createEncryptionKey,
  createSigningKey,
  ENCRYPTION_ALGORITHM,
  openSigner,
  type PublicJwk,
  type StoredKey,
  type StoredSigningKey,
  type VerificationKey,
  verificationKey,
} from './signing-key.ts';
export { hashToken } from './token-hash.ts';
export {
  claimedIssuer,
  claimedText,
  type FindKey,
  type JwtClaims,
  type JwtHeader,
  TokenRejected,
  type TokenRejection,
  type VerifyJwtOptions,
  verifyJwt,
} from './verify-jwt.ts';
