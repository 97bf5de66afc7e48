import { addressKey } from '../auth-modes/index.ts';
import type { TenantRef } from '../kernel/index.ts';
import type { NewOneTimeCode, OneTimeCodeStore } from '../sessions/index.ts';

/** A challenge as it is stored. */
interface NewChallenge extends Omit<NewOneTimeCode, 'userId' | 'payload'> {
  /** `name`: a hash of what challenges are counted by, such as a name or a session. */
  readonly payload: { readonly name: string };
  /** How many of the kind may live that were made for one address. Default: `MAX_OF_ADDRESS`. */
  readonly maxOfAddress?: number;
}

/** Challenges of one address that live in a tenant, and those of them for one name or session. */
const MAX_OF_ADDRESS = 50;
const MAX_OF_NAME = 10;
/** The bucket of callers whose address is not known. */
const NOWHERE = 'unknown';

/**
 * Stores a challenge. Where too many of the kind live that were made for the same address, or there for the same name, the oldest of
 * them are withdrawn.
 * @returns Its secret.
 */
export function storeChallenge(
  codes: Pick<OneTimeCodeStore, 'putNewest'>,
  tenant: TenantRef,
  { payload, maxOfAddress = MAX_OF_ADDRESS, ...challenge }: NewChallenge,
  peerIp: string | null,
): Promise<string> {
  const bucket = { key: addressKey(peerIp) ?? NOWHERE, count: maxOfAddress };
  const share = { member: 'name', count: MAX_OF_NAME };
  return codes.putNewest(tenant, { ...challenge, payload: { ...payload } }, bucket, share);
}
