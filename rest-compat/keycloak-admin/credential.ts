import { z } from 'zod';
import { type ItemOf, present, presentItems } from '../engine/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import type { CredentialType, UserCredentialsData } from './operations.generated.ts';

/** A credential as it is answered (docs/dialects/kobil.md, section 4.4). */
export const CREDENTIAL_SHOWN = z.strictObject({
  id: z.string(),
  type: z.string(),
  userLabel: z.string().optional(),
  createdDate: z.number().int().describe('Milliseconds since 1970.'),
  credentialData: z.string().describe('Details as JSON, without secrets.'),
});

type Credential = ItemOf<UserCredentialsData['credentials']>;

/** Names of the types in Keycloak. */
const TYPES: Readonly<Record<CredentialType, string>> = {
  PASSWORD: 'password',
  IMAGE_PROOF: 'image-proof',
  TOTP: 'otp',
  PASSKEY: 'webauthn-passwordless',
  SECURITY_KEY: 'webauthn',
  RECOVERY_CODE: 'recovery-authn-codes',
};

/** Codes that every authenticator app makes; the service takes no others. */
const OTP = { subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' };

function hashingOf({ passwordHashing }: Credential): object {
  const { memoryKib, iterations, parallelism, hashBytes } = present(passwordHashing);
  const additionalParameters = {
    hashLength: [String(hashBytes)],
    memory: [String(memoryKib)],
    type: ['id'],
    version: ['1.3'],
    parallelism: [String(parallelism)],
  };
  return { hashIterations: iterations, algorithm: 'argon2', additionalParameters };
}

function detailsOf(credential: Credential): object {
  const { data, type } = credential;
  if (type === 'PASSWORD') return hashingOf(credential);
  if (type === 'TOTP') return OTP;
  return type === 'RECOVERY_CODE' ? { totalCodes: data['total'], remainingCodes: data['remaining'] } : data;
}

/** The credentials of a user. */
export const showCredentials = ({ credentials }: UserCredentialsData): z.input<typeof CREDENTIAL_SHOWN>[] =>
  presentItems(credentials).map((credential) => ({
    id: toObjectId(credential.id),
    type: TYPES[credential.type],
    ...(credential.label === null ? {} : { userLabel: credential.label }),
    createdDate: Date.parse(credential.createdAt),
    credentialData: JSON.stringify(detailsOf(credential)),
  }));
