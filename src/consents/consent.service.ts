import type { Authority } from '../access/index.ts';
import { CLIENT_ID, type Client } from '../clients/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import {
  type AccountSource,
  canonicalUserId,
  getAccountInReach,
  isUserIdShaped,
  writeForUser,
} from '../users/index.ts';
import { consentErrors } from './consent.errors.ts';
import { consentEvents } from './consent.events.ts';
import type { ConsentRow, ConsentStore } from './consent.store.ts';

/** The tokens that clients hold for users. `oauth/` implements it, because this module may not import `oauth/`. */
export interface ClientTokens {
  /**
   * Revokes the token families of a user at one client, and withdraws the codes from which it could get another one, inside the
   * transaction that ends the consent.
   * @param clientUuid `clients.id`. @returns How many families were alive.
   */
  revokeOfClient(authority: Authority, userId: string, clientUuid: string): Promise<number>;
}

/** What a user allows a client. */
export interface GrantConsent {
  readonly userId: string;
  readonly client: Pick<Client, 'id' | 'clientId'>;
  /** Scope names, as the client asked for them. */
  readonly scopes: readonly string[];
}

export interface ConsentServiceDeps {
  readonly db: Database;
  readonly store: ConsentStore;
  readonly users: AccountSource;
  readonly tokens: ClientTokens;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Rules of what users allow clients. */
export class ConsentService {
  readonly #deps: ConsentServiceDeps;

  constructor(deps: ConsentServiceDeps) {
    this.#deps = deps;
  }

  /** The consents of a user by client_id. @throws USER_NOT_FOUND, FORBIDDEN */
  async list(authority: Authority, userId: string): Promise<readonly ConsentRow[]> {
    const { id } = await getAccountInReach(this.#deps.users, authority, userId);
    return (await this.#deps.store.ofUsers(authority.tenant.id, [id])).get(id) ?? [];
  }

  /** The consents of many users, at most one per client each. The caller of this method must check the permission to read them. */
  ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly ConsentRow[]>> {
    return this.#deps.store.ofUsers(tenantId, userIds);
  }

  /** One consent, or null. The caller of this method must check the permission to read it. */
  async findIn(tenantId: string, userId: string, clientId: string): Promise<ConsentRow | null> {
    if (!isUserIdShaped(userId) || !CLIENT_ID.test(clientId)) return null;
    return this.#deps.store.find(tenantId, canonicalUserId(userId), clientId);
  }

  /** Whether the user allowed a client all of these scopes already. */
  async covers(tenantId: string, { userId, client, scopes }: GrantConsent): Promise<boolean> {
    const allowed = await this.#deps.store.scopesOf(tenantId, canonicalUserId(userId), client.id);
    return allowed !== null && scopes.every((scope) => allowed.includes(scope));
  }

  /**
   * Adds what a user allowed to what was allowed before. Only for the flow that asked the user, which names the client and
   * has checked the scopes.
   * @returns Whether anything is new; only then `consent.granted` is recorded. @throws USER_NOT_FOUND, FORBIDDEN
   */
  async grant(authority: Authority, { userId, client, scopes }: GrantConsent): Promise<boolean> {
    const { db, store, clock } = this.#deps;
    const { tenant } = authority;
    const id = canonicalUserId(userId);
    authority.requireAccount(id);
    const row = { tenantId: tenant.id, userId: id, clientUuid: client.id, scopes: [...new Set(scopes)].toSorted() };
    return db.transaction(async () => {
      const isNew = await writeForUser('consents', () => store.add(row, clock.now()));
      if (isNew)
        this.#record(authority, consentEvents['consent.granted'], {
          userId: id,
          clientId: client.clientId,
          scopes: row.scopes,
        });
      return isNew;
    });
  }

  /**
   * Deletes a consent and revokes the client's tokens and authorization codes for that user.
   * @throws USER_NOT_FOUND, CONSENT_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   */
  async revoke(authority: Authority, userId: string, clientId: string): Promise<ConsentRow> {
    const { db, store, users, tokens, guard } = this.#deps;
    const tenantId = authority.tenant.id;
    const { id } = await getAccountInReach(users, authority, userId);
    await guard.assertMayChange(authority, 'user', id);
    return db.transaction(async () => {
      const consent = await this.findIn(tenantId, id, clientId);
      if (consent === null || !(await store.delete(tenantId, id, consent.clientUuid)))
        throw consentErrors.CONSENT_NOT_FOUND();
      await tokens.revokeOfClient(authority, id, consent.clientUuid);
      this.#record(authority, consentEvents['consent.revoked'], consent);
      return consent;
    });
  }

  /** The client column of the event names the client that acted; the client of the consent is a parameter. */
  #record(
    { caller, tenant }: Authority,
    type: EventType<'consent.granted' | 'consent.revoked'>,
    { userId, clientId, scopes }: Pick<ConsentRow, 'userId' | 'clientId' | 'scopes'>,
  ): void {
    this.#deps.events.record(caller, tenant, { type, subjectId: userId, params: { clientId, scopes } });
  }
}
