import type { TenantSettings } from '../../tenants/index.ts';

/** What a tenant asks of new passkeys. */
export type PasskeyPolicy = TenantSettings['passkeys'];

/** COSE algorithms (RFC 9053 section 2, RFC 8812 section 2), by their names in JOSE. */
const COSE_ALGORITHMS: Readonly<Record<PasskeyPolicy['algorithms'][number], number>> = {
  ES256: -7,
  ES384: -35,
  ES512: -36,
  RS256: -257,
  RS384: -258,
  RS512: -259,
  EdDSA: -8,
};

/** How long a challenge lives, and a browser waits for its user, in seconds. */
export const PASSKEY_SECONDS = 300;

/** Of new passkeys, in the order in which the tenant prefers them. */
export const algorithmsOf = ({ algorithms }: PasskeyPolicy): number[] =>
  algorithms.map((name) => COSE_ALGORITHMS[name]);

/** Whether a user must be verified while a passkey is made. A sign-in by it always verifies the user. */
export const verificationOf = ({ userVerification }: PasskeyPolicy): 'required' | 'preferred' | 'discouraged' =>
  userVerification ?? 'required';

const RESIDENT = new Map<boolean | null, 'required' | 'preferred' | 'discouraged'>([
  [true, 'required'],
  [false, 'discouraged'],
  [null, 'preferred'],
]);

/** Whether a passkey has to be discoverable: usable before its user told a name. */
export const residenceOf = ({ isResident }: PasskeyPolicy): 'required' | 'preferred' | 'discouraged' =>
  RESIDENT.get(isResident)!;

/** How long a browser waits for a new passkey, in seconds; not longer than its challenge lives. */
export const waitSecondsOf = ({ timeoutSeconds }: PasskeyPolicy): number =>
  timeoutSeconds === 0 ? PASSKEY_SECONDS : Math.min(timeoutSeconds, PASSKEY_SECONDS);

/** Whether the tenant accepts this model of authenticators. */
export const acceptsModel = ({ aaguids }: PasskeyPolicy, aaguid: string): boolean =>
  aaguids.length === 0 || aaguids.some((accepted) => accepted.toLowerCase() === aaguid.toLowerCase());
