import type { ScopeAlias, ScopeAliases } from '../access/index.ts';
import type { CredentialStore } from '../auth-modes/index.ts';
import type {
  ClientAuthenticator,
  ClientDirectory,
  ClientStore,
  ScopeMapperDirectory,
  ScopeRoleDirectory,
  TenantClientRoles,
} from '../clients/index.ts';
import type { ConsentService } from '../consents/index.ts';
import type { KeyedSigner, Sealer } from '../crypto/index.ts';
import type { ChangeFeed, CommittedListener, EventCatalogue, EventLog } from '../events/index.ts';
import type {
  EmailConfirmationFlow,
  InteractionService,
  InteractionStepService,
  MailedLinkFlow,
  SignInFlow,
} from '../flows/index.ts';
import type { Clock, PrivateHosts } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { GroupStore, RolePermissions } from '../roles/index.ts';
import type { OneTimeCodeStore, SessionService, SessionStore } from '../sessions/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import type { ServiceAccountDirectory, UserService, UserStore } from '../users/index.ts';
import { AccountPageService } from './account-page/account-page.service.ts';
import { AuthorizationService } from './authorize/authorization.service.ts';
import { HintedUsers } from './authorize/hinted-users.ts';
import { ClientCallbacks } from './callbacks/client-callbacks.ts';
import { TokenAuthenticator } from './callers/token.authenticator.ts';
import { DiscoveryService } from './endpoints/discovery.ts';
import { IntrospectionService } from './endpoints/introspection.ts';
import { RevocationService } from './endpoints/revocation.ts';
import { SignedPresentations } from './endpoints/signed-presentation.ts';
import { UserinfoService } from './endpoints/userinfo.ts';
import { authorityOf } from './external-factor/authorities.ts';
import { AuthorityKeys } from './external-factor/authority-keys.ts';
import { ExternalFactorService, type ExternalFactorServiceDeps } from './external-factor/external-factor.service.ts';
import { FactorHints } from './external-factor/factor-hint.ts';
import { FactorChecks } from './external-factor/factor-request.ts';
import { ClientSessions } from './grants/client-sessions.ts';
import type { GrantStore } from './grants/grant.store.ts';
import { RedemptionStore } from './grants/redemption.store.ts';
import { RotationStore } from './grants/rotation.store.ts';
import type { GrantFamilies } from './grants/token-families.ts';
import { ImageProofService, type ImageProofServiceDeps } from './image-proofs/image-proof.service.ts';
import { IssuerDirectory } from './issuers/issuer.directory.ts';
import { type IssuerMount, Issuers } from './issuers/issuers.ts';
import { SigningKeyService } from './keys/key.service.ts';
import { KeyRings } from './keys/key-ring.ts';
import { SigningKeyStore } from './keys/signing-key.store.ts';
import { MailedLinkService } from './mailed-links/mailed-link.service.ts';
import { PostedRequests } from './posted/posted-requests.ts';
import { SignOutService } from './sign-out/sign-out.service.ts';
import { SignOutChecks } from './sign-out/sign-out-request.ts';
import { TokenSignOut } from './sign-out/token-sign-out.ts';
import { ExpiredTokens } from './sweep.ts';
import { TicketSignInService } from './tickets/ticket-sign-in.service.ts';
import { FamilyTokens } from './token-endpoint/family-tokens.ts';
import { TokenService } from './token-endpoint/token.service.ts';
import { AccessTokens } from './tokens/access-token.ts';
import { ChangeMarks } from './tokens/change-marks.ts';
import { HeldRoles } from './tokens/held-roles.ts';
import { IdTokenHints } from './tokens/id-token-hint.ts';
import { RefreshTokens } from './tokens/refresh-tokens.ts';
import { ScopeRules } from './tokens/scopes.ts';
import { TokenLife } from './tokens/token.life.ts';
import { TokenReader } from './tokens/token.reader.ts';
import { TokenStore } from './tokens/token.store.ts';
import { TokenFactsReader } from './tokens/token-facts.ts';

