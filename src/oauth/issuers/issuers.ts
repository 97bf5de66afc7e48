import type { ClientPresentation } from '../../clients/index.ts';
import type { SigningAlgorithm } from '../../crypto/index.ts';
import { hostNameOf, originAt, type TenantRef } from '../../kernel/index.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { ISSUER_KINDS, type IssuerKind } from './issuer-kinds.ts';

export {
  ISSUER_KINDS,
  type IssuerKind,
  type OfferedGrantName,
  type ResponseMode,
  UMA_TICKET,
} from './issuer-kinds.ts';

/** Claims that one scope allows together. `organisations` are the groups outside the tree, in the same claim as `groups`. */
export type ClaimGroup =
  | 'profile'
  | 'email'
  | 'address'
  | 'phone'
  | 'groups'
  | 'organisations'
  /** The name for people alone. */
  | 'name'
  /** When the account was made and changed, and its language. */
  | 'account';

/** OpenID Connect Core section 5.4. `openid` itself allows `sub`. */
const STANDARD_CLAIM_SCOPES: Readonly<Record<string, ClaimGroup>> = {
  profile: 'profile',
  email: 'email',
  address: 'address',
  phone: 'phone',
};

/** Path of an endpoint below the URL of its issuer, or below the origin where the issuers of all tenants share it. */
export type EndpointPath = string | { readonly shared: string };

/**
 * The endpoints of an issuer. An absent one does not exist and is not advertised.
 * @typeParam P `EndpointPath` of a mount, or the URLs of an issuer.
 */
export interface IssuerEndpoints<P = EndpointPath> {
  readonly authorization: P;
  readonly jwks: P;
  readonly token?: P;
  readonly introspection?: P;
  /** Where clients register themselves (RFC 7591). */
  readonly registration?: P;
  readonly revocation?: P;
  readonly userinfo?: P;
  readonly endSession?: P;
  /** A page by which applications watch whether their user is still signed in (OpenID Connect Session Management section 3.3). */
  readonly checkSession?: P;
}

/** Scopes of requests for a second factor alone, of a user whom the application has signed in by itself (docs/tokens.md). */
export interface FactorScopes {
  /** Asks for the second factor of the user whom `login_hint` names. */
  readonly factor: string;
  /** Asks, together with the other, for that of a user who makes the account first. */
  readonly newUser: string;
}

/** What a message to a client may say. Moments are seconds since 1970. */
export interface ClientMessageFacts {
  readonly id: string;
  readonly expiresAt: number;
  readonly clientId: string;
  /** Tokens that were issued before are refused; 0: none. */
  readonly notBefore: number;
  /** Sessions that have ended, as the client names them. */
  readonly clientSessions: readonly string[];
  /** The same sessions, as tokens name them. */
  readonly sessionIds: readonly string[];
}

/** A message to a client: its path below the `adminUrl`, which begins with a slash, and its claims. */
export interface ClientMessageForm {
  readonly path: string;
  readonly claims: (facts: ClientMessageFacts) => object;
}

/** The messages that clients of a kind of issuer understand. */
export interface ClientMessages {
  /** Sessions have ended. */
  readonly ended: ClientMessageForm;
  /** Tokens that were issued before a moment are refused. */
  readonly notBefore: ClientMessageForm;
}

/** What a signed presentation may say. */
export interface PresentationFacts {
  readonly client: ClientPresentation;
  /** The public key with which messages are encrypted for the tenant (RFC 7517). */
  readonly messageKey: Readonly<Record<string, unknown>>;
}

/** A JWT by which pages elsewhere learn what a client and its tenant show: its `typ`, and the claims beside `iss`, `iat` and `exp`. */
export interface PresentationForm {
  readonly type: string;
  readonly claims: (facts: PresentationFacts) => object;
}

/** A tenant, and whether it is the default one, whose name some paths leave out. */
export interface IssuerTenant extends Pick<TenantRef, 'name'> {
  readonly isDefault: boolean;
}

/** Where a kind of issuer is served; registered at start by the dialect that serves the paths. */
export interface IssuerMount {
  readonly kind: string;
  /** Path of the issuer for a tenant: begins with a slash, does not end with one. */
  readonly path: (tenant: IssuerTenant) => string;
  /** The spellings of what stands before the path, such as `/auth`; `Origin.basePath` chooses. Default: nothing alone. */
  readonly basePaths?: readonly string[];
  readonly endpoints: IssuerEndpoints;
  /** Path below its URL where links in mails are opened. Absent: it has none. */
  readonly linkPath?: string;
  /** Path below its URL of the page on which users change their accounts. Absent: it has none. */
  readonly accountPath?: string;
  /**
   * Path below the origin to which pages lead back, with `/` and the handle behind it. Absent: the authorization endpoint.
   * Interactions of all kinds whose tokens the kind takes may be resumed there.
   */
  readonly resumePath?: (tenant: IssuerTenant) => string;
  /**
   * Scope names that allow claims at userinfo, in addition to those of OpenID Connect, and the group of claims that each
   * allows.
   */
  readonly claimScopes?: Readonly<Record<string, ClaimGroup>>;
  /** Whether `claimScopes` stand in the place of the scopes of OpenID Connect. */
  readonly hasOwnClaimScopes?: true;
  /** Absent: applications cannot ask for a second factor alone. */
  readonly factorScopes?: FactorScopes;
  /** Claim of its ID tokens that names the device of the session. Absent: none. */
  readonly deviceClaim?: string;
  /** Claim of its access and ID tokens that has the name of the tenant. Absent: none. */
  readonly tenantClaim?: string;
  /** Names in `amr` of its ID tokens, by those of this service, where its clients know others. Absent: none differs. */
  readonly amrNames?: Readonly<Record<string, string>>;
  /** Path below the origin where a browser gets what it posts to a service that asked for a second factor. Absent: none. */
  readonly factorPath?: string;
  /** Absent: its clients take no messages. */
  readonly clientMessages?: ClientMessages;
  /** Absent: it signs no presentations. */
  readonly presentation?: PresentationForm;
}

