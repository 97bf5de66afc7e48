import type { Sealer } from '../crypto/index.ts';
import { IdentityError, kernelErrors } from '../kernel/index.ts';
import { contextOf, type MailServerChange, toStoredMailServer } from './mail-server.ts';
import type { MailServer } from './policies.ts';
import { effectiveSettings, type TenantSettingsPatch } from './settings.ts';
import { checkedPatch } from './settings-check.ts';
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
    return mailServer === null ? null : this.#opened(tenantId, mailServer);
  }

  /**
   * The server that a change would store, by the rules for changes; nothing is stored.
   * @param path Where the server stands in the input.
   * @throws NOT_FOUND, TENANT_SETTING_INVALID, INVALID_INPUT
   */
  async tried(tenantId: string, change: MailServerChange, path: string): Promise<OpenMailServer> {
    const tenant = await this.#store.findById(tenantId);
    if (tenant === null) throw kernelErrors.NOT_FOUND();
    const stored = tenant.settings as TenantSettingsPatch;
    try {
      const mailServer = toStoredMailServer(this.#sealer, tenantId, change, stored.mailServer ?? null);
      checkedPatch(tenant.template, stored, { mailServer });
      return this.#opened(tenantId, mailServer);
    } catch (error) {
      throw movedTo(path, error);
    }
  }

  #opened(tenantId: string, { passwordSealed, ...server }: MailServer): OpenMailServer {
    if (passwordSealed === null) return { ...server, password: null };
    return { ...server, password: this.#sealer.open(passwordSealed, contextOf(tenantId)).toString('utf8') };
  }
}

/** An error about a server in the settings, with the paths of one at another place. */
function movedTo(path: string, error: unknown): unknown {
  if (!(error instanceof IdentityError) || error.fields === undefined) return error;
  const fields = error.fields.map((field) => ({
    ...field,
    path: field.path.replace(/^input\.settings\.mailServer\b/, path),
  }));
  return new IdentityError(error.code, error.kind, error.message, { fields, cause: error });
}
