/**
 * How users authenticate: credentials, the modes that check them, the modes each account must or may not use, and the
 * lock-out engine against guessing. May import `kernel/`, `crypto/`, `persistence/`, `events/`, `access/`, `tenants/`,
 * `roles/` and `users/`.
 */
export { type AccountState, type AccountStateName, accountStateOf } from './account-state.ts';
export { type CredentialChangeDeps, getAccountOfCredentials } from './account-to-change.ts';
export {
  ACR_VALUES,
  type Acr,
  acrOf,
  amrAfter,
  factorsOf,
  PHISHING_RESISTANT,
  resistsPhishing,
  satisfiesAcr,
} from './acr.ts';
export { type AuthModePatch, CONFIGURE_TOTP, UPDATE_PASSWORD } from './auth-mode.rules.ts';
export type { AuthModeServiceDeps, AuthModes } from './auth-mode.service.ts';
export { AuthModeStore } from './auth-mode.store.ts';
export type { Lockout } from './credential.entity.ts';
export type { CredentialService } from './credential.service.ts';
export { CredentialStore, type NewCredential, type StoredPassword } from './credential.store.ts';
export type { CredentialInfo } from './credential-reader.ts';
export type { CredentialToAdd, ForeignCredentialService } from './foreign-credentials/foreign-credential.service.ts';
export {
  type ForeignCredential,
  type ReadCredential,
  readForeignCredential,
  type UnreadableReason,
} from './foreign-credentials/foreign-credential.ts';
export { type ReadCredentials, readForeignCredentials } from './foreign-credentials/foreign-credentials.ts';
export {
  CHALLENGE_SECONDS,
  type ChallengeOwner,
  type ChallengeRecord,
  challengeText,
  isChallengeOf,
  newChallenge,
  provedChallenge,
  type ServiceKey,
} from './image-proof/challenge.ts';
export { type CipherKey, readCipherKey } from './image-proof/cipher-key.ts';
export { foldedName } from './image-proof/encoding.ts';
export { openEnvelope, sealEnvelope } from './image-proof/envelope.ts';
export { imageProofEvents } from './image-proof/image-proof.events.ts';
export type { ImageProofMode, ProvedCommitment } from './image-proof/image-proof.mode.ts';
export { type MessagePurpose, type ProofMessage, readMessage } from './image-proof/payload.ts';
export {
  PROOF_VERSION,
  type ProofAct,
  type ProofChallenge,
  type ProofContext,
  proofActs,
} from './image-proof/transcript.ts';
export { runGuardedTry } from './lockout/guarded-try.ts';
export type { BlockLiftService, LiftTarget } from './lockout/lift.service.ts';
export {
  type AccountFailures,
  type AccountSwitch,
  LockoutService,
  type Verdict,
} from './lockout/lockout.service.ts';
export { type LockoutFilter, LockoutStore } from './lockout/lockout.store.ts';
export {
  type Attempt,
  accountOf,
  addressKey,
  type LockoutFactor,
  type SubjectKind,
} from './lockout/lockout.subject.ts';
export { CodeResendService, type CodeResends, type LiftedResends } from './lockout/resend.service.ts';
export { type AuthMode, type CredentialType, typesShowing } from './mode.ts';
export { isPasskey, type Passkey, type PasskeyAttachment, type PasskeyData } from './passkey/passkey.data.ts';
export { passkeyErrors } from './passkey/passkey.errors.ts';
export { amrOfPasskey, PasskeyMode, type ProvedPasskey, type WebauthnModes } from './passkey/passkey.mode.ts';
export {
  creationOptions,
  type RelyingParty,
  requestOptions,
  type ShownPasskey,
  showPasskey,
} from './passkey/passkey.options.ts';
export { PASSKEY_SECONDS, type PasskeyPolicy, policyOf } from './passkey/passkey.policy.ts';
export {
  type Ceremony,
  type NewPasskeyResponse,
  type PasskeyAssertion,
  readClientData,
  verifyNewPasskey,
} from './passkey/webauthn.ts';
export { userHandleOf, WEBAUTHN_KINDS, type WebauthnKind } from './passkey/webauthn-kind.ts';
export { passwordModeErrors } from './password/password.errors.ts';
export { passwordEvents } from './password/password.events.ts';
export {
  type HashedPassword,
  PasswordMode,
  type PreparedPassword,
  type WritePassword,
} from './password/password.mode.ts';
export { RecoveryCodeMode } from './recovery-code/recovery-code.mode.ts';
export {
  countRecoveryCodes,
  type GeneratedRecoveryCodes,
  type RecoveryCodeService,
} from './recovery-code/recovery-code.service.ts';
export { proveSecondFactor, type SecondFactorDeps } from './second-factor/second-factor.check.ts';
export { secondFactorEvents } from './second-factor/second-factor.events.ts';
export { securityQuestionErrors } from './security-question/security-question.errors.ts';
export type { SecurityQuestionService } from './security-question/security-question.service.ts';
export { type SecurityQuestion, SecurityQuestionStore } from './security-question/security-question.store.ts';
export { totpErrors } from './totp/totp.errors.ts';
export { TotpMode } from './totp/totp.mode.ts';
export type {
  BeginTotpEnrolmentPayload,
  ProvedTotp,
  TotpService,
  TotpTarget,
} from './totp/totp.service.ts';
