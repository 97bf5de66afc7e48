import { sha256Base64Url } from '../../crypto/index.ts';
import { REGISTER_PASSKEY, REGISTER_SECURITY_KEY } from '../auth-mode.rules.ts';
import type { CredentialType } from '../mode.ts';

/**
 * The kinds of credentials of WebAuthn. A passkey verifies its user in every use, so it stands for two factors and may begin a sign-in. A
 * security key is a second factor alone.
 */
export type WebauthnKind = Extract<CredentialType, 'passkey' | 'security-key'>;

/** How much something is wanted of an authenticator (WebAuthn Level 3 sections 5.4.6 and 5.8.6). */
export type Requirement = 'required' | 'preferred' | 'discouraged';

/** What holds for all credentials of a kind. */
interface KindRules {
  /** The settings of the tenant for new ones. */
  readonly settings: 'passkeys' | 'securityKeys';
  /** Whether a user is verified where the tenant leaves it open. */
  readonly userVerification: Requirement;
  /** Whether every use verifies the user, whatever the tenant says. */
  readonly isVerifiedAlways: boolean;
  /** Whether a new one is discoverable where the tenant leaves it open. */
  readonly residentKey: Requirement;
  /** What a use shows beside the key (RFC 8176). */
  readonly amr: readonly string[];
  /** The required action that demands one. */
  readonly action: string;
}

export const WEBAUTHN_KINDS: Readonly<Record<WebauthnKind, KindRules>> = {
  passkey: {
    settings: 'passkeys',
    userVerification: 'required',
    isVerifiedAlways: true,
    residentKey: 'preferred',
    amr: ['mfa'],
    action: REGISTER_PASSKEY,
  },
  'security-key': {
    settings: 'securityKeys',
    userVerification: 'preferred',
    isVerifiedAlways: false,
    // No browser shall offer it where a passkey is asked for.
    residentKey: 'discouraged',
    amr: [],
    action: REGISTER_SECURITY_KEY,
  },
};

/**
 * The user handle of an account for the keys of a kind. Each kind has another, because an authenticator keeps one discoverable key for a
 * handle (WebAuthn Level 3 section 6.3.2, step 7): a new security key would replace the passkey.
 * @param webauthnHandle Of the account, base64url.
 */
export const userHandleOf = (kind: WebauthnKind, webauthnHandle: string): string =>
  kind === 'passkey' ? webauthnHandle : sha256Base64Url(JSON.stringify([`${kind}/1/handle`, webauthnHandle]));
