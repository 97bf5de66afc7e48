import { LRUCache } from 'lru-cache';
import {
  type Attempt,
  type CipherKey,
  foldedName,
  type ImageProofMode,
  PROOF_VERSION,
  proofActs,
  readCipherKey,
} from '../../auth-modes/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import type { AttemptOrigin } from '../attempt-actor.ts';
import { afterEqualWork } from '../unknown-name.ts';
import { imageProofErrors } from './image-proof.errors.ts';
import type { ProofExchange } from './proof-exchange.ts';
import type { ProofGuard } from './proof-guard.ts';
import type { SignInTickets } from './sign-in-tickets.ts';
import { countLiveness, type LivenessCounter, type WithLiveness } from './told-liveness.ts';

/** A request about a name, with the origin of the request. */
export interface NamedRequest {
  readonly tenant: TenantRef & Pick<KnownTenant, 'settings'>;
  /** As typed. */
  readonly username: string;
  /** The request for a sign-in to which it belongs; null: to none. */
  readonly requestId: string | null;
  readonly actor: AttemptOrigin;
}

export interface AskChallenge extends NamedRequest {
  /** The key of the client for this challenge. */
  readonly cipherKey: string;
}

/** A challenge as a client gets it. */
export interface GivenChallenge {
  /** Encrypted for the key of the client. */
  readonly challengeData: string;
  readonly version: typeof PROOF_VERSION;
}

export interface ProveSignIn extends AskChallenge, WithLiveness {
  readonly tenant: KnownTenant;
  /** Issuer at the host of the request, in the configuration of the service. */
  readonly audience: string;
  readonly challengeId: string;
  /** Encrypted for the key of the tenant. */
  readonly challengeData: string;
}

/** A user who proved the image. */
export interface ProvedSignIn {
  readonly user: User;
  /** Begins one session for the request within a minute. */
  readonly ticket: string;
}

export interface ImageProofSignInDeps {
  readonly exchange: ProofExchange;
  readonly guard: ProofGuard;
  readonly mode: ImageProofMode;
  readonly users: Pick<UserStore, 'findById' | 'findByIdentifier' | 'idOfIdentifier'>;
  readonly tickets: Pick<SignInTickets, 'issue'>;
  readonly liveness: LivenessCounter;
}

/** Most keys of clients in memory: 3 KB each, so 3 MB. Challenges of a busy node live that long that their proofs arrive. */
const MAX_KEYS = 1_000;

/** Signs users in who prove that they know an image. */
export class ImageProofSignIn {
  readonly #deps: ImageProofSignInDeps;
  /** Keys of clients that asked for a challenge, by their texts: each is read again with its proof, and reading one takes long. */
  readonly #keys = new LRUCache<string, CipherKey>({ max: MAX_KEYS });

  constructor(deps: ImageProofSignInDeps) {
    this.#deps = deps;
  }

  /**
   * A challenge for a name, the same in kind for every name, whether or not somebody has it.
   * @throws TOO_MANY_REQUESTS The name or the address is blocked.
   * @throws IMAGE_PROOF_KEY_INVALID
   */
  async challenge(input: AskChallenge): Promise<GivenChallenge> {
    const { tenant, username, requestId, actor } = input;
    const userId = await this.#deps.users.idOfIdentifier(tenant.id, username, namesOf(tenant));
    await this.#deps.guard.assertFree(attemptOf(input, userId));
    const key = requireKey(input.cipherKey);
    this.#keys.set(input.cipherKey, key);
    const owner = { username: foldedName(username), requestId, session: null };
    const { peerIp } = actor.origin;
    const challengeData = await this.#deps.exchange.challenge(tenant, { owner, key, peerIp });
    return { challengeData, version: PROOF_VERSION };
  }

  /**
   * Checks a proof. Unknown name, account without an image, wrong secret, wrong or used challenge: each gives the same error after the
   * same work and counts as a failed attempt, for names that nobody has too. The challenge is used up in any case.
   * @throws IMAGE_PROOF_REFUSED Records `sign_in.failed` with the reason.
   * @throws TOO_MANY_REQUESTS The name or the address is blocked; the challenge is not used up.
   * @throws SIGN_IN_ACCOUNT_DISABLED The proof is right, and the account is disabled.
   * @throws IMAGE_PROOF_KEY_INVALID
   */
  async authenticate(input: ProveSignIn): Promise<ProvedSignIn> {
    const { guard, mode, tickets } = this.#deps;
    const { tenant, requestId } = input;
    const user = await this.#find(input);
    await guard.signIn(attemptOf(input, user?.id ?? null), input.actor, user, async () =>
      (await this.#isRight(input, user, this.#keyOf(input.cipherKey))) ? true : null,
    );
    await countLiveness(this.#deps.liveness, tenant, input);
    const { type: method } = mode;
    const amr = mode.amrAt(tenant.settings.imageProof);
    return { user: user!, ticket: await tickets.issue(tenant, { user: user!, requestId, method, amr }) };
  }

  /** @throws IMAGE_PROOF_KEY_INVALID */
  #keyOf(text: string): CipherKey {
    const known = this.#keys.get(text);
    this.#keys.delete(text);
    return known ?? requireKey(text);
  }

  /**
   * The account for which an attempt counts, as one with a password does: also where the name is its address. The proof is of the
   * username, so that no other name of the account is right.
   */
  async #find({ tenant, username }: NamedRequest): Promise<User | null> {
    const { users } = this.#deps;
    return afterEqualWork(users, tenant.id, await users.findByIdentifier(tenant.id, username, namesOf(tenant)));
  }

  async #isRight(input: ProveSignIn, user: User | null, key: CipherKey): Promise<boolean> {
    const { exchange, mode } = this.#deps;
    const { tenant, requestId, challengeId, audience } = input;
    const username = foldedName(input.username);
    const challenge = await exchange.redeem(tenant, challengeId, { username, requestId, session: null }, key);
    const message = await exchange.read(tenant, 'authenticate', input.challengeData);
    if (challenge === null || message === null || message.challengeId !== challengeId) return false;
    const identity = { tenant: tenant.name, username };
    const context = { identity, act: proofActs.authenticate(requestId), audience, challenge };
    return mode.verify(tenant.id, user?.id ?? null, { proof: message.proof, context });
  }
}

/** Which names identify an account in a tenant. */
const namesOf = ({ settings }: NamedRequest['tenant']) => ({ byEmail: settings.signInByEmail });

/** @throws IMAGE_PROOF_KEY_INVALID */
export function requireKey(text: string): CipherKey {
  const key = readCipherKey(text);
  if (key === null) throw imageProofErrors.IMAGE_PROOF_KEY_INVALID().at('input.cipherKey');
  return key;
}

function attemptOf({ tenant, username, actor }: NamedRequest, userId: string | null): Attempt {
  const { peerIp } = actor.origin;
  return { tenant, factor: 'first', userId, name: username, peerIp, knownDeviceId: null };
}
