import { isOpenTo } from '../../clients/index.ts';
import type { Origin } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { reachableAcr } from '../authorize/decision.ts';
import { PROMPTS, RESPONSE_TYPES } from '../authorize/request.ts';
import { FACTOR_CLASSES } from '../external-factor/factor-demand.ts';
import { FACTOR_RESPONSE } from '../external-factor/factor-request.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { Issuer, IssuerEndpoints } from '../issuers/issuers.ts';
import type { SigningKeyService } from '../keys/key.service.ts';
import { isHiddenAt } from '../token-endpoint/grant.ts';
import { offeredGrants } from '../token-endpoint/grants.ts';
import { CLAIMS_OF_GROUP } from '../tokens/user-claims.ts';

/** Members of discovery documents, by the endpoint whose URL they give. */
const ENDPOINT_MEMBERS: Readonly<Record<keyof IssuerEndpoints, string>> = {
  authorization: 'authorization_endpoint',
  token: 'token_endpoint',
  jwks: 'jwks_uri',
  introspection: 'introspection_endpoint',
  revocation: 'revocation_endpoint',
  userinfo: 'userinfo_endpoint',
  endSession: 'end_session_endpoint',
  registration: 'registration_endpoint',
  checkSession: 'check_session_iframe',
};

/** An issuer as its clients may know it. */
export interface ShownIssuer {
  readonly url: string;
  /** The key that signs now: SubjectPublicKeyInfo (RFC 5280), DER in base64. */
  readonly publicKey: string;
  /** Tokens that were issued before are refused; null: none. */
  readonly notBefore: Date | null;
}

/**
 * Makes the discovery document of an issuer (OpenID Connect Discovery section 3, RFC 8414 section 2). It lists only what the
 * issuer serves.
 */
export class DiscoveryService {
  readonly #issuers: IssuerDirectory;
  readonly #keys: Pick<SigningKeyService, 'publicKey'>;

  constructor(issuers: IssuerDirectory, keys: Pick<SigningKeyService, 'publicKey'>) {
    this.#issuers = issuers;
    this.#keys = keys;
  }

  /**
   * What clients of an issuer may know that read no discovery document.
   * @throws ISSUER_UNKNOWN
   */
  async issuer(
    tenant: KnownTenant,
    issuerKind: string,
    origin: Pick<Origin, 'host' | 'basePath'>,
  ): Promise<ShownIssuer> {
    const { url, kind } = await this.#issuers.of(tenant, issuerKind, origin);
    const publicKey = await this.#keys.publicKey(tenant, kind.algorithm);
    return { url, publicKey, notBefore: tenant.notBefore ?? null };
  }

  /**
   * @param origin The host that the request was sent to: if it is bound to the tenant, the document is that of the issuer there;
   *   and the spelling of the request.
   * @throws ISSUER_UNKNOWN
   */
  async document(
    tenant: KnownTenant,
    issuerKind: string,
    origin: Pick<Origin, 'host' | 'basePath'>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const issuer = await this.#issuers.of(tenant, issuerKind, origin);
    const { kind, claimScopes, endpoints } = issuer;
    if (kind.isFactorOnly === true) return factorDocument(issuer);
    const grants = offeredGrants(kind).filter((grant) => !isHiddenAt(grant, kind));
    const tokenMethods = grants.some(({ name }) => isOpenTo('public', name))
      ? [...kind.secretMethods, 'none']
      : kind.secretMethods;
    const claims = Object.values(claimScopes).flatMap((group) => CLAIMS_OF_GROUP[group]);
    return {
      issuer: issuer.url,
      ...endpointMembers(issuer),
      scopes_supported: scopesOf(issuer),
      ...AUTHORIZATION_MEMBERS,
      response_modes_supported: kind.responseModes,
      // Tokens of role-based issuers always state the same class.
      ...(kind.isRoleBased ? {} : { acr_values_supported: reachableAcr(tenant) }),
      grant_types_supported: grants.map(({ name }) => name),
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set([kind.algorithm, ...kind.algorithms])],
      token_endpoint_auth_methods_supported: tokenMethods,
      ...(endpoints.introspection === undefined
        ? {}
        : { introspection_endpoint_auth_methods_supported: kind.secretMethods }),
      ...(endpoints.revocation === undefined ? {} : { revocation_endpoint_auth_methods_supported: tokenMethods }),
      claims_supported: ['sub', ...new Set(claims)],
    };
  }
}

/** The metadata of an issuer that answers only requests for a second factor. */
const factorDocument = (issuer: Issuer): Readonly<Record<string, unknown>> => ({
  issuer: issuer.url,
  ...endpointMembers(issuer),
  scopes_supported: [FACTOR_RESPONSE.scope],
  response_types_supported: [FACTOR_RESPONSE.response_type],
  response_modes_supported: issuer.kind.responseModes,
  grant_types_supported: ['implicit'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: issuer.kind.algorithms,
  claim_types_supported: ['normal'],
  claims_parameter_supported: true,
  claims_supported: ['sub', 'acr', 'amr'],
  acr_values_supported: FACTOR_CLASSES,
});

/** What authorization requests may ask for. */
const AUTHORIZATION_MEMBERS = {
  response_types_supported: RESPONSE_TYPES,
  code_challenge_methods_supported: ['S256'],
  prompt_values_supported: PROMPTS,
  claims_parameter_supported: true,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  authorization_response_iss_parameter_supported: true,
};

/** Where scopes are strict, every refresh token gives lasting access, and no scope asks for it. */
function scopesOf({ kind, claimScopes, factorScopes }: Issuer): readonly string[] {
  const hasOffline = !kind.hasAccessType && !kind.hasStrictScopes;
  const ofFactors = factorScopes === null ? [] : [factorScopes.factor, factorScopes.newUser];
  const ofUsers = new Set(['openid', ...Object.keys(claimScopes)]);
  return [...ofUsers, ...ofFactors, ...(hasOffline ? ['offline_access'] : [])];
}

function endpointMembers({ endpoints }: Issuer): Record<string, string> {
  const members: Record<string, string> = {};
  for (const [name, url] of Object.entries(endpoints)) {
    members[ENDPOINT_MEMBERS[name as keyof IssuerEndpoints]] = url;
  }
  return members;
}
