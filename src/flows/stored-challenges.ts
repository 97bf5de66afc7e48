import { addressKey } from '../auth-modes/index.ts';
import type { TenantRef } from '../kernel/index.ts';
import type { NewOneTimeCode, OneTimeCodeStore } from '../sessions/index.ts';

/** A challenge as it is stored. */
interface NewChallenge extends Omit<NewOneTimeCode, 'userId' | 'payload'> {
  /** `name`: a hash of the name or of the session by which challenges are counted. */
  readonly payload: { readonly name: string };
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
  { payload, ...challenge }: NewChallenge,
  peerIp: string | null,
): Promise<string> {
  const bucket = { key: addressKey(peerIp) ?? NOWHERE, count: MAX_OF_ADDRESS };
  const share = { member: 'name', count: MAX_OF_NAME };
  return codes.putNewest(tenant, { ...challenge, payload: { ...payload } }, bucket, share);
}