/** An issuer of one tenant. */
export interface Issuer {
  readonly kind: IssuerKind;
  /** The host of its URL if the tenant has one; null = that of `PUBLIC_URL`. */
  readonly host: string | null;
  readonly url: string;
  /** Their URLs. */
  readonly endpoints: IssuerEndpoints<string>;
  /** URL to which pages lead back, with `/` and the handle behind it. */
  readonly resumeUrl: string;
  /** Path below its URL where links in mails are opened; null: it has none. */
  readonly linkPath: string | null;
  /** Path below its URL of the page on which users change their accounts; null: it has none. */
  readonly accountPath: string | null;
  readonly claimScopes: Readonly<Record<string, ClaimGroup>>;
  /** Null: applications cannot ask for a second factor alone. */
  readonly factorScopes: FactorScopes | null;
  /** Claim of its ID tokens that names the device of the session; null: none. */
  readonly deviceClaim: string | null;
  /** Claim of its access and ID tokens that has the name of the tenant; null: none. */
  readonly tenantClaim: string | null;
  readonly amrNames: Readonly<Record<string, string>>;
  /** URL where a browser gets what it posts to a service that asked for a second factor; null: none. */
  readonly factorUrl: string | null;
}

const NATIVE_ISSUER: IssuerMount = {
  kind: 'native',
  path: ({ name }) => `/t/${name}`,
  endpoints: {
    authorization: '/oauth/authorize',
    jwks: '/oauth/jwks',
    token: '/oauth/token',
    introspection: '/oauth/introspect',
    revocation: '/oauth/revoke',
    userinfo: '/oauth/userinfo',
    endSession: '/oauth/logout',
  },
  linkPath: '/oauth/link',
  claimScopes: { groups: 'groups' },
};

export interface IssuersOptions {
  /** Public origin of the service, without a path. */
  readonly publicUrl: string;
  /** Name of the tenant for requests that name none. */
  readonly defaultTenant: string;
}

/** All issuers: one for each tenant, mounted kind, and address of the tenant: `PUBLIC_URL` and the hosts that are bound to it. */
export class Issuers {
  /** The host of `PUBLIC_URL`; null for an address. No tenant has it. */
  readonly publicHost: string | null;
  readonly #origin: string;
  readonly #defaultTenant: string;
  readonly #mounts = new Map<string, IssuerMount>();

  constructor(options: IssuersOptions) {
    const { origin, host } = new URL(options.publicUrl);
    this.#origin = origin;
    this.publicHost = hostNameOf(host);
    this.#defaultTenant = options.defaultTenant;
    this.mount(NATIVE_ISSUER);
  }