/** What the OAuth engine needs. */
export interface OAuthOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** Seals the private keys at rest. */
  readonly sealer: Sealer;
  /** Signs the refresh tokens that are JWTs. */
  readonly refreshSigner: KeyedSigner;
  readonly events: EventLog;
  readonly catalogue: EventCatalogue;
  readonly feed: ChangeFeed;
  readonly scopes: ScopeAliases;
  readonly directory: TenantDirectory;
  readonly clients: ClientDirectory;
  readonly clientStore: Pick<ClientStore, 'findMany' | 'findWithAdminUrl'>;
  readonly tenantClientRoles: TenantClientRoles;
  readonly scopeMappers: ScopeMapperDirectory;
  readonly allowedRoles: ScopeRoleDirectory;
  readonly authenticator: ClientAuthenticator;
  readonly roles: RolePermissions;
  readonly users: UserStore;
  readonly serviceAccountStates: ServiceAccountDirectory;
  readonly groups: GroupStore;
  readonly sessions: SessionService;
  readonly sessionStore: SessionStore;
  readonly codes: OneTimeCodeStore;
  readonly consents: ConsentService;
  readonly credentials: CredentialStore;
  readonly interactions: InteractionService;
  readonly interactionSteps: Pick<InteractionStepService, 'useTicket'>;
  readonly signIn: SignInFlow;
  readonly links: MailedLinkFlow;
  readonly imageProofs: ImageProofServiceDeps['imageProofs'];
  readonly confirmations: EmailConfirmationFlow;
  readonly accounts: UserService;
  /** Passed in, because the session service needs it to end token families and is made before the engine. */
  readonly grants: GrantStore;
  /** Whether a tenant has one of the objects to which scope names restrict permissions, such as `vk:vk_1`. */
  readonly hasObject: (tenantId: string, objects: readonly string[]) => Promise<boolean>;
  /** Learns which sessions of clients end. */
  readonly families: Pick<GrantFamilies, 'tellClientsBy'>;
  /** What of the operator's network applications may be in. */
  readonly privateHosts: PrivateHosts;
  /** Whether applications on this machine may be called over plain http. */
  readonly allowLoopbackHttp: boolean;
  /** Issuers of services that may ask for a second factor, with `{tid}` in place of the id of a directory. */
  readonly factorAuthorities: readonly string[];
  /** How long to wait for an answer of such a service, in milliseconds. Undefined: 5 s. */
  readonly providerTimeoutMs: number | undefined;
  /** Called with faults of what runs in the background. */
  readonly onError: (error: unknown) => void;
  readonly publicUrl: string;
  readonly defaultTenant: string;
  /** Issuers beside the native one. */
  readonly issuers: readonly IssuerMount[];
}

/** The OAuth engine: one service for each of its operations. */
export interface OAuth {
  readonly issuers: Issuers;
  readonly issuerDirectory: IssuerDirectory;
  readonly keys: SigningKeyService;
  readonly tokens: TokenService;
  readonly authenticator: TokenAuthenticator;
  readonly introspection: IntrospectionService;
  readonly revocation: RevocationService;
  readonly userinfo: UserinfoService;
  readonly discovery: DiscoveryService;
  readonly presentations: SignedPresentations;
  readonly postedRequests: PostedRequests;
  readonly authorization: AuthorizationService;
  readonly externalFactor: ExternalFactorService;
  readonly accountPage: AccountPageService;
  readonly mailedLinks: MailedLinkService;
  readonly imageProofs: ImageProofService;
  readonly ticketSignIn: TicketSignInService;
  readonly signOut: SignOutService;
  readonly tokenSignOut: TokenSignOut;
  readonly clientSessions: ClientSessions;
  readonly expired: ExpiredTokens;
  /** Tells applications that sessions have ended; `src/server` stops it. */
  readonly callbacks: ClientCallbacks;
  /** Must be called with every committed event, of this node and of others. */
  readonly onEvents: CommittedListener;
}

/** OpenID Connect has no scope for groups; this name is common usage. */
const GROUPS_SCOPE: ScopeAlias = {
  name: 'groups',
  holder: 'user',
  expandsTo: [],
  description: 'The groups of the user, at userinfo.',
};

