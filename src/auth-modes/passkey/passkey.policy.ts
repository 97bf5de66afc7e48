import type { TenantSettings } from '../../tenants/index.ts';
import { type Requirement, WEBAUTHN_KINDS, type WebauthnKind } from './webauthn-kind.ts';

type Wishes = TenantSettings['passkeys' | 'securityKeys'];

/** What a tenant asks of keys of a kind, with nothing left open. */
export interface PasskeyPolicy extends Omit<Wishes, 'isResident' | 'userVerification'> {
  /** Whether a new key has to be discoverable: usable before its user told a name. */
  readonly residentKey: Requirement;
  /** Whether the user must be verified while a key is made. */
  readonly verificationOfNew: Requirement;
  /** Whether the user must be verified while a key is used. */
  readonly verificationOfUse: Requirement;
}

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

/** The policy of a tenant for a kind. */
export function policyOf(
  settings: Pick<TenantSettings, 'passkeys' | 'securityKeys'>,
  kind: WebauthnKind,
): PasskeyPolicy {
  const rules = WEBAUTHN_KINDS[kind];
  const { isResident, userVerification, ...wishes } = settings[rules.settings];
  const verificationOfNew = userVerification ?? rules.userVerification;
  return {
    ...wishes,
    residentKey: isResident === null ? rules.residentKey : residenceOf(isResident),
    verificationOfNew,
    verificationOfUse: rules.isVerifiedAlways ? 'required' : verificationOfNew,
  };
}

const residenceOf = (isResident: boolean): Requirement => (isResident ? 'required' : 'discouraged');

/** Of new keys, in the order in which the tenant prefers them. */
export const algorithmsOf = ({ algorithms }: PasskeyPolicy): number[] =>
  algorithms.map((name) => COSE_ALGORITHMS[name]);

/** How long a browser waits for a new key, in seconds; not longer than its challenge lives. */
export const waitSecondsOf = ({ timeoutSeconds }: PasskeyPolicy): number =>
  timeoutSeconds === 0 ? PASSKEY_SECONDS : Math.min(timeoutSeconds, PASSKEY_SECONDS);

/** Whether the tenant accepts this model of authenticators. */
export const acceptsModel = ({ aaguids }: PasskeyPolicy, aaguid: string): boolean =>
  aaguids.length === 0 || aaguids.some((accepted) => accepted.toLowerCase() === aaguid.toLowerCase());