  /** @throws Error The kind is unknown or mounted already. */
  mount(mount: IssuerMount): void {
    if (!Object.hasOwn(ISSUER_KINDS, mount.kind)) throw new Error(`There is no issuer kind ${mount.kind}.`);
    if (this.#mounts.has(mount.kind)) throw new Error(`Issuer kind ${mount.kind} is mounted twice.`);
    this.#mounts.set(mount.kind, mount);
  }

  /**
   * @param host A host that is bound to the tenant; null = `PUBLIC_URL`.
   * @param basePath `Origin.basePath` of the request; ignored by kinds that do not have this spelling.
   * @throws ISSUER_UNKNOWN The kind is not mounted.
   */
  of(tenant: Pick<TenantRef, 'name'>, kind: string, host: string | null = null, basePath = ''): Issuer {
    const mount = this.#mounts.get(kind);
    if (mount === undefined) throw oauthErrors.ISSUER_UNKNOWN();
    const url = this.#url(mount, tenant.name, host, basePathsOf(mount).includes(basePath) ? basePath : '');
    const origin = this.#originOf(host);
    const endpoints = toUrls(mount.endpoints, url, origin);
    const resumePath = mount.resumePath?.(this.#tenantAt(tenant.name, host));
    return {
      kind: kindOf(mount),
      host,
      url,
      endpoints,
      resumeUrl: resumePath === undefined ? endpoints.authorization : origin + resumePath,
      linkPath: mount.linkPath ?? null,
      accountPath: mount.accountPath ?? null,
      claimScopes: { ...(mount.hasOwnClaimScopes === true ? {} : STANDARD_CLAIM_SCOPES), ...mount.claimScopes },
      factorScopes: mount.factorScopes ?? null,
      deviceClaim: mount.deviceClaim ?? null,
      tenantClaim: mount.tenantClaim ?? null,
      amrNames: mount.amrNames ?? {},
      factorUrl: mount.factorPath === undefined ? null : origin + mount.factorPath,
    };
  }

  /** The messages that clients of a kind understand; null: none. */
  clientMessages(kind: string): ClientMessages | null {
    return this.#mounts.get(kind)?.clientMessages ?? null;
  }

  /** The form of presentations that a kind signs; null: it signs none. */
  presentation(kind: string): PresentationForm | null {
    return this.#mounts.get(kind)?.presentation ?? null;
  }

  /**
   * The host in an issuer URL, which may be bound to a tenant; null for `PUBLIC_URL`, undefined for what no issuer of this
   * service can be.
   */
  hostOf(url: string): string | null | undefined {
    if (url.startsWith(`${this.#origin}/`)) return null;
    const authority = /^https?:\/\/([^/]{1,260})\//.exec(url)?.[1];
    const host = authority === undefined ? null : hostNameOf(authority);
    return host !== null && url.startsWith(`${originAt(this.#origin, host)}/`) ? host : undefined;
  }

  /** The kind that an issuer URL of a tenant has at one of its hosts. */
  findAt(url: string, tenant: Pick<TenantRef, 'name'>, host: string): IssuerKind | null {
    for (const mount of this.#mounts.values())
      if (this.#urls(mount, tenant.name, host).includes(url)) return kindOf(mount);
    return null;
  }

  /** The tenant name and kind that an issuer URL below `PUBLIC_URL` belongs to. The tenant need not exist; the directory decides that. */
  find(url: string): { readonly kind: IssuerKind; readonly tenantName: string } | null {
    if (!url.startsWith(`${this.#origin}/`)) return null;
    // A path names its tenant in one segment or belongs to the default tenant. A candidate is right when it gives back the
    // whole URL.
    const names = [this.#defaultTenant, ...url.slice(this.#origin.length + 1).split('/', 8)];
    for (const mount of this.#mounts.values()) {
      const tenantName = names.find((name) => name !== '' && this.#urls(mount, name, null).includes(url));
      if (tenantName !== undefined) return { kind: kindOf(mount), tenantName };
    }
    return null;
  }

  /**
   * Whether one of a token's audiences is this service: its origin, or an issuer of the tenant.
   * @param host The host of the token's issuer; null = `PUBLIC_URL`, which is an audience of every token.
   */
  isAudience(tenant: Pick<TenantRef, 'name'>, audiences: readonly string[], host: string | null = null): boolean {
    if (this.#isAudienceAt(tenant, audiences, null)) return true;
    return host !== null && this.#isAudienceAt(tenant, audiences, host);
  }

  #isAudienceAt({ name }: Pick<TenantRef, 'name'>, audiences: readonly string[], host: string | null): boolean {
    if (audiences.includes(this.#originOf(host))) return true;
    const mounts = [...this.#mounts.values()];
    return mounts.some((mount) => this.#urls(mount, name, host).some((url) => audiences.includes(url)));
  }

  /**
   * How long a new key of an algorithm is published before it signs: the longest time of all kinds that publish the algorithm.
   */
  keyPublishSeconds(alg: SigningAlgorithm): number {
    const kinds = [...this.#mounts.values()].map(kindOf).filter(({ algorithms }) => algorithms.includes(alg));
    return Math.max(...kinds.map(({ keyPublishSeconds }) => keyPublishSeconds));
  }

  #originOf(host: string | null): string {
    return host === null ? this.#origin : originAt(this.#origin, host);
  }

  /** The URLs of an issuer in all its spellings. */
  #urls(mount: IssuerMount, name: string, host: string | null): readonly string[] {
    return basePathsOf(mount).map((basePath) => this.#url(mount, name, host, basePath));
  }

  #url(mount: IssuerMount, name: string, host: string | null, basePath: string): string {
    return this.#originOf(host) + basePath + mount.path(this.#tenantAt(name, host));
  }

  /** A host serves its tenant alone, so the tenant is the default one there, whose name some paths leave out. */
  #tenantAt(name: string, host: string | null): IssuerTenant {
    return { name, isDefault: host !== null || name === this.#defaultTenant };
  }
}

const ONE_SPELLING: readonly string[] = [''];
const basePathsOf = ({ basePaths = ONE_SPELLING }: IssuerMount): readonly string[] => basePaths;

function kindOf(mount: IssuerMount): IssuerKind {
  return ISSUER_KINDS[mount.kind as keyof typeof ISSUER_KINDS];
}

function toUrls(endpoints: IssuerEndpoints, url: string, origin: string): IssuerEndpoints<string> {
  const entries = Object.entries(endpoints) as [keyof IssuerEndpoints, EndpointPath][];
  return Object.fromEntries(
    entries.map(([name, path]) => [name, typeof path === 'string' ? url + path : origin + path.shared]),
  ) as unknown as IssuerEndpoints<string>;
}
