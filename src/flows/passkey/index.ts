export type { AddPasskey } from './new-passkeys.ts';
export type { PasskeyEnrolment } from './passkey.enrolment.ts';
export { passkeySignInErrors } from './passkey.errors.ts';
export type { PasskeyFactor } from './passkey.factor.ts';
export type { PasskeyRegistration } from './passkey.registration.ts';
export type { AskPasskey, PasskeySignIn, ProvedPasskeySignIn, ProvePasskey } from './passkey.sign-in.ts';
export type { RelyingParties } from './relying-parties.ts';
