import { addressKey } from '../auth-modes/index.ts';
import { sha256Base64Url } from '../crypto/index.ts';
import type { TenantRef } from '../kernel/index.ts';
import type { NewOneTimeCode, OneTimeCodeStore } from '../sessions/index.ts';

/** A challenge as it is stored. */
interface NewChallenge extends Omit<NewOneTimeCode, 'userId' | 'payload'> {
  /** `name`: a hash of what challenges are counted by, such as a name or a session. */
  readonly payload: { readonly name: string };
  /** How many of the kind may live that have the same maker. Default: `MAX_OF_MAKER`. */
  readonly maxOfMaker?: number;
}

/**
 * Whose challenges are bounded together: those of a user who has proved the account, since nobody else can make any, or else those of an
 * address, which many users may share.
 */
export type ChallengeMaker = { readonly userId: string } | { readonly peerIp: string | null };

/** Challenges of one maker that live in a tenant, and those of them for one name or session. */
const MAX_OF_MAKER = 50;
const MAX_OF_NAME = 10;
/** The bucket of callers whose address is not known. */
const NOWHERE = 'unknown';

const bucketOf = (maker: ChallengeMaker): string =>
  'userId' in maker ? sha256Base64Url(maker.userId) : (addressKey(maker.peerIp) ?? NOWHERE);

/**
 * Stores a challenge. Where too many of the kind live that have the same maker, or there for the same name, the oldest of them are
 * withdrawn.
 * @returns Its secret.
 */
export function storeChallenge(
  codes: Pick<OneTimeCodeStore, 'putNewest'>,
  tenant: TenantRef,
  { payload, maxOfMaker = MAX_OF_MAKER, ...challenge }: NewChallenge,
  maker: ChallengeMaker,
): Promise<string> {
  const bucket = { key: bucketOf(maker), count: maxOfMaker };
  const share = { member: 'name', count: MAX_OF_NAME };
  return codes.putNewest(tenant, { ...challenge, payload: { ...payload } }, bucket, share);
}
