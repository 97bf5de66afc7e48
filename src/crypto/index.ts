/**
 * All cryptography of the service: the master key and what is derived from it, sealing of stored secrets, digests, handles,
 * password hashing, signing keys and signed tokens. The primitives are those of node:crypto, jose and Argon2; this module
 * decides how they are used. It knows no tables and no business rules, and its errors contain neither plain secrets nor
 * private keys. It may import the kernel only.
 */

export { constantTimeEqual, SecretHasher, sha256, sha256Base64Url } from './digest.ts';
export { newDigitCode } from './digit-code.ts';
export { hashHandle, mintHandle, newRoute, newRoutedId, routeOfHandle, routeOfId } from './handle.ts';
export { MasterKey } from './master-key.ts';
export {
  type ForeignHashParts,
  type PasswordCost,
  PasswordHasher,
  type PasswordHasherOptions,
  type PasswordHashing,
  type PasswordVerdict,
  passwordErrors,
  writeForeignHash,
} from './passwords/index.ts';
export { Sealer } from './seal.ts';
export {
  AGREEMENT_ALGORITHM,
  type CertificateMembers,
  CONTENT_ALGORITHM,
  certificateMembers,
  claimedIssuer,
  claimedText,
  createAgreementKey,
  createEncryptionKey,
  createSigningKey,
  type Decrypted,
  type Decrypter,
  ENCRYPTION_ALGORITHM,
  type FindKey,
  hashToken,
  isSigningAlgorithm,
  type JwtClaims,
  type JwtHeader,
  KeyedSigner,
  openDecrypter,
  openSigner,
  type PublicJwk,
  type Signer,
  type SigningAlgorithm,
  type StoredKey,
  type StoredSigningKey,
  TokenRejected,
  type TokenRejection,
  type VerificationKey,
  type VerifyJwtOptions,
  verificationKey,
  verifyJwt,
} from './signing/index.ts';
