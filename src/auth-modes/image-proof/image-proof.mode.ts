import type { Authority } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import type { TenantSettings } from '../../tenants/index.ts';
import { type User, type UserStore, userErrors } from '../../users/index.ts';
import { PIN } from '../acr.ts';
import type { AuthModeStore } from '../auth-mode.store.ts';
import { recordCredential } from '../credential.events.ts';
import type { CredentialStore } from '../credential.store.ts';
import type { CredentialInfo } from '../credential-reader.ts';
import { type AuthMode, CREDENTIAL_KINDS } from '../mode.ts';
import { openCommitment, sealCommitment } from './commitment.ts';
import { fakeCommitmentOf, saltOf } from './derivations.ts';
import { foldedName } from './encoding.ts';
import { imageProofEvents } from './image-proof.events.ts';
import { type SchnorrProof, verifyProof } from './proof.ts';
import { loadRistretto255 } from './ristretto.ts';
import type { ImageProofKeys, TenantSecrets } from './tenant-secrets.ts';
import { PROOF_VERSION, type ProofContext } from './transcript.ts';

/** What somebody sends to prove a secret, and what the service knows about the proof. */
export interface GivenProof {
  readonly proof: SchnorrProof;
  readonly context: ProofContext;
}

/** The commitment of an account, as a right proof found it. */
export interface ProvedCommitment {
  readonly credentialId: string;
  readonly sealed: string;
}

type NamedUser = Pick<User, 'id' | 'username'>;

/** How a commitment is written. */
export interface WriteCommitment {
  readonly event: 'image_proof.changed' | 'image_proof.reset';
  /** The one that the account has now, null if it has none. Absent: any. */
  readonly former?: ProvedCommitment | null;
}

export interface ImageProofModeDeps {
  readonly credentials: CredentialStore;
  readonly secrets: Pick<TenantSecrets, 'of'>;
  readonly columns: Pick<AuthModeStore, 'lock'>;
  readonly users: Pick<UserStore, 'outdateProofs'>;
  readonly events: EventLog;
}

/**
 * Sign-in by knowledge of an image, and of a PIN or pattern: the account has a commitment to a secret that is made of them, and users
 * prove without revealing it that they know the secret (docs/image-proof.md). A commitment belongs to the name for which it was made.
 */
export class ImageProofMode implements AuthMode<GivenProof> {
  readonly type = 'image-proof';
  /** The proof is of a key (RFC 8176). */
  readonly amr = CREDENTIAL_KINDS['image-proof'].amr;
  readonly #deps: ImageProofModeDeps;

  constructor(deps: ImageProofModeDeps) {
    this.#deps = deps;
  }

  /**
   * How a proof shows in `amr` where these settings ask for more than the image: `pin` stands for a PIN and for a pattern (RFC 8176
   * section 2). Both are parts of one secret, so they are no second factor.
   */
  amrAt({ isPinUsed, isPatternUsed }: TenantSettings['imageProof']): readonly string[] {
    return isPinUsed || isPatternUsed ? [...this.amr, PIN] : this.amr;
  }

