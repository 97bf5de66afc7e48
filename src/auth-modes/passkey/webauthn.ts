import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { PasskeyAttachment, PasskeyData } from './passkey.data.ts';
import { acceptsModel, algorithmsOf, type PasskeyPolicy } from './passkey.policy.ts';
import type { Requirement } from './webauthn-kind.ts';

/** What a browser sends after a passkey was made (`RegistrationResponseJSON`); binary members are base64url. */
export interface NewPasskeyResponse {
  readonly id: string;
  readonly rawId: string;
  readonly clientDataJson: string;
  readonly attestationObject: string;
  readonly transports: readonly string[];
  readonly attachment: PasskeyAttachment | null;
}

/** What a browser sends after a passkey was used (`AuthenticationResponseJSON`); binary members are base64url. */
export interface PasskeyAssertion {
  readonly id: string;
  readonly rawId: string;
  readonly clientDataJson: string;
  readonly authenticatorData: string;
  readonly signature: string;
  /** The handle of the account; null: the authenticator did not tell it. */
  readonly userHandle: string | null;
}

/** What a response must have been made for. */
export interface Ceremony {
  /** base64url. */
  readonly challenge: string;
  readonly rpId: string;
  /** Of the page. */
  readonly origin: string;
}

/** What somebody sends who has a passkey, and what it must have been made for. */
export interface GivenAssertion {
  readonly assertion: PasskeyAssertion;
  readonly ceremony: Ceremony;
  /** Whether the authenticator must have verified its user. */
  readonly userVerification: Requirement;
}

/** What a right assertion says. */
export interface VerifiedAssertion {
  readonly counter: number;
  readonly isBackedUp: boolean;
}

/** Longest values, in characters of base64url. An id has at most 1,023 bytes (WebAuthn Level 3 section 4), the others are far shorter. */
const MAX_LENGTHS = {
  id: 1364,
  rawId: 1364,
  clientDataJson: 8192,
  attestationObject: 65_536,
  authenticatorData: 8192,
  signature: 2048,
} as const;

const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** The values of `AuthenticatorTransport`; a browser may send others, which browsers ignore (section 5.8.4). */
const TRANSPORTS: readonly string[] = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal'];

/** Whether the binary members that a response has are base64url and not too long. */
export const isWellFormed = (response: object): boolean =>
  Object.entries(MAX_LENGTHS).every(([name, max]) => {
    const value: unknown = (response as Record<string, unknown>)[name];
    return value === undefined || (typeof value === 'string' && value.length <= max && BASE64URL.test(value));
  });

/** What a response says that it answers. */
export interface ClientData {
  /** base64url. */
  readonly challenge: string;
  /** Of the page that the browser showed. */
  readonly origin: string;
}

/** Reads what a browser signed with the response (`CollectedClientData`); null: it is none. Nothing of it is verified yet. */
export function readClientData(response: Pick<PasskeyAssertion, 'clientDataJson'>): ClientData | null {
  if (!isWellFormed(response)) return null;
  try {
    const { challenge, origin } = JSON.parse(Buffer.from(response.clientDataJson, 'base64url').toString());
    return typeof challenge === 'string' && typeof origin === 'string' ? { challenge, origin } : null;
  } catch {
    return null;
  }
}

/**
 * Verifies a new passkey (WebAuthn Level 3 section 7.1).
 * @returns What is stored of it; null: it is not valid, or the tenant does not accept it.
 */
export async function verifyNewPasskey(
  given: NewPasskeyResponse,
  { challenge, origin, rpId }: Ceremony,
  policy: PasskeyPolicy,
): Promise<PasskeyData | null> {
  if (!isWellFormed(given)) return null;
  const { id, rawId, clientDataJson: clientDataJSON, attestationObject } = given;
  const verified = await nullIfInvalid(() =>
    verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type: 'public-key',
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: policy.verificationOfNew === 'required',
      supportedAlgorithmIDs: algorithmsOf(policy),
    }),
  );
  const info = verified?.registrationInfo;
  // The browser says an id, and the authenticator signs one: they must be the same.
  if (info === undefined || info.credential.id !== id || !acceptsModel(policy, info.aaguid)) return null;
  return {
    credentialId: id,
    publicKey: Buffer.from(info.credential.publicKey).toString('base64url'),
    counter: info.credential.counter,
    transports: TRANSPORTS.filter((transport) => given.transports.includes(transport)),
    attachment: given.attachment,
    isBackupEligible: info.credentialDeviceType === 'multiDevice',
    isBackedUp: info.credentialBackedUp,
    aaguid: info.aaguid,
  };
}

/**
 * Verifies that a passkey signed a challenge and, where this is required, that its authenticator verified the user (WebAuthn Level 3
 * section 7.2).
 * @returns Null: it did not, or its counter is not higher than the stored one, as that of a copy would be.
 */
export async function verifyAssertion(
  { assertion, ceremony, userVerification }: GivenAssertion,
  { credentialId, publicKey, counter }: PasskeyData,
): Promise<VerifiedAssertion | null> {
  const { id, rawId, clientDataJson: clientDataJSON, authenticatorData, signature } = assertion;
  const { challenge, origin, rpId } = ceremony;
  const verified = await nullIfInvalid(() =>
    verifyAuthenticationResponse({
      response: {
        id,
        rawId,
        type: 'public-key',
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: userVerification === 'required',
      credential: { id: credentialId, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter },
    }),
  );
  if (verified?.verified !== true) return null;
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  return { counter: newCounter, isBackedUp: credentialBackedUp };
}

/** The library throws for whatever is wrong with a response: its form, and each check of the two sections. */
async function nullIfInvalid<T>(verify: () => Promise<T>): Promise<T | null> {
  try {
    return await verify();
  } catch {
    return null;
  }
}
