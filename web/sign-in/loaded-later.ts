/**
 * What the first page can do without, in one file of the build. With more files, the bundler would take what they share with the first
 * page out of it, and the first page would load several.
 */
export { AccountPage } from './account/account.page.tsx';
export { LinkAccountPage } from './pages/link-account.page.tsx';
export { KeyEnrolment } from './passkey/key-enrolment.tsx';
export { PasskeyFactor } from './passkey/passkey-factor.tsx';
export { PasskeySignIn } from './passkey/passkey-sign-in.tsx';
export { EnrolmentStep } from './steps/enrolment.step.tsx';
export { OtherActionsStep } from './steps/other-actions.step.tsx';
export { RecoveryCodesStep } from './steps/recovery-codes.step.tsx';
export { TermsStep } from './steps/terms.step.tsx';
