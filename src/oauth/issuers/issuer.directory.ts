import type { Origin, TenantRef } from '../../kernel/index.ts';
import { isHostOf, type KnownTenant, type TenantDirectory } from '../../tenants/index.ts';
import type { Issuer, IssuerKind, Issuers } from './issuers.ts';

/** An issuer of a tenant that exists. */
export interface FoundIssuer {
  readonly tenant: KnownTenant;
  readonly kind: IssuerKind;
  /** The host of its URL; null = that of `PUBLIC_URL`. */
  readonly host: string | null;
}

/**
 * Tells which issuer a request shows and whose issuer a URL is, by the hosts that are bound to tenants. Asks the directory of
 * tenants alone, which caches them.
 */
export class IssuerDirectory {
  readonly #issuers: Issuers;
  readonly #tenants: Pick<TenantDirectory, 'byHost' | 'byName'>;

  constructor(issuers: Issuers, tenants: Pick<TenantDirectory, 'byHost' | 'byName'>) {
    this.#issuers = issuers;
    this.#tenants = tenants;
  }

  /**
   * The issuer of a tenant as a host shows it: with the host if it is bound to the tenant, else with `PUBLIC_URL`.
   * @param origin The host of a request or of a token family, and the spelling of the request.
   * @throws ISSUER_UNKNOWN
   */
  async of(
    tenant: Pick<TenantRef, 'id' | 'name'>,
    kind: string,
    { host, basePath }: Pick<Origin, 'host' | 'basePath'>,
  ): Promise<Issuer> {
    const isBound = host != null && (await this.isBound(tenant, host));
    return this.#issuers.of(tenant, kind, isBound ? host : null, basePath);
  }

  /** Whether the host is bound to the tenant. */
  async isBound(tenant: Pick<TenantRef, 'id'>, host: string): Promise<boolean> {
    return host !== this.#issuers.publicHost && isHostOf(this.#tenants, tenant, host);
  }

  /** The issuer of a URL; null if there is none, or its host is not bound to a tenant. */
  async find(url: string): Promise<FoundIssuer | null> {
    const host = this.#issuers.hostOf(url);
    if (host === undefined) return null;
    if (host !== null) return this.#findAt(url, host);
    const found = this.#issuers.find(url);
    const tenant = found === null ? null : await this.#tenants.byName(found.tenantName);
    return found === null || tenant === null ? null : { tenant, kind: found.kind, host };
  }

  async #findAt(url: string, host: string): Promise<FoundIssuer | null> {
    const tenant = await this.#tenants.byHost(host);
    const kind = tenant === null ? null : this.#issuers.findAt(url, tenant, host);
    return tenant === null || kind === null ? null : { tenant, kind, host };
  }
}
