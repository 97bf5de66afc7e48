/**
 * Operations that use several modules, each in one transaction. May import every module up to `users/`, `clients/`,
 * `sessions/`, `auth-modes/`, `federation/` and `risk/`.
 */
export type { AccountHistoryDeps } from './account-history.ts';
export type {
  ChangeDependentPassword,
  ChangePassword,
  ReplacePassword,
  SessionsAfter,
  SetPassword,
} from './change-password.ts';
export type { ConfigureAdministrator } from './configure-tenant.ts';
export type { EmailConfirmationFlow } from './email-confirmation.ts';
export type { LinkedApp } from './end-access/index.ts';
export {
  type AskChallenge,
  type FirstImageMails,
  type GivenChallenge,
  type ImageProofChange,
  type ImageProofEnrolment,
  type ImageProofSignIn,
  type ImageResetMails,
  imageProofErrors,
  type MessageKey,
  type NamedRequest,
  type ProofExchange,
  type ProvedSignIn,
  type ProveSignIn,
  type RegisterWithImage,
  type ResetImage,
  type ResetSecrets,
  type SentCommitment,
  type SignInTicket,
  type SignInTickets,
  type WithLiveness,
} from './image-proof/index.ts';
export {
  type Advance,
  type InteractionEngine,
  type InteractionOutcome,
  type InteractionService,
  type InteractionState,
  type InteractionStepService,
  type InteractionView,
  interactionErrors,
  type NewInteraction,
  type OpenInteraction,
  type ProvedElsewhere,
  type ShownApplication,
  type SignInDemands,
  type StepName,
  type StepView,
  showApplication,
  shownMethods,
} from './interaction/index.ts';
export type {
  BeginLinking,
  CompleteLinking,
  LinkingOutcome,
  LinkingResult,
  LinkQuestion,
  LinkQuestionAnswer,
} from './link-account/index.ts';
export { type UpstreamAccess, upstreamFetch } from './link-account/index.ts';
export { LINK_AMR } from './mail-owner.ts';
export { mailedLinkErrors } from './mailed-link.errors.ts';
export {
  confirmsOnly,
  LINK_ACTIONS,
  type LinkAction,
  type MailedLink,
  type MailedLinkFlow,
  type ShownLink,
} from './mailed-link.ts';
export {
  mayRegister,
  mayRegisterAt,
  type NewAccountDeps,
  type PreparedAccount,
  prepareAccount,
} from './new-account.ts';
export {
  type AddPasskey,
  type AskPasskey,
  type PasskeyFactor,
  type PasskeyRegistration,
  type PasskeySignIn,
  type ProvedPasskeySignIn,
  type ProvePasskey,
  passkeySignInErrors,
  type RelyingParties,
} from './passkey/index.ts';
export type { ProvisionTenant } from './provision-tenant.ts';
export type {
  AccountAccess,
  ConfigureUser,
  ListedUser,
  NewUserMail,
  ProvisionUser,
  ProvisionUserFlow,
} from './provision-user.ts';
export type {
  BeginQrSignIn,
  BegunQrSignIn,
  QrSignIn,
  QrSignInResult,
} from './qr-sign-in.ts';
export type { ServiceAccountFlow, WithServiceAccount } from './service-accounts.ts';
export { type ShownAccount, showAccount } from './shown-account.ts';
export { type AccountFactSource, accountFacts, lacksConfirmedEmail, missingStep } from './sign-in.steps.ts';
export { type PasswordSignIn, readTypedName, SignInFlow, type SignInResult } from './sign-in.ts';
export type {
  ContinueSignUp,
  ResendSignUpCode,
  SignUp,
  SignUpProgress,
  SignUpStep,
} from './sign-up.ts';
export { afterEqualWork, RESERVED_ID } from './unknown-name.ts';
