import type { ScopeString } from '../../access/index.ts';
import type { GrantTypeName } from '../../clients/index.ts';
import type { SigningAlgorithm } from '../../crypto/index.ts';

/** The grant with which permissions on resources are asked for (User-Managed Access 2.0 Grant for OAuth 2.0, section 3.3.1). */
export const UMA_TICKET = 'urn:ietf:params:oauth:grant-type:uma-ticket';

/** A grant that an issuer offers: one that clients are allowed, or one that every client has. */
export type OfferedGrantName = GrantTypeName | typeof UMA_TICKET;

/** How a client with a secret authenticates (OpenID Connect Core section 9). */
export type SecretMethod = 'client_secret_basic' | 'client_secret_post';
const SECRET_METHODS: readonly SecretMethod[] = ['client_secret_basic', 'client_secret_post'];

/** How an answer reaches the application, in the order in which discovery lists them. */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** How one kind of issuer behaves (docs/tokens.md). Its paths come from the `IssuerMount`. */
export interface IssuerKind {
  readonly kind: string;
  /** The algorithm that signs unless the client chose another one of `algorithms`. */
  readonly algorithm: SigningAlgorithm;
  /**
   * The algorithms of its key set, and so those it may sign with: the default always, the others once the tenant has such a
   * key, unless `showsEveryAlgorithm`.
   */
  readonly algorithms: readonly SigningAlgorithm[];
  /** Whether its key set has a key of each of `algorithms` from the beginning. */
  readonly showsEveryAlgorithm: boolean;
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
   * Whether its access tokens name the roles and the profile of their holder and the clients of these roles as audience. Its
   * refresh tokens are JWTs, its lifetimes those of sessions, the password grant is one like all others, its sign-ins are strict,
   * and its answers to authorization requests name the session (docs/sign-in.md, docs/tokens.md).
   */
  readonly isRoleBased: boolean;
  /** Whether the roles of the holder act without scopes, where the client has `fullRoleScope`. */
  readonly rolesAct: boolean;
  /** What users may do with their own accounts without a scope, where the client has `fullRoleScope`. */
  readonly selfService: readonly ScopeString[];
  /** Whether ID tokens have the claims about the user that their scopes allow; else those alone that the client asked for. */
  readonly hasProfileClaims: boolean;
  /** Whether a token family ends when its session runs out; it ends in any case when the session is ended. */
  readonly endsWithUnusedSession: boolean;
  /** Whether users may revoke their tokens, of any kind, with one of its access tokens. */
  readonly usersRevoke: boolean;
  /** Whether an ID token ends its session also in a browser that has no session, and for programs. */
  readonly hintEndsSession: boolean;
  /** The kinds whose access tokens its userinfo takes, and whose ID tokens its end of sessions. */
  readonly takesTokensOf: readonly string[];
  /** How long a new key is published in its key set before it signs: longer than verifiers cache the set. */
  readonly keyPublishSeconds: number;
  readonly accessTokenSeconds: number;
  /** A refresh token that is unused for this long expires. */
  readonly refreshIdleSeconds: number;
  /** A token family expires after this long. */
  readonly refreshSeconds: number;
  /** Grant types it offers; a client must also be allowed each that not every client has. */
  readonly grantTypes: readonly OfferedGrantName[];
  /** How clients with a secret authenticate, as discovery lists it. */
  readonly secretMethods: readonly SecretMethod[];
  /**
   * Whether authorization requests need a `code_challenge` of clients whose metadata does not say it (RFC 7636). `public`: of
   * public clients.
   */
  readonly challenge: 'required' | 'public' | 'optional';
  /** The `code_challenge_method` of a request that has none: RFC 7636 section 4.3 means `plain`, which is refused. */
  readonly defaultChallengeMethod: 'plain' | 'S256';
  /** How answers to authorization requests reach the application. */
  readonly responseModes: readonly ResponseMode[];
  /**
   * Whether an authorization request must ask for `openid`, which stands for a missing `scope`, and for nothing that the client
   * may not have. Else such scopes are left out, and the client's default ones stand for a missing `scope`.
   */
  readonly hasStrictScopes: boolean;
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
  /**
   * Whether it only tells other services, which sign people in, of their second factor, by ID tokens: it issues no codes and no
   * other tokens. Absent: no.
   */
  readonly isFactorOnly?: true;
}

const DAY = 86_400;

const OWN_ACCOUNT: readonly ScopeString[] = [
  'user:read:self',
  'user:delete:self',
  'email:change:self',
  'password:change:self',
  'consent:read:self',
  'consent:revoke:self',
  'session:read:self',
  'session:revoke:self',
  'credential:read:self',
  'credential:write:self',
  'credential:delete:self',
  'api-key:read:self',
  'api-key:create:self',
  'api-key:delete:self',
  'api-key:rotate:self',
];

