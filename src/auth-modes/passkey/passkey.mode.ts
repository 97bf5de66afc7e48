import type { Authority } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Clock, TenantRef } from '../../kernel/index.ts';
import { violatedConstraint } from '../../persistence/index.ts';
import { userErrors } from '../../users/index.ts';
import type { AuthModeStore } from '../auth-mode.store.ts';
import { recordCredential } from '../credential.events.ts';
import type { CredentialStore } from '../credential.store.ts';
import type { TenantSecrets } from '../image-proof/tenant-secrets.ts';
import { meetDemand } from '../met-demand.ts';
import type { AuthMode } from '../mode.ts';
import { isOfKind, type Passkey, type PasskeyData, passkeyLookup } from './passkey.data.ts';
import { decoyPasskey } from './passkey.decoys.ts';
import { passkeyErrors } from './passkey.errors.ts';
import { type ShownPasskey, showPasskey } from './passkey.options.ts';
import {
  type GivenAssertion,
  isWellFormed,
  type PasskeyAssertion,
  type VerifiedAssertion,
  verifyAssertion,
} from './webauthn.ts';
import { WEBAUTHN_KINDS, type WebauthnKind } from './webauthn-kind.ts';

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
  readonly kind: WebauthnKind;
  readonly credentials: CredentialStore;
  readonly secrets: Pick<TenantSecrets, 'of'>;
  readonly columns: Pick<AuthModeStore, 'lock' | 'write'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** The mode of each kind. */
export type WebauthnModes = Readonly<Record<WebauthnKind, PasskeyMode>>;

/** Most passkeys of an account, and most security keys: a browser gets all of a kind. */
const MAX_PASSKEYS = 20;

/** The constraint that a second passkey with the same id violates. */
const LOOKUP_UNIQUE = 'credentials__lookup_hash';

/**
 * Sign-in by a passkey, or by a security key as second factor (WebAuthn Level 3): a key of which the account has the public half. Each of
 * the two kinds has a mode, which knows no key of the other kind.
 */
export class PasskeyMode implements AuthMode<GivenAssertion> {
  readonly type: WebauthnKind;
  readonly amr: readonly string[];
  readonly #deps: PasskeyModeDeps;

  constructor(deps: PasskeyModeDeps) {
    this.#deps = deps;
    this.type = deps.kind;
    this.amr = ['swk', ...WEBAUTHN_KINDS[deps.kind].amr];
  }

  async isSetUp(tenantId: string, userId: string): Promise<boolean> {
    return (await this.ofUser(tenantId, userId)).length > 0;
  }

  /** Those of an account, in their order. */
  async ofUser(tenantId: string, userId: string): Promise<readonly Passkey[]> {
    const credentials = await this.#deps.credentials.ofUser(tenantId, userId);
    return credentials.filter((credential) => isOfKind(credential, this.type));
  }

  /**
   * Those of an account in the form that browsers take. Where there is no account, or it has none: one that nobody has.
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

  /** The key of the account that made the assertion, which is used up; null: none did. */
  async prove(tenantId: string, userId: string | null, given: GivenAssertion): Promise<ProvedPasskey | null> {
    const matched = await this.match(tenantId, userId, given);
    return matched !== null && (await this.spend(tenantId, matched)) ? matched : null;
  }

  /** The first half of `prove`, which stores nothing: the key of the account that made the assertion; null: none did. */
  async match(tenantId: string, userId: string | null, given: GivenAssertion): Promise<MatchedPasskey | null> {
    const found = await this.#find(tenantId, given.assertion);
    if (found === null || found.userId !== userId) return null;
    const verified = await verifyAssertion(given, found.data);
    return verified === null ? null : { credentialId: found.id, amr: amrOfPasskey(found), use: verified };
  }

  /** The second half of `prove`: stores the use. @returns False when another one with the same count was faster. */
  spend(tenantId: string, { credentialId, use }: MatchedPasskey): Promise<boolean> {
    return this.#deps.credentials.notePasskeyUse(tenantId, credentialId, use);
  }

  /** The account whose key of the kind an assertion names, which is not verified; null: nobody in the tenant has it. */
  async ownerOf(tenantId: string, assertion: PasskeyAssertion): Promise<string | null> {
    return (await this.#find(tenantId, assertion))?.userId ?? null;
  }

  async #find(tenantId: string, assertion: PasskeyAssertion): Promise<Passkey | null> {
    if (!isWellFormed(assertion)) return null;
    const found = await this.#deps.credentials.findByLookup(tenantId, passkeyLookup(assertion.id));
    return found !== null && isOfKind(found, this.type) ? found : null;
  }

  /**
   * Adds one to an account, inside a unit of work. Ends a demand for one of the kind. Records `credential.added`.
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
    await meetDemand(this.#deps, authority, row, WEBAUTHN_KINDS[this.type].action);
    return { ...added, type: this.type, data: { ...data } };
  }
}

/**
 * How a key shows in `amr` (RFC 8176). One that its provider may copy is one of software. Where every use verifies the user, this is
 * another factor.
 */
export const amrOfPasskey = ({ type, data }: Passkey): readonly string[] => [
  data.isBackupEligible ? 'swk' : 'hwk',
  ...WEBAUTHN_KINDS[type].amr,
];

/** @throws PASSKEY_TAKEN An account of the tenant has the same key, of whichever kind. */
async function refuseTaken<T>(add: () => Promise<T>): Promise<T> {
  try {
    return await add();
  } catch (error) {
    throw violatedConstraint(error) === LOOKUP_UNIQUE ? passkeyErrors.PASSKEY_TAKEN() : error;
  }
}
