import type { Authority } from '../../access/index.ts';
import { type FederationProviderService, federationErrors, isCallable } from '../../federation/index.ts';
import { invalidField, Places } from '../../kernel/index.ts';
import { linkAccountErrors } from './link-account.errors.ts';
import type { Upstream } from './upstream.ts';

/** What an issuer says about itself; null: it does not say it, or not as an address that may be called. */
export interface DiscoveredProvider {
  readonly issuer: string;
  readonly authorizationEndpoint: string | null;
  readonly tokenEndpoint: string | null;
  readonly userinfoEndpoint: string | null;
  readonly jwksUri: string | null;
  readonly endSessionEndpoint: string | null;
}

interface ProviderMetadataDeps {
  readonly upstream: Pick<Upstream, 'discover' | 'reload'>;
  readonly providers: Pick<FederationProviderService, 'find'>;
  readonly allowLoopbackHttp: boolean;
}

const MAX_ADDRESS = 2000;
/** OpenID Connect Discovery section 4. */
const METADATA = /\/\.well-known\/openid-configuration$/;

/**
 * Whether a URL has the parts of an issuer alone (OpenID Connect Discovery section 3), to which the address of metadata is appended. One
 * with another well-known address in its path would lead to any document.
 */
const isIssuer = (url: string): boolean => !/[?#]/.test(url) && !new URL(url).pathname.includes('/.well-known/');

/** How many issuers a tenant may have asked at once, of each node. */
const AT_ONCE = 4;

/** Reads what providers say about themselves. */
export class ProviderMetadata {
  readonly #deps: ProviderMetadataDeps;
  readonly #places = new Places(AT_ONCE);

  constructor(deps: ProviderMetadataDeps) {
    this.#deps = deps;
  }

  /**
   * Reads the metadata of an issuer, which has to name itself as it was asked (OpenID Connect Discovery section 4.3). The caller sees
   * addresses alone, so that no other document of the operator's network can be read.
   * @param address The issuer, or the address of its metadata.
   * @throws INVALID_INPUT The service may not call the address, or no issuer has it.
   * @throws FEDERATION_PROVIDER_UNREACHABLE
   * @throws TOO_MANY_REQUESTS Answers of so many issuers are waited for.
   */
  async discover({ tenant }: Authority, address: string): Promise<DiscoveredProvider> {
    const issuer = address.replace(METADATA, '');
    if (!this.#isAddress(issuer)) throw invalidField('input.issuer', 'URL_INVALID', 'An https:// URL is required.');
    if (!isIssuer(issuer)) throw invalidField('input.issuer', 'URL_INVALID', 'This is no URL of an issuer.');
    const metadata = await this.#places.run(tenant.id, () => this.#deps.upstream.discover(new URL(issuer), tenant.id));
    // The address of the metadata does not tell whether the issuer ends in a slash (section 4.1).
    const names = issuer === address ? [issuer] : [issuer, `${issuer}/`];
    if (!names.includes(metadata.issuer)) throw linkAccountErrors.FEDERATION_PROVIDER_UNREACHABLE();
    const addressIn = (name: string): string | null => {
      const value = metadata[name];
      return typeof value === 'string' && this.#isAddress(value) ? value : null;
    };
    return {
      issuer: metadata.issuer,
      authorizationEndpoint: addressIn('authorization_endpoint'),
      tokenEndpoint: addressIn('token_endpoint'),
      userinfoEndpoint: addressIn('userinfo_endpoint'),
      jwksUri: addressIn('jwks_uri'),
      endSessionEndpoint: addressIn('end_session_endpoint'),
    };
  }

  /**
   * Reads the metadata and the keys of a provider again. @returns Whether it has an issuer, which answered.
   * @throws FEDERATION_PROVIDER_NOT_FOUND
   * @throws TOO_MANY_REQUESTS Answers of so many issuers are waited for.
   */
  async reload(authority: Authority, id: string): Promise<boolean> {
    const provider = await this.#deps.providers.find(authority, id);
    if (provider === null) throw federationErrors.FEDERATION_PROVIDER_NOT_FOUND();
    return this.#places.run(provider.tenantId, () => this.#deps.upstream.reload(provider));
  }

  #isAddress(text: string): boolean {
    return text.length <= MAX_ADDRESS && URL.canParse(text) && isCallable(new URL(text), this.#deps.allowLoopbackHttp);
  }
}