/** What the kinds `api` and `root` share: two issuers of the same clients, whose codes and refresh tokens are not interchangeable. */
const PROOF_ISSUER = {
  algorithm: 'EdDSA',
  algorithms: ['EdDSA', 'RS256'],
  showsEveryAlgorithm: true,
  showsCertificates: false,
  hasEncryptionKey: false,
  accessTokenType: 'at+jwt',
  opensResources: true,
  audienceIsList: false,
  isRoleBased: false,
  rolesAct: true,
  selfService: OWN_ACCOUNT,
  hasProfileClaims: true,
  endsWithUnusedSession: false,
  usersRevoke: true,
  hintEndsSession: true,
  takesTokensOf: ['api', 'root'],
  keyPublishSeconds: 600,
  accessTokenSeconds: 900,
  refreshIdleSeconds: 30 * DAY,
  refreshSeconds: 30 * DAY,
  grantTypes: ['authorization_code', 'refresh_token'],
  secretMethods: ['client_secret_post'],
  challenge: 'public',
  defaultChallengeMethod: 'S256',
  responseModes: ['query'],
  hasStrictScopes: true,
  hasDefaultRedirect: false,
  hasAccessType: false,
  userinfoNeedsOpenid: true,
  hidesClientSubject: false,
} as const satisfies Omit<IssuerKind, 'kind'>;

/** The kinds of issuers that can be mounted. */
export const ISSUER_KINDS = {
  native: {
    kind: 'native',
    algorithm: 'EdDSA',
    algorithms: ['EdDSA', 'ES256', 'RS256'],
    showsEveryAlgorithm: false,
    showsCertificates: false,
    hasEncryptionKey: false,
    accessTokenType: 'at+jwt',
    opensResources: true,
    audienceIsList: false,
    isRoleBased: false,
    rolesAct: false,
    selfService: [],
    hasProfileClaims: false,
    endsWithUnusedSession: true,
    usersRevoke: false,
    hintEndsSession: false,
    takesTokensOf: ['native'],
    keyPublishSeconds: 600,
    accessTokenSeconds: 900,
    refreshIdleSeconds: 14 * DAY,
    refreshSeconds: 90 * DAY,
    grantTypes: ['authorization_code', 'client_credentials', 'password', 'refresh_token'],
    secretMethods: SECRET_METHODS,
    challenge: 'required',
    defaultChallengeMethod: 'plain',
    responseModes: RESPONSE_MODES,
    hasStrictScopes: false,
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
    showsEveryAlgorithm: false,
    showsCertificates: true,
    hasEncryptionKey: false,
    accessTokenType: 'at+jwt',
    opensResources: true,
    audienceIsList: true,
    isRoleBased: false,
    rolesAct: false,
    selfService: [],
    hasProfileClaims: false,
    endsWithUnusedSession: true,
    usersRevoke: false,
    hintEndsSession: false,
    takesTokensOf: ['suite'],
    keyPublishSeconds: 600,
    accessTokenSeconds: 3600,
    refreshIdleSeconds: DAY,
    refreshSeconds: DAY,
    grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'],
    secretMethods: SECRET_METHODS,
    challenge: 'optional',
    defaultChallengeMethod: 'plain',
    responseModes: RESPONSE_MODES,
    hasStrictScopes: false,
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
    showsEveryAlgorithm: false,
    showsCertificates: true,
    hasEncryptionKey: true,
    accessTokenType: 'JWT',
    opensResources: true,
    audienceIsList: false,
    isRoleBased: true,
    rolesAct: true,
    selfService: [],
    hasProfileClaims: true,
    endsWithUnusedSession: true,
    usersRevoke: false,
    hintEndsSession: false,
    takesTokensOf: ['realm'],
    keyPublishSeconds: 600,
    accessTokenSeconds: 1800,
    refreshIdleSeconds: 1800,
    refreshSeconds: 36_000,
    grantTypes: ['authorization_code', 'client_credentials', 'password', 'refresh_token', UMA_TICKET],
    secretMethods: SECRET_METHODS,
    challenge: 'optional',
    defaultChallengeMethod: 'plain',
    responseModes: RESPONSE_MODES,
    hasStrictScopes: false,
    hasDefaultRedirect: false,
    hasAccessType: false,
    userinfoNeedsOpenid: true,
    hidesClientSubject: false,
  },
  api: { kind: 'api', ...PROOF_ISSUER },
  root: { kind: 'root', ...PROOF_ISSUER },
  'external-factor': {
    kind: 'external-factor',
    // The only algorithm that the services which ask it know.
    algorithm: 'RS256',
    algorithms: ['RS256'],
    showsEveryAlgorithm: false,
    showsCertificates: true,
    hasEncryptionKey: false,
    accessTokenType: 'at+jwt',
    opensResources: false,
    audienceIsList: false,
    isRoleBased: false,
    rolesAct: false,
    selfService: [],
    hasProfileClaims: false,
    endsWithUnusedSession: true,
    // The subjects of its ID tokens are users of other services.
    takesTokensOf: [],
    usersRevoke: false,
    hintEndsSession: false,
    // The services which ask it keep its key set for about a day.
    keyPublishSeconds: 2 * DAY,
    accessTokenSeconds: 300,
    refreshIdleSeconds: 0,
    refreshSeconds: 0,
    grantTypes: [],
    secretMethods: [],
    challenge: 'optional',
    defaultChallengeMethod: 'plain',
    responseModes: ['form_post'],
    hasStrictScopes: false,
    hasDefaultRedirect: false,
    hasAccessType: false,
    userinfoNeedsOpenid: true,
    hidesClientSubject: false,
    isFactorOnly: true,
  },
} as const satisfies Readonly<Record<string, IssuerKind>>;
