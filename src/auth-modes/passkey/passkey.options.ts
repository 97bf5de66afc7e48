import type { PasskeyData } from './passkey.data.ts';
import { algorithmsOf, PASSKEY_SECONDS, type PasskeyPolicy, waitSecondsOf } from './passkey.policy.ts';
import type { Requirement } from './webauthn-kind.ts';

/** A passkey in the form that browsers take (`PublicKeyCredentialDescriptorJSON`). */
export interface ShownPasskey {
  readonly type: 'public-key';
  readonly id: string;
  readonly transports?: readonly string[];
}

/** Where passkeys are used: the relying party of WebAuthn. */
export interface RelyingParty {
  /** A domain. */
  readonly id: string;
  readonly name: string;
}

/** For whom a passkey is made. */
export interface PasskeyOwner {
  /** The handle of the account for keys of the kind, base64url. */
  readonly handle: string;
  readonly username: string;
  readonly displayName: string;
}

/** What a new passkey is made from. */
export interface NewPasskeyRequest {
  /** base64url. */
  readonly challenge: string;
  readonly rp: RelyingParty;
  readonly owner: PasskeyOwner;
  readonly policy: PasskeyPolicy;
  /** The keys of the kind that the account has. */
  readonly existing: readonly ShownPasskey[];
}

/** What a passkey is used for. */
export interface UsePasskeyRequest {
  /** base64url. */
  readonly challenge: string;
  readonly rpId: string;
  /** Those that may be used; none: any that is discoverable. */
  readonly allowed: readonly ShownPasskey[];
  /** Whether the authenticator must verify its user. */
  readonly userVerification: Requirement;
}

/** Milliseconds, in which WebAuthn counts. */
const milliseconds = (seconds: number): number => seconds * 1000;

export const showPasskey = ({ credentialId, transports }: PasskeyData): ShownPasskey => ({
  type: 'public-key',
  id: credentialId,
  ...(transports.length === 0 ? {} : { transports }),
});

/** `PublicKeyCredentialCreationOptionsJSON` (WebAuthn Level 3 section 5.1.8). */
export function creationOptions({ challenge, rp, owner, policy, existing }: NewPasskeyRequest) {
  const { residentKey, verificationOfNew } = policy;
  return {
    rp: { id: rp.id, name: rp.name },
    user: { id: owner.handle, name: owner.username, displayName: owner.displayName },
    challenge,
    pubKeyCredParams: algorithmsOf(policy).map((alg) => ({ type: 'public-key', alg })),
    timeout: milliseconds(waitSecondsOf(policy)),
    excludeCredentials: policy.isUniquePerUser ? existing : [],
    authenticatorSelection: {
      ...(policy.attachment === null ? {} : { authenticatorAttachment: policy.attachment }),
      residentKey,
      requireResidentKey: residentKey === 'required',
      userVerification: verificationOfNew,
    },
    attestation: policy.attestation ?? 'none',
  };
}

/** `PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 section 5.1.9). */
export function requestOptions({ challenge, rpId, allowed, userVerification }: UsePasskeyRequest) {
  return {
    challenge,
    timeout: milliseconds(PASSKEY_SECONDS),
    rpId,
    allowCredentials: allowed,
    userVerification,
  };
}
