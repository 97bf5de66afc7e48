import { z } from 'zod';
import { type ItemOf, present, presentItems } from '../engine/index.ts';
import { toObjectId } from '../realm-users/object-id.ts';
import type { CredentialType, UserCredentialsData } from './operations.generated.ts';

/** A credential as it is answered (docs/dialects/kobil.md, section 4.4). */
export const CREDENTIAL_SHOWN = z.strictObject({
  id: z.string(),
  type: z.string(),
  userLabel: z.string().optional(),
  createdDate: z.number().int().describe('Milliseconds since 1970; of a password its last change.'),
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

/** What the codes of an app are made from. Apps of earlier versions have not all of it. */
function otpOf({ data }: Credential): object {
  const { type = 'totp', digits = 6, periodSeconds = 30, algorithm = 'SHA1', lastStep } = data;
  const counter = type === 'hotp' ? Number(lastStep) + 1 : 0;
  return { subType: type, digits, counter, period: periodSeconds, algorithm: `Hmac${String(algorithm)}` };
}

/** Names of algorithms in Keycloak, where they differ. */
const ALGORITHMS: Readonly<Record<string, string>> = { 'pbkdf2-sha1': 'pbkdf2' };
const ARGON2 = /^argon2(id|i|d)$/;

function hashingOf({ passwordHashing }: Credential): object {
  const { algorithm, memoryKib, iterations, parallelism, hashBytes } = present(passwordHashing);
  const [, type] = ARGON2.exec(algorithm) ?? [];
  if (type === undefined) {
    // Keycloak has the cost of bcrypt there, of which the rounds are a power of two.
    const hashIterations = algorithm === 'bcrypt' ? Math.log2(iterations) : iterations;
    return { hashIterations, algorithm: ALGORITHMS[algorithm] ?? algorithm, additionalParameters: {} };
  }
  const additionalParameters = {
    hashLength: [String(hashBytes)],
    memory: [String(memoryKib)],
    type: [type],
    version: ['1.3'],
    parallelism: [String(parallelism)],
  };
  return { hashIterations: iterations, algorithm: 'argon2', additionalParameters };
}

function detailsOf(credential: Credential): object {
  const { data, type } = credential;
  if (type === 'PASSWORD') return hashingOf(credential);
  if (type === 'TOTP') return otpOf(credential);
  return type === 'RECOVERY_CODE' ? { totalCodes: data['total'], remainingCodes: data['remaining'] } : data;
}

/** The credentials of a user. */
export const showCredentials = ({ credentials }: UserCredentialsData): z.input<typeof CREDENTIAL_SHOWN>[] =>
  presentItems(credentials).map((credential) => ({
    id: toObjectId(credential.id),
    type: TYPES[credential.type],
    ...(credential.label === null ? {} : { userLabel: credential.label }),
    createdDate: Date.parse(credential.changedAt ?? credential.createdAt),
    credentialData: JSON.stringify(detailsOf(credential)),
  }));
