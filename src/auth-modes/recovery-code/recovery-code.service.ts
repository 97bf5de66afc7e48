import type { Authority } from '../../access/index.ts';
import type { EventActor } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { type AccountChangeDeps, userErrors } from '../../users/index.ts';
import { getAccountOfCredentials } from '../account-to-change.ts';
import type { AuthModeStore } from '../auth-mode.store.ts';
import { recordCredential } from '../credential.events.ts';
import type { CredentialStore } from '../credential.store.ts';
import type { CredentialInfo } from '../credential-reader.ts';
import {
  checkSecondFactor,
  type SecondFactorDeps,
  type SecondFactorTry,
} from '../second-factor/second-factor.check.ts';
import { CODES, hashRecoveryCode, newRecoveryCode, readRecoveryCode } from './recovery-code.code.ts';
import { recoveryCodeErrors } from './recovery-code.errors.ts';
import { recoveryCodeEvents } from './recovery-code.events.ts';
import type { MatchedRecoveryCode, RecoveryCodeMode } from './recovery-code.mode.ts';

export interface RecoveryCodeServiceDeps extends AccountChangeDeps, SecondFactorDeps {
  readonly db: Database;
  readonly columns: Pick<AuthModeStore, 'lock'>;
  readonly credentials: CredentialStore;
  readonly mode: RecoveryCodeMode;
}

/** The codes of an account, in plain this once, and the credential that holds their hashes. */
export interface GeneratedRecoveryCodes {
  readonly codes: readonly string[];
  readonly credential: CredentialInfo;
}

/** Generates, removes and checks recovery codes, which replace a second factor once each. */
export class RecoveryCodeService {
  readonly #deps: RecoveryCodeServiceDeps;

  constructor(deps: RecoveryCodeServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Ten new codes; those that the account had before stop working. Only hashes are stored.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  async generate(authority: Authority, userId: string): Promise<GeneratedRecoveryCodes> {
    const { credentials, events, mode } = this.#deps;
    const tenantId = authority.tenant.id;
    return this.#change(authority, userId, async (id) => {
      const codes = Array.from({ length: CODES }, newRecoveryCode);
      const hashes = codes.map((code) => hashRecoveryCode(tenantId, id, readRecoveryCode(code)!));
      await this.#remove(authority, id);
      const data = { total: CODES, remaining: CODES };
      const credential = await credentials.add(tenantId, {
        userId: id,
        type: mode.type,
        data,
        secret: hashes.join(' '),
      });
      recordCredential(events, authority, 'credential.added', credential);
      return { codes, credential };
    });
  }

  /**
   * Removes all codes of an account, used or not.
   * @returns The removed credential.
   * @throws RECOVERY_CODES_NOT_FOUND, USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  remove(authority: Authority, userId: string): Promise<CredentialInfo> {
    return this.#change(authority, userId, async (id) => {
      const removed = await this.#remove(authority, id);
      if (removed === null) throw recoveryCodeErrors.RECOVERY_CODES_NOT_FOUND();
      return removed;
    });
  }

  /** Runs a change of the codes while the account is locked, so that changes of one account follow each other. */
  async #change<T>(authority: Authority, userId: string, change: (id: string) => Promise<T>): Promise<T> {
    const { id } = await getAccountOfCredentials(this.#deps, authority, userId);
    return this.#deps.db.transaction(async () => {
      if ((await this.#deps.columns.lock(authority.tenant.id, id)) === null) throw userErrors.USER_NOT_FOUND();
      return change(id);
    });
  }

  async #remove(authority: Authority, userId: string): Promise<CredentialInfo | null> {
    const { credentials, events, mode } = this.#deps;
    const tenantId = authority.tenant.id;
    const stored = await credentials.findCodes(tenantId, userId, mode.type);
    const credential = stored === null ? null : await credentials.findById(tenantId, stored.id);
    if (credential === null) return null;
    await credentials.remove(tenantId, credential.id);
    recordCredential(events, authority, 'credential.removed', credential);
    return credential;
  }

  /**
   * Checks the code of a sign-in; see `checkSecondFactor`. A right one is used up with the event `recovery_code.used`.
   * @throws TOO_MANY_REQUESTS
   */
  verify(actor: EventActor, tenant: Pick<TenantRef, 'id'>, input: SecondFactorTry): Promise<boolean> {
    const { mode } = this.#deps;
    return checkSecondFactor(this.#deps, actor, tenant, input, {
      type: mode.type,
      match: (tenantId, userId, code) => mode.match(tenantId, userId, code),
      spend: (_, matched) => this.#spend(actor, tenant, matched),
    });
  }

  #spend(actor: EventActor, tenant: Pick<TenantRef, 'id'>, matched: MatchedRecoveryCode): Promise<boolean> {
    const { db, events, mode } = this.#deps;
    return db.transaction(async () => {
      const remaining = await mode.take(tenant.id, matched);
      if (remaining === null) return false;
      events.record(actor, tenant, {
        type: recoveryCodeEvents['recovery_code.used'],
        subjectId: matched.userId,
        params: { credentialId: matched.credentialId, remaining },
      });
      return true;
    });
  }
}

/** How many recovery codes are left among the credentials of an account; null when it never got any, or they were removed. */
export function countRecoveryCodes(credentials: readonly CredentialInfo[]): number | null {
  const codes = credentials.find(({ type }) => type === 'recovery-code');
  return codes === undefined ? null : Number(codes.data['remaining']);
}
