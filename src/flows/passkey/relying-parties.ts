import type { PasskeyPolicy, RelyingParty } from '../../auth-modes/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { isOwnAddress, type OwnOriginDeps, originOfRequest } from '../own-origin.ts';

/** Where the passkeys of tenants are used. */
export class RelyingParties {
  readonly #deps: OwnOriginDeps;

  constructor(deps: OwnOriginDeps) {
    this.#deps = deps;
  }

  /**
   * The relying party of a tenant.
   * @param host `Origin.host` of the request.
   * @param policy For the kind of keys.
   */
  async of(
    tenant: KnownTenant,
    host: string | null | undefined,
    { rpId, rpName }: Pick<PasskeyPolicy, 'rpId' | 'rpName'>,
  ): Promise<RelyingParty> {
    return {
      id: rpId ?? new URL(await originOfRequest(this.#deps, tenant, host)).hostname,
      name: rpName ?? (tenant.displayName || tenant.name),
    };
  }

  /** Whether pages of an origin may use the passkeys of a tenant. */
  async accepts(tenant: KnownTenant, origin: string): Promise<boolean> {
    if (tenant.settings.passkeyOrigins.includes(origin)) return true;
    const url = URL.canParse(origin) ? new URL(origin) : null;
    return url !== null && url.origin === origin && isOwnAddress(this.#deps, tenant, url);
  }

  /** The origins of other sites whose pages may use the passkeys of a tenant (WebAuthn Level 3 section 5.11). */
  relatedOrigins({ settings }: KnownTenant): readonly string[] {
    return settings.passkeyOrigins;
  }
}
