/**
 * Operations that use several modules, each in one transaction. May import every module up to `users/`, `clients/`,
 * `sessions/`, `auth-modes/`, `federation/` and `risk/`.
 */
export { AccountHistory, type AccountHistoryDeps } from './account-history.ts';
export {
  type ChangeDependentPassword,
  type ChangePassword,
  PasswordFlow,
  type ReplacePassword,
  type SessionsAfter,
  type SetPassword,
} from './change-password.ts';
export { EndAccessFlow } from './end-access.ts';
export {
  type BeginLinking,
  type CompleteLinking,
  LinkAccountFlow,
  type LinkingOutcome,
  type LinkingResult,
  Upstream,
} from './link-account/index.ts';
export { type LinkedApp, LinkedApps } from './linked-apps.ts';
export { PasswordNotices } from './password-notices.ts';
export {
  type BeginQrSignIn,
  type BegunQrSignIn,
  type QrSignIn,
  QrSignInFlow,
  type QrSignInResult,
} from './qr-sign-in.ts';
export { type PasswordSignIn, SignInFlow, type SignInResult } from './sign-in.ts';
export {
  type ContinueSignUp,
  type ResendSignUpCode,
  type SignUp,
  SignUpFlow,
  type SignUpProgress,
  type SignUpStep,
} from './sign-up.ts';
