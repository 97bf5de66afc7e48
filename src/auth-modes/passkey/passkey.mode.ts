import type { Authority } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Clock, TenantRef } from '../../kernel/index.ts';
import { violatedConstraint } from '../../persistence/index.ts';
import { userErrors } from '../../users/index.ts';
import { REGISTER_PASSKEY } from '../auth-mode.rules.ts';
import type { AuthModeStore } from '../auth-mode.store.ts';
import { recordCredential } from '../credential.events.ts';
import type { CredentialStore } from '../credential.store.ts';
import type { TenantSecrets } from '../image-proof/tenant-secrets.ts';
import { meetDemand } from '../met-demand.ts';
import type { AuthMode } from '../mode.ts';
import { isPasskey, type Passkey, type PasskeyData, passkeyLookup } from './passkey.data.ts';
import { decoyPasskey } from './passkey.decoys.ts';
import { passkeyErrors } from './passkey.errors.ts';
import { type ShownPasskey, showPasskey } from './passkey.options.ts';
import {
  type Ceremony,
  isWellFormed,
  type PasskeyAssertion,
  type VerifiedAssertion,
  verifyAssertion,
} from './webauthn.ts';

/** What somebody sends who has a passkey, and what it must have been made for. */
export interface GivenAssertion {
  readonly assertion: PasskeyAssertion;
  readonly ceremony: Ceremony;
}

/** A passkey that was used rightly. */
export interface ProvedPasskey {
  readonly credentialId: string;
  /** How it shows in `amr` (RFC 8176). */
  readonly amr: readonly string[];
}

/** A passkey that made an assertion, whose use is not stored yet. */
export interface MatchedPasskey extends ProvedPasskey {
  readonly use: VerifiedAssertion;
}

export interface PasskeyModeDeps {
  readonly credentials: CredentialStore;
  readonly secrets: Pick<TenantSecrets, 'of'>;
  readonly columns: Pick<AuthModeStore, 'lock' | 'write'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Most passkeys of an account: a browser gets all of them. */
const MAX_PASSKEYS = 20;

/** The constraint that a second passkey with the same id violates. */
const LOOKUP_UNIQUE = 'credentials__lookup_hash';

/**
 * Sign-in by a passkey (WebAuthn Level 3): a key of which the account has the public half. Its authenticator verifies the user, so it
 * stands for two factors.
 */
export class PasskeyMode implements AuthMode<GivenAssertion> {
  readonly type = 'passkey';
  readonly amr = ['swk', 'mfa'];
  readonly #deps: PasskeyModeDeps;

  constructor(deps: PasskeyModeDeps) {
    this.#deps = deps;
  }

  async isSetUp(tenantId: string, userId: string): Promise<boolean> {
    return (await this.ofUser(tenantId, userId)).length > 0;
  }

  /** The passkeys of an account, in their order. */
  async ofUser(tenantId: string, userId: string): Promise<readonly Passkey[]> {
    return (await this.#deps.credentials.ofUser(tenantId, userId)).filter(isPasskey);
  }

  /**
   * The passkeys of an account in the form that browsers take. Where there is no account, or it has none: a passkey that nobody has.
   * @param name The folded name of the user who wants to sign in.
   */
  async shownTo(tenant: Pick<TenantRef, 'id'>, userId: string | null, name: string): Promise<readonly ShownPasskey[]> {
    const { fake } = await this.#deps.secrets.of(tenant.id);
    // Read and derive for every name, because the time would tell otherwise which names have a passkey.
    const decoy = decoyPasskey(fake, name);
    const passkeys = await this.ofUser(tenant.id, userId ?? '');
    return passkeys.length === 0 ? [decoy] : passkeys.map(({ data }) => showPasskey(data));
  }

  async verify(tenantId: string, userId: string | null, given: GivenAssertion): Promise<boolean> {
    return (await this.prove(tenantId, userId, given)) !== null;
  }

  /** The passkey of the account that made the assertion, which is used up; null: none did. */
  async prove(tenantId: string, userId: string | null, given: GivenAssertion): Promise<ProvedPasskey | null> {
    const matched = await this.match(tenantId, userId, given);
    return matched !== null && (await this.spend(tenantId, matched)) ? matched : null;
  }

  /** The first half of `prove`, which stores nothing: the passkey of the account that made the assertion; null: none did. */
  async match(
    tenantId: string,
    userId: string | null,
    { assertion, ceremony }: GivenAssertion,
  ): Promise<MatchedPasskey | null> {
    const found = await this.#find(tenantId, assertion);
    if (found === null || found.userId !== userId) return null;
    const verified = await verifyAssertion(assertion, ceremony, found.data);
    return verified === null ? null : { credentialId: found.id, amr: amrOfPasskey(found.data), use: verified };
  }

  /** The second half of `prove`: stores the use. @returns False when another one with the same count was faster. */
  spend(tenantId: string, { credentialId, use }: MatchedPasskey): Promise<boolean> {
    return this.#deps.credentials.notePasskeyUse(tenantId, credentialId, use);
  }

  /** The account whose passkey an assertion names, which is not verified; null: nobody in the tenant has it. */
  async ownerOf(tenantId: string, assertion: PasskeyAssertion): Promise<string | null> {
    return (await this.#find(tenantId, assertion))?.userId ?? null;
  }

  async #find(tenantId: string, assertion: PasskeyAssertion): Promise<Passkey | null> {
    if (!isWellFormed(assertion)) return null;
    const found = await this.#deps.credentials.findByLookup(tenantId, passkeyLookup(assertion.id));
    return found !== null && isPasskey(found) ? found : null;
  }

  /**
   * Adds a passkey to an account, inside a unit of work. Ends a demand for one. Records `credential.added`.
   * @throws PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED
   * @throws USER_NOT_FOUND The account was deleted meanwhile.
   */
  async add(
    authority: Authority,
    userId: string,
    { data, label }: { readonly data: PasskeyData; readonly label: string | null },
  ): Promise<Passkey> {
    const { columns, credentials, events } = this.#deps;
    const { tenant } = authority;
    const row = await columns.lock(tenant.id, userId);
    if (row === null) throw userErrors.USER_NOT_FOUND();
    if ((await this.ofUser(tenant.id, userId)).length >= MAX_PASSKEYS) throw passkeyErrors.PASSKEY_LIMIT_REACHED();
    const lookupHash = passkeyLookup(data.credentialId);
    const added = await refuseTaken(() =>
      credentials.add(tenant.id, { userId, type: this.type, label, data: { ...data }, lookupHash }),
    );
    recordCredential(events, authority, 'credential.added', added);
    await meetDemand(this.#deps, authority, row, REGISTER_PASSKEY);
    return { ...added, data: { ...data } };
  }
}

/**
 * How a passkey shows in `amr` (RFC 8176). A key that its provider may copy is one of software. What the authenticator verifies is the
 * second factor.
 */
export const amrOfPasskey = ({ isBackupEligible }: PasskeyData): readonly string[] => [
  isBackupEligible ? 'swk' : 'hwk',
  'mfa',
];

/** @throws PASSKEY_TAKEN An account of the tenant has the same passkey. */
async function refuseTaken<T>(add: () => Promise<T>): Promise<T> {
  try {
    return await add();
  } catch (error) {
    throw violatedConstraint(error) === LOOKUP_UNIQUE ? passkeyErrors.PASSKEY_TAKEN() : error;
  }
}