export function createOAuth(options: OAuthOptions): OAuth {
  const { db, clock, events, directory, clients, grants, users, sessionStore, sealer } = options;
  const issuers = new Issuers(options);
  for (const mount of options.issuers) issuers.mount(mount);
  const issuerDirectory = new IssuerDirectory(issuers, directory);
  const keyStore = new SigningKeyStore(db);
  const rings = new KeyRings({ store: keyStore, sealer, clock, feed: options.feed });
  const keys = new SigningKeyService({
    db,
    store: keyStore,
    rings,
    events,
    sealer,
    clock,
    publishSeconds: (alg) => issuers.keyPublishSeconds(alg),
  });
  const callbacks = new ClientCallbacks({ ...options, keys, issuers });
  options.families.tellClientsBy(callbacks.tell);
  const tokens = new TokenStore(db);
  options.scopes.register([GROUPS_SCOPE]);
  const scopes = new ScopeRules(options.scopes);
  const marks = new ChangeMarks(options.catalogue);
  const reader = new TokenReader({ directory, issuers: issuerDirectory, rings, store: tokens, clock });
  const life = new TokenLife({ ...options, sessions: sessionStore, tokens, marks });
  const accessTokens = new AccessTokens(keys);
  const refreshTokens = new RefreshTokens(options.refreshSigner);
  const facts = new TokenFactsReader({ ...options, heldRoles: new HeldRoles(options) });
  const families = new FamilyTokens({ ...options, keys, accessTokens, tokens, refreshTokens, facts });
  const hints = new IdTokenHints({ issuers: issuerDirectory, rings, clock });
  const postedRequests = new PostedRequests({ codes: options.codes, issuers: issuerDirectory, clock });
  const rotations = new RotationStore(db, events);
  const authenticator = new TokenAuthenticator({ ...options, reader, life, issuers, scopes });
  const revocation = new RevocationService({ db, reader, tokens, refreshTokens, grants, events, clock });
  const authorization = new AuthorizationService({
    ...options,
    hints,
    hintedUsers: new HintedUsers(users),
    posted: postedRequests,
    issuers: issuerDirectory,
  });
  const externalFactor = createExternalFactor(options, { issuers: issuerDirectory, keys, posted: postedRequests });
  return {
    issuers,
    issuerDirectory,
    keys,
    tokens: new TokenService({
      issuers: issuerDirectory,
      clients,
      events,
      grants: {
        ...options,
        issuers: issuerDirectory,
        accessTokens,
        facts,
        callers: authenticator,
        families,
        tokens,
        scopes,
        rotations,
        redemptions: new RedemptionStore(db, events),
      },
    }),
    authenticator,
    introspection: new IntrospectionService({ reader, life, facts, users }),
    revocation,
    userinfo: new UserinfoService({ issuers, users, groups: options.groups, clients, facts }),
    discovery: new DiscoveryService(issuerDirectory, keys),
    presentations: new SignedPresentations({ clients, issuers, issuerDirectory, keys, clock }),
    postedRequests,
    authorization,
    externalFactor,
    accountPage: new AccountPageService({ ...options, accessTokens, issuers: issuerDirectory }),
    mailedLinks: new MailedLinkService({
      ...options,
      users: options.accounts,
      authorization,
      issuers: issuerDirectory,
    }),
    imageProofs: new ImageProofService({ ...options, issuers: issuerDirectory }),
    ticketSignIn: new TicketSignInService({
      interactionSteps: options.interactionSteps,
      authorization,
      externalFactor,
    }),
    signOut: new SignOutService({
      ...options,
      posted: postedRequests,
      issuers: issuerDirectory,
      checks: new SignOutChecks({ clients, hints }),
    }),
    tokenSignOut: new TokenSignOut({
      ...options,
      authenticator,
      refreshTokens,
      rotations,
      revocation,
      posted: postedRequests,
    }),
    callbacks,
    clientSessions: new ClientSessions(grants, clock),
    expired: new ExpiredTokens({ tokens, grants, keys: keyStore }, clock),
    onEvents: (committed) => {
      rings.onEvents(committed);
      marks.onEvents(committed);
    },
  };
}

function createExternalFactor(
  options: OAuthOptions,
  own: Pick<ExternalFactorServiceDeps, 'issuers' | 'keys' | 'posted'>,
): ExternalFactorService {
  const keys = new AuthorityKeys({ ...options, timeoutMs: options.providerTimeoutMs });
  const checks = new FactorChecks({
    ...options,
    authorities: options.factorAuthorities.map(authorityOf),
    hints: new FactorHints({ keys, clock: options.clock }),
  });
  return new ExternalFactorService({ ...options, ...own, checks });
}
