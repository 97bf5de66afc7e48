import { type Ceremony, PASSKEY_SECONDS, type PasskeyAssertion, readClientData } from '../../auth-modes/index.ts';
import { constantTimeEqual, sha256Base64Url } from '../../crypto/index.ts';
import { addSeconds, type Clock } from '../../kernel/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { storeChallenge } from '../stored-challenges.ts';
import type { RelyingParties } from './relying-parties.ts';

/** What a challenge is made for: a new passkey of a user in a session, or a sign-in of the user with a (folded) name. */
export type ChallengeOwner =
  | { readonly kind: 'passkey-registration'; readonly userId: string; readonly sessionId: string }
  | { readonly kind: 'passkey-sign-in'; readonly name: string };

export interface PasskeyChallengesDeps {
  readonly codes: Pick<OneTimeCodeStore, 'putNewest' | 'take'>;
  readonly parties: RelyingParties;
  readonly clock: Clock;
}

/** A challenge as it is stored. It has hashes in place of what somebody typed, of whatever length. */
interface Stored {
  /** Hash of the name or of the session, by which challenges are counted. */
  readonly name: string;
  /** Hash of the owner. */
  readonly owner: string;
  readonly rpId: string;
}

/** Gives out the challenges that passkeys sign, and takes them back once. */
export class PasskeyChallenges {
  readonly #deps: PasskeyChallengesDeps;

  constructor(deps: PasskeyChallengesDeps) {
    this.#deps = deps;
  }

  /**
   * A new challenge of 32 bytes, which works once and for five minutes. Where too many live that were made for the same address, the
   * oldest of that address are withdrawn.
   * @returns base64url.
   */
  issue(
    tenant: KnownTenant,
    owner: ChallengeOwner,
    { rpId, peerIp }: { readonly rpId: string; readonly peerIp: string | null },
  ): Promise<string> {
    const { codes, clock } = this.#deps;
    const payload: Stored = { name: sha256Base64Url(countedName(owner)), owner: hashOwner(owner), rpId };
    const expiresAt = addSeconds(clock.now(), PASSKEY_SECONDS);
    return storeChallenge(codes, tenant, { kind: owner.kind, payload, expiresAt }, peerIp);
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
      constantTimeEqual(stored.owner, hashOwner(owner)) && (await parties.accepts(tenant, answered.origin));
    return isAccepted ? { ...answered, rpId: stored.rpId } : null;
  }
}

const countedName = (owner: ChallengeOwner): string =>
  owner.kind === 'passkey-sign-in' ? owner.name : owner.sessionId;

const hashOwner = (owner: ChallengeOwner): string =>
  sha256Base64Url(JSON.stringify(owner.kind === 'passkey-sign-in' ? [owner.name] : [owner.userId, owner.sessionId]));
