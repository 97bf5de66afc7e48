import {
  type Ceremony,
  PASSKEY_SECONDS,
  type PasskeyAssertion,
  readClientData,
  type WebauthnKind,
} from '../../auth-modes/index.ts';
import { constantTimeEqual, sha256Base64Url } from '../../crypto/index.ts';
import { addSeconds, type Clock } from '../../kernel/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { storeChallenge } from '../stored-challenges.ts';
import type { RelyingParties } from './relying-parties.ts';

/**
 * What a challenge is made for: a new key of a user in a session or in a sign-in under way, a sign-in of the user with a (folded) name, a
 * sign-in without a name, in which the passkey tells its user, or the second factor of a user in a sign-in under way. A challenge is for
 * one kind of keys.
 */
export type ChallengeOwner =
  | { readonly kind: `${WebauthnKind}-registration`; readonly userId: string; readonly sessionId: string }
  | { readonly kind: `${WebauthnKind}-enrolment`; readonly userId: string; readonly handle: string }
  | { readonly kind: 'passkey-sign-in'; readonly name: string }
  | { readonly kind: 'passkey-discovery'; readonly requestId: string | null }
  | { readonly kind: `${WebauthnKind}-factor`; readonly userId: string; readonly handle: string };

export interface PasskeyChallengesDeps {
  readonly codes: Pick<OneTimeCodeStore, 'putNewest' | 'take'>;
  readonly parties: RelyingParties;
  readonly clock: Clock;
}

/** A challenge as it is stored. It has hashes in place of what somebody typed, of whatever length. */
interface Stored {
  /** Hash of the owner, by which challenges are counted. */
  readonly name: string;
  readonly rpId: string;
}

/**
 * Challenges without a name that live for one address: each page of a sign-in asks for one, so there are as many as sign-ins
 * (docs/sign-in.md). Rows of 200 bytes, so 100 KB.
 */
const MAX_DISCOVERIES_OF_ADDRESS = 500;

/** Gives out the challenges that passkeys sign, and takes them back once. */
export class PasskeyChallenges {
  readonly #deps: PasskeyChallengesDeps;

  constructor(deps: PasskeyChallengesDeps) {
    this.#deps = deps;
  }

  /**
   * A new challenge of 32 bytes, which works once and for five minutes. Where too many live that were made for the same user, or without
   * a user for the same address, the oldest of these are withdrawn.
   * @returns base64url.
   */
  issue(
    tenant: KnownTenant,
    owner: ChallengeOwner,
    { rpId, peerIp }: { readonly rpId: string; readonly peerIp: string | null },
  ): Promise<string> {
    const { codes, clock } = this.#deps;
    const payload: Stored = { name: hashOwner(owner), rpId };
    const expiresAt = addSeconds(clock.now(), PASSKEY_SECONDS);
    const bound = owner.kind === 'passkey-discovery' ? { maxOfMaker: MAX_DISCOVERIES_OF_ADDRESS } : {};
    const maker = 'userId' in owner ? { userId: owner.userId } : { peerIp };
    return storeChallenge(codes, tenant, { kind: owner.kind, payload, expiresAt, ...bound }, maker);
  }

  /**
   * Uses the challenge up that a response answers, whether or not what follows is right: of two simultaneous calls one gets it.
   * @returns What the response must have been made for; null: its challenge was made for something else, or its page is of an origin that
   * may not use the passkeys of the tenant.
   */
  async redeem(
    tenant: KnownTenant,
    owner: ChallengeOwner,
    response: Pick<PasskeyAssertion, 'clientDataJson'>,
  ): Promise<Ceremony | null> {
    const { codes, parties } = this.#deps;
    const answered = readClientData(response);
    const row = answered === null ? null : await codes.take(tenant.id, owner.kind, answered.challenge);
    if (answered === null || row === null) return null;
    const stored = row.payload as unknown as Stored;
    const isAccepted =
      constantTimeEqual(stored.name, hashOwner(owner)) && (await parties.accepts(tenant, answered.origin));
    return isAccepted ? { ...answered, rpId: stored.rpId } : null;
  }
}

function partsOf(owner: ChallengeOwner): readonly (string | null)[] {
  switch (owner.kind) {
    case 'passkey-registration':
    case 'security-key-registration':
      return [owner.userId, owner.sessionId];
    case 'passkey-sign-in':
      return [owner.name];
    case 'passkey-discovery':
      return [owner.requestId];
    case 'passkey-enrolment':
    case 'security-key-enrolment':
    case 'passkey-factor':
    case 'security-key-factor':
      return [owner.userId, owner.handle];
  }
}

const hashOwner = (owner: ChallengeOwner): string => sha256Base64Url(JSON.stringify(partsOf(owner)));
