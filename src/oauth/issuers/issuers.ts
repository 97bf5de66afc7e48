import type { GrantTypeName } from '../../clients/index.ts';
import type { SigningAlgorithm } from '../../crypto/index.ts';
import { hostNameOf, originAt, type TenantRef } from '../../kernel/index.ts';
import { oauthErrors } from '../oauth.errors.ts';

/** The grant with which permissions on resources are asked for (User-Managed Access 2.0 Grant for OAuth 2.0, section 3.3.1). */
export const UMA_TICKET = 'urn:ietf:params:oauth:grant-type:uma-ticket';

/** A grant that an issuer offers: one that clients are allowed, or one that every client has. */
export type OfferedGrantName = GrantTypeName | typeof UMA_TICKET;

/** How one kind of issuer behaves (docs/tokens.md). Its paths come from the `IssuerMount`. */
export interface IssuerKind {
  readonly kind: string;
  /** The algorithm that signs unless the client chose another one of `algorithms`. */
  readonly algorithm: SigningAlgorithm;
  /**
   * The algorithms of its key set, and so those it may sign with: the default always, the others once the tenant has such a
   * key.
   */
  readonly algorithms: readonly SigningAlgorithm[];
  /** Whether RSA keys are shown with their certificate (`x5c`, `x5t`). */
  readonly showsCertificates: boolean;
  /** Whether its key set has a key with which clients can encrypt messages to it. */
  readonly hasEncryptionKey: boolean;
  /** `typ` of its access tokens (RFC 9068 section 2.1). */
  readonly accessTokenType: string;
  /** Whether its access tokens open the APIs of this service. */
  readonly opensResources: boolean;
  /** Whether `aud` is an array even for one audience. */
  readonly audienceIsList: boolean;
  /**
   * Whether its access tokens name the roles and the profile of their holder and the clients of these roles as audience, and the
   * roles act without scopes, where the client has `fullRoleScope`. Its refresh tokens are JWTs, its lifetimes those of sessions,
   * the password grant is one like all others, its sign-ins are strict, and its answers to authorization requests name the session
   * (docs/sign-in.md, docs/tokens.md).
   */
  readonly isRoleBased: boolean;
  /** How long a new key is published in its key set before it signs: longer than verifiers cache the set. */
  readonly keyPublishSeconds: number;
  readonly accessTokenSeconds: number;
  /** A refresh token that is unused for this long expires. */
  readonly refreshIdleSeconds: number;
  /** A token family expires after this long. */
  readonly refreshSeconds: number;
  /** Grant types it offers; a client must also be allowed each that not every client has. */
  readonly grantTypes: readonly OfferedGrantName[];
  /** Whether authorization requests need a `code_challenge` of clients whose metadata does not say it (RFC 7636). */
  readonly challenge: 'required' | 'optional';
  /** Whether an authorization request without `redirect_uri` goes to the client's first `exact` address. */
  readonly hasDefaultRedirect: boolean;
  /**
   * Whether `access_type=offline` asks for tokens that outlive the session, and only those can be refreshed; else the scope
   * `offline_access` asks for them.
   */
  readonly hasAccessType: boolean;
  /** Whether userinfo demands the scope `openid` (OIDC Core section 5.3). */
  readonly userinfoNeedsOpenid: boolean;
  /** Whether introspection leaves `sub` out for tokens of applications. */
  readonly hidesClientSubject: boolean;
}

const DAY = 86_400;

/** The kinds of issuers that can be mounted. */
export const ISSUER_KINDS = {
  native: {
    kind: 'native',
    algorithm: 'EdDSA',
    algorithms: ['EdDSA', 'ES256', 'RS256'],
    showsCertificates: false,
    hasEncryptionKey: false,
    accessTokenType: 'at+jwt',
    opensResources: true,
    audienceIsList: false,
    isRoleBased: false,
    keyPublishSeconds: 600,
    accessTokenSeconds: 900,
    refreshIdleSeconds: 14 * DAY,
    refreshSeconds: 90 * DAY,
    grantTypes: ['authorization_code', 'client_credentials', 'password', 'refresh_token'],
    challenge: 'required',
    hasDefaultRedirect: false,
    hasAccessType: false,
    userinfoNeedsOpenid: true,
    hidesClientSubject: false,
  },
  suite: {
    kind: 'suite',
    algorithm: 'RS256',
    // Its clients read RSA and, at most, P-256 keys. A client that chose EdDSA gets the default, because a key set with an
    // unknown key type may make its clients fail.
    algorithms: ['RS256', 'ES256'],
    showsCertificates: true,
    hasEncryptionKey: false,
    accessTokenType: 'at+jwt',
    opensResources: true,
    audienceIsList: true,
    isRoleBased: false,
    keyPublishSeconds: 600,
    accessTokenSeconds: 3600,
    refreshIdleSeconds: DAY,
    refreshSeconds: DAY,
    grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'],
    challenge: 'optional',
    hasDefaultRedirect: true,
    hasAccessType: true,
    userinfoNeedsOpenid: false,
    hidesClientSubject: true,
  },
  realm: {
    kind: 'realm',
    algorithm: 'RS256',
    // As for `suite`: its clients read RSA and, at most, P-256 keys.
    algorithms: ['RS256', 'ES256'],
    showsCertificates: true,
    hasEncryptionKey: true,
    accessTokenType: 'JWT',
    opensResources: true,
    audienceIsList: false,
    isRoleBased: true,
    keyPublishSeconds: 600,
    accessTokenSeconds: 1800,
    refreshIdleSeconds: 1800,
    refreshSeconds: 36_000,
    grantTypes: ['authorization_code', 'client_credentials', 'password', 'refresh_token', UMA_TICKET],
    challenge: 'optional',
    hasDefaultRedirect: false,
    hasAccessType: false,
    userinfoNeedsOpenid: true,
    hidesClientSubject: false,
  },
} as const satisfies Readonly<Record<string, IssuerKind>>;

