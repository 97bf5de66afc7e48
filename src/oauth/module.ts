import type { ScopeAliases } from '../access/index.ts';
import type { CredentialStore } from '../auth-modes/index.ts';
import type {
  ClientAuthenticator,
  ClientDirectory,
  ClientStore,
  ScopeMapperDirectory,
  ScopeRoleDirectory,
  TenantClientRoles,
} from '../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { ConsentService } from '../consents/index.ts';
import { KeyedSigner, type MasterKey } from '../crypto/index.ts';
import type { ChangeFeed } from '../events/index.ts';
import { type FederationProviderStore, parseProviderKey } from '../federation/index.ts';
import type {
  EmailConfirmationFlow,
  InteractionService,
  InteractionStepService,
  MailedLinkFlow,
  ProofExchange,
  SignInFlow,
} from '../flows/index.ts';
import type { PrivateHosts } from '../kernel/index.ts';
import type { GroupStore, RolePermissions } from '../roles/index.ts';
import type { OneTimeCodeStore, SessionService, SessionStore } from '../sessions/index.ts';
import type { TenantDirectory, TenantService } from '../tenants/index.ts';
import type { ServiceAccountDirectory, UserService, UserStore } from '../users/index.ts';
import { accountPageErrors } from './account-page/account-page.errors.ts';
import { createOAuth } from './engine.ts';
import type { GrantStore } from './grants/grant.store.ts';
import type { GrantFamilies } from './grants/token-families.ts';
import type { ImageProofServiceDeps } from './image-proofs/image-proof.service.ts';
import type { IssuerMount } from './issuers/issuers.ts';
import { SigningKeyEntity } from './keys/signing-key.entity.ts';
import { oauthErrors } from './oauth.errors.ts';
import { oauthEvents } from './oauth.events.ts';
import { postedRequestErrors } from './posted/posted-request.errors.ts';
import { signOutErrors } from './sign-out/sign-out.errors.ts';
import { signOutEvents } from './sign-out/sign-out.events.ts';

interface OAuthNeeds extends ModuleBase {
  /** Origin of this service, without a path: the base of every issuer. */
  readonly publicUrl: string;
  /** Name of the tenant for requests that name none. */
  readonly defaultTenant: string;
  /** Issuers beside the native one. */
  readonly issuers: readonly IssuerMount[];
  /** Tells whether this node has read all recent events, so that answers from memory are right. */
  readonly changeFeed: ChangeFeed;
  readonly scopes: ScopeAliases;
  readonly masterKey: MasterKey;
  readonly directory: TenantDirectory;
  readonly tenants: TenantService;
  readonly clientDirectory: ClientDirectory;
  readonly clientStore: ClientStore;
  readonly tenantClientRoles: TenantClientRoles;
  readonly scopeMappers: ScopeMapperDirectory;
  readonly allowedRoles: ScopeRoleDirectory;
  readonly clientAuthenticator: ClientAuthenticator;
  readonly rolePermissions: RolePermissions;
  readonly users: UserService;
  readonly userStore: UserStore;
  readonly serviceAccountStates: ServiceAccountDirectory;
  readonly groupStore: GroupStore;
  readonly sessions: SessionService;
  readonly sessionStore: SessionStore;
  readonly oneTimeCodes: OneTimeCodeStore;
  readonly consents: ConsentService;
  readonly credentials: CredentialStore;
  readonly interactions: InteractionService;
  readonly interactionSteps: InteractionStepService;
  readonly signIn: SignInFlow;
  readonly mailedLinks: MailedLinkFlow;
  readonly grantStore: GrantStore;
  readonly families: GrantFamilies;
  /** What of the operator's network the addresses of applications may lead to. */
  readonly privateHosts: PrivateHosts;
  /** Whether applications on this machine may be called over plain http. */
  readonly allowLoopbackHttp: boolean;
  /** Issuers of services that may ask for a second factor, with `{tid}` in place of the id of a directory. */
  readonly factorAuthorities: readonly string[];
  /** How long to wait for an answer of an external service, in milliseconds. Undefined: 5 s. */
  readonly providerTimeoutMs: number | undefined;
  readonly onError: (error: unknown) => void;
  readonly federationProviderStore: FederationProviderStore;
  readonly proofExchange: ProofExchange;
  readonly imageProofs: ImageProofServiceDeps['imageProofs'];
  readonly emailConfirmations: EmailConfirmationFlow;
}

export const oauth = {
  name: 'oauth',
  entities: [SigningKeyEntity],
  errors: [accountPageErrors, oauthErrors, postedRequestErrors, signOutErrors],
  events: [oauthEvents, signOutEvents],
  create: ({ base, tenants, federationProviderStore, ...needs }: OAuthNeeds) => {
    const oauth = createOAuth({
      ...base,
      catalogue: needs.catalogue,
      sealer: needs.sealer('signing-key'),
      refreshSigner: new KeyedSigner(needs.masterKey, 'refresh-token'),
      feed: needs.changeFeed,
      scopes: needs.scopes,
      directory: needs.directory,
      clients: needs.clientDirectory,
      clientStore: needs.clientStore,
      tenantClientRoles: needs.tenantClientRoles,
      scopeMappers: needs.scopeMappers,
      allowedRoles: needs.allowedRoles,
      authenticator: needs.clientAuthenticator,
      roles: needs.rolePermissions,
      users: needs.userStore,
      serviceAccountStates: needs.serviceAccountStates,
      groups: needs.groupStore,
      sessions: needs.sessions,
      sessionStore: needs.sessionStore,
      codes: needs.oneTimeCodes,
      consents: needs.consents,
      credentials: needs.credentials,
      interactions: needs.interactions,
      interactionSteps: needs.interactionSteps,
      signIn: needs.signIn,
      links: needs.mailedLinks,
      imageProofs: needs.imageProofs,
      confirmations: needs.emailConfirmations,
      accounts: needs.users,
      grants: needs.grantStore,
      families: needs.families,
      privateHosts: needs.privateHosts,
      allowLoopbackHttp: needs.allowLoopbackHttp,
      factorAuthorities: needs.factorAuthorities,
      providerTimeoutMs: needs.providerTimeoutMs,
      onError: needs.onError,
      publicUrl: needs.publicUrl,
      defaultTenant: needs.defaultTenant,
      issuers: needs.issuers,
      // Scope names are made only from providers.
      hasObject: (tenantId, objects) =>
        federationProviderStore.hasAnyOf(
          tenantId,
          objects.flatMap((key) => parseProviderKey(key) ?? []),
        ),
    });
    tenants.addSeed((_authority, tenant) => oauth.keys.seed(tenant.id));
    needs.proofExchange.readMessageKeysBy((tenant) => oauth.keys.agreementKey(tenant));
    return {
      services: {
        /** Tokens, their issuers and keys, and the callers they represent. */
        oauth,
      },
      caches: [oauth.onEvents],
      sweeps: [(limit: number) => oauth.expired.sweepExpired(limit)],
    };
  },
} as const satisfies ServiceModule;
