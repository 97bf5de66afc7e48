import { sha256 } from '../../crypto/index.ts';
import type { CredentialInfo } from '../credential-reader.ts';
import { WEBAUTHN_KINDS, type WebauthnKind } from './webauthn-kind.ts';

/** How an authenticator is connected (WebAuthn Level 3 section 5.4.5). */
export type PasskeyAttachment = 'platform' | 'cross-platform';

/** What is stored of a passkey, in the `data` of its credential. Its private key never leaves the authenticator. */
export interface PasskeyData {
  /** Which the authenticator chose, base64url. */
  readonly credentialId: string;
  /** COSE key (RFC 9052 section 7), base64url. */
  readonly publicKey: string;
  /** Signatures so far; 0: the authenticator does not count them. */
  readonly counter: number;
  /** How browsers reach it, such as `internal` or `usb`. */
  readonly transports: readonly string[];
  /** Null: the browser did not say. */
  readonly attachment: PasskeyAttachment | null;
  /** Whether its provider may copy it to other devices. */
  readonly isBackupEligible: boolean;
  /** Whether it is copied, as its last signature said. */
  readonly isBackedUp: boolean;
  /** Model of the authenticator, a UUID; zeros: not told. */
  readonly aaguid: string;
}

/** A credential of WebAuthn: a passkey, or a security key. */
export interface Passkey extends CredentialInfo {
  readonly type: WebauthnKind;
  readonly data: CredentialInfo['data'] & PasskeyData;
}

/** Whether a credential is a passkey or a security key. */
export const isPasskey = (credential: CredentialInfo): credential is Passkey => credential.type in WEBAUTHN_KINDS;

/** Whether a credential is one of a kind. */
export const isOfKind = (credential: CredentialInfo, kind: WebauthnKind): credential is Passkey =>
  credential.type === kind;

/** By what a passkey is found before its user is known. @param credentialId base64url, canonical. */
export const passkeyLookup = (credentialId: string): Buffer => sha256(Buffer.from(credentialId, 'base64url'));