/** Claims that one scope allows together. `organisations` are the groups outside the tree, in the same claim as `groups`. */
export type ClaimGroup = 'profile' | 'email' | 'address' | 'phone' | 'groups' | 'organisations';

/** OpenID Connect Core section 5.4. `openid` itself allows `sub`. */
const STANDARD_CLAIM_SCOPES: Readonly<Record<string, ClaimGroup>> = {
  profile: 'profile',
  email: 'email',
  address: 'address',
  phone: 'phone',
};

/** Paths of an issuer's endpoints below its URL. An absent endpoint does not exist and is not advertised. */
export interface IssuerEndpoints {
  readonly authorization: string;
  readonly jwks: string;
  readonly token: string;
  readonly introspection?: string;
  /** Where clients register themselves (RFC 7591). */
  readonly registration?: string;
  readonly revocation?: string;
  readonly userinfo?: string;
  readonly endSession: string;
  /** A page by which applications watch whether their user is still signed in (OpenID Connect Session Management section 3.3). */
  readonly checkSession?: string;
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
   * Scope names that allow claims at userinfo, in addition to those of OpenID Connect, and the group of claims that each
   * allows.
   */
  readonly claimScopes?: Readonly<Record<string, ClaimGroup>>;
  /** Claim of its ID tokens that names the device of the session. Absent: none. */
  readonly deviceClaim?: string;
  /** Absent: its clients take no messages. */
  readonly clientMessages?: ClientMessages;
}

/** An issuer of one tenant. */
export interface Issuer {
  readonly kind: IssuerKind;
  /** The host of its URL if the tenant has one; null = that of `PUBLIC_URL`. */
  readonly host: string | null;
  readonly url: string;
  readonly endpoints: IssuerEndpoints;
  /** Path below its URL where links in mails are opened; null: it has none. */
  readonly linkPath: string | null;
  /** Path below its URL of the page on which users change their accounts; null: it has none. */
  readonly accountPath: string | null;
  readonly claimScopes: Readonly<Record<string, ClaimGroup>>;
  /** Claim of its ID tokens that names the device of the session; null: none. */
  readonly deviceClaim: string | null;
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
    return {
      kind: kindOf(mount),
      host,
      url: this.#url(mount, tenant.name, host, basePathsOf(mount).includes(basePath) ? basePath : ''),
      endpoints: mount.endpoints,
      linkPath: mount.linkPath ?? null,
      accountPath: mount.accountPath ?? null,
      claimScopes: { ...STANDARD_CLAIM_SCOPES, ...mount.claimScopes },
      deviceClaim: mount.deviceClaim ?? null,
    };
  }

  /** The messages that clients of a kind understand; null: none. */
  clientMessages(kind: string): ClientMessages | null {
    return this.#mounts.get(kind)?.clientMessages ?? null;
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

  /** A host serves its tenant alone, so the tenant is the default one there, whose name some paths leave out. */
  #url(mount: IssuerMount, name: string, host: string | null, basePath: string): string {
    const path = mount.path({ name, isDefault: host !== null || name === this.#defaultTenant });
    return this.#originOf(host) + basePath + path;
  }
}

const ONE_SPELLING: readonly string[] = [''];
const basePathsOf = ({ basePaths = ONE_SPELLING }: IssuerMount): readonly string[] => basePaths;

function kindOf(mount: IssuerMount): IssuerKind {
  return ISSUER_KINDS[mount.kind as keyof typeof ISSUER_KINDS];
}