  async isSetUp(tenantId: string, userId: string): Promise<boolean> {
    return (await this.#deps.credentials.findSealedByTenant(tenantId, userId, this.type)) !== null;
  }

  /** The salt of a name, whether or not somebody has it. */
  async saltOf({ id, name: tenant }: TenantRef, username: string): Promise<Buffer> {
    return saltOf((await this.#deps.secrets.of(id)).salt, { tenant, username: foldedName(username) });
  }

  async verify(tenantId: string, userId: string | null, given: GivenProof): Promise<boolean> {
    return (await this.prove(tenantId, userId, given)) !== null;
  }

  /**
   * The commitment of an account if the proof is right for it, else null. Where there is no account, or none with a commitment, the
   * proof is compared with one of the name that nobody can prove, in the same time.
   */
  async prove(
    tenantId: string,
    userId: string | null,
    { proof, context }: GivenProof,
  ): Promise<ProvedCommitment | null> {
    const group = await loadRistretto255();
    const keys = await this.#deps.secrets.of(tenantId);
    const found = await this.#find(tenantId, userId ?? '', context, keys);
    // Derived for every name, because the time would tell otherwise which names have a commitment.
    const fake = fakeCommitmentOf(group, keys.fake, context.identity);
    const isRight = verifyProof(group, found?.commitment ?? fake, proof, context);
    return isRight ? found : null;
  }

  async #find(
    tenantId: string,
    userId: string,
    { identity: { tenant, username } }: ProofContext,
    { keyEncryption }: ImageProofKeys,
  ): Promise<(ProvedCommitment & { readonly commitment: Buffer }) | null> {
    const stored = await this.#deps.credentials.findSealedByTenant(tenantId, userId, this.type);
    if (stored === null || stored.data['username'] !== username) return null;
    const { id: credentialId, sealed } = stored;
    return { credentialId, sealed, commitment: openCommitment(keyEncryption, { tenant, userId }, sealed) };
  }

  /** Whether a new commitment is valid, and the proof shows knowledge of its secret. */
  async verifyNew(commitment: Uint8Array, { proof, context }: GivenProof): Promise<boolean> {
    const group = await loadRistretto255();
    return group.isElement(commitment) && verifyProof(group, commitment, proof, context);
  }

  /**
   * Encrypts a new commitment for an account, outside of units of work, because the keys of the tenant may have to be made.
   * @returns What `add` and `write` take.
   */
  async seal({ id, name: tenant }: TenantRef, userId: string, commitment: Uint8Array): Promise<string> {
    return sealCommitment((await this.#deps.secrets.of(id)).keyEncryption, { tenant, userId }, commitment);
  }

  /** Gives an account that has none a commitment, inside a unit of work. Records `credential.added`. */
  async add(authority: Authority, user: NamedUser, sealed: string): Promise<void> {
    const added = await this.#insert(authority.tenant.id, user, sealed);
    recordCredential(this.#deps.events, authority, 'credential.added', added);
  }

  #insert(tenantId: string, { id: userId, username }: NamedUser, sealed: string): Promise<CredentialInfo> {
    const data = { version: PROOF_VERSION, username: foldedName(username) };
    return this.#deps.credentials.add(tenantId, { userId, type: this.type, secret: sealed, data });
  }

  /**
   * Removes the commitment of an account that was made for another name, because the name is part of the secret. Inside the unit of work
   * that renames the account; a change of case alone keeps it.
   */
  async removeOfFormerName(authority: Authority, { id, username }: NamedUser): Promise<void> {
    const { credentials, events } = this.#deps;
    const tenantId = authority.tenant.id;
    const stored = await credentials.findSealedByTenant(tenantId, id, this.type);
    if (stored === null || stored.data['username'] === foldedName(username)) return;
    const removed = await credentials.findById(tenantId, stored.id);
    await credentials.remove(tenantId, stored.id);
    recordCredential(events, authority, 'credential.removed', removed!);
  }

  /**
   * Replaces the commitment of an account, or adds one, inside a unit of work. A sign-in under way that proved the former one starts
   * again.
   * @returns Whether it was written: not if the account has another one than `former` by now.
   * @throws USER_NOT_FOUND The account was deleted meanwhile.
   */
  async write(
    authority: Authority,
    user: NamedUser,
    sealed: string,
    { event: type, former }: WriteCommitment,
  ): Promise<boolean> {
    const { columns, credentials, events, users } = this.#deps;
    const { caller, tenant } = authority;
    if ((await columns.lock(tenant.id, user.id)) === null) throw userErrors.USER_NOT_FOUND();
    const stored = await credentials.findSealedByTenant(tenant.id, user.id, this.type);
    if (former !== undefined && stored?.sealed !== former?.sealed) return false;
    if (stored !== null) await credentials.remove(tenant.id, stored.id);
    await this.#insert(tenant.id, user, sealed);
    await users.outdateProofs(tenant.id, user.id);
    events.record(caller, tenant, { type: imageProofEvents[type], subjectId: user.id, params: {} });
    return true;
  }
}
