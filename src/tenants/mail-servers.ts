import type { Sealer } from '../crypto/index.ts';
import { contextOf } from './mail-server.ts';
import type { MailServer } from './policies.ts';
import { effectiveSettings, type TenantSettingsPatch } from './settings.ts';
import type { TenantStore } from './tenant.store.ts';

/** A server for the mails of a tenant, with its password. */
export interface OpenMailServer extends Omit<MailServer, 'passwordSealed'> {
  readonly password: string | null;
}

/** Finds the servers for the mails of tenants. */
export class MailServers {
  readonly #store: Pick<TenantStore, 'findById'>;
  readonly #sealer: Sealer;

  constructor(store: Pick<TenantStore, 'findById'>, sealer: Sealer) {
    this.#store = store;
    this.#sealer = sealer;
  }

  /**
   * The server for the mails of a tenant; null where it has none. It is read anew for each mail, which takes far longer, so that a
   * changed setting acts at once on all nodes.
   */
  async of(tenantId: string): Promise<OpenMailServer | null> {
    const tenant = await this.#store.findById(tenantId);
    if (tenant === null) return null;
    const { mailServer } = effectiveSettings(tenant.template, tenant.settings as TenantSettingsPatch);
    if (mailServer === null) return null;
    const { passwordSealed, ...server } = mailServer;
    return { ...server, password: passwordSealed === null ? null : this.#open(tenantId, passwordSealed) };
  }

  #open(tenantId: string, sealed: string): string {
    return this.#sealer.open(sealed, contextOf(tenantId)).toString('utf8');
  }
}
