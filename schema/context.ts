import type { Authority, Caller, ScopeAliases } from '../src/access/index.ts';
import type {
  AuthModeService,
  CredentialStore,
  LockoutService,
  PasswordMode,
  SecurityQuestionService,
  SecurityQuestionStore,
  TotpService,
} from '../src/auth-modes/index.ts';
import type {
  ClientAuthenticator,
  ClientDirectory,
  ClientScopeStore,
  ClientService,
  ClientStore,
  WebOriginDirectory,
} from '../src/clients/index.ts';
import type { ConsentService, ConsentStore } from '../src/consents/index.ts';
import type { DeliveryQueue, Mail, Sms } from '../src/delivery/index.ts';
import type { EventEngine, EventLog } from '../src/events/index.ts';
import type {
  FederationLinkService,
  FederationLinkStore,
  FederationProviderService,
  FederationProviderStore,
} from '../src/federation/index.ts';
import type {
  AccountHistory,
  EndAccessFlow,
  LinkAccountFlow,
  LinkedApps,
  PasswordFlow,
  QrSignInFlow,
  SignInFlow,
  SignUpFlow,
} from '../src/flows/index.ts';
import type { OAuth } from '../src/oauth/index.ts';
import type { RightService } from '../src/rights/index.ts';
import type { RiskbitService, RiskbitStore } from '../src/risk/index.ts';
import type {
  GroupMemberService,
  GroupService,
  GroupStore,
  GuardedAccounts,
  RoleGrantService,
  RolePermissions,
  RoleService,
  RoleStore,
} from '../src/roles/index.ts';
import type {
  DeviceService,
  DeviceStore,
  ExpiredRows,
  OneTimeCodeStore,
  SessionService,
  SessionStore,
} from '../src/sessions/index.ts';
import type { KnownTenant, TenantDirectory, TenantService, TenantStore } from '../src/tenants/index.ts';
import type { PropertyService, UserService, UserStore } from '../src/users/index.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What resolvers may call: one service or store per noun, put together by `src/server/registry/`. */
export interface Services {
  /** The event log at work; `src/server` starts and stops it. */
  readonly eventEngine: EventEngine;
  readonly events: EventLog;
  /** Outgoing mails; `src/server` stops it. */
  readonly mailer: DeliveryQueue<Mail>;
  /** Outgoing text messages; likewise. */
  readonly smsSender: DeliveryQueue<Sms>;
  /** What scope names mean; the dialects register theirs. */
  readonly scopes: ScopeAliases;
  readonly directory: TenantDirectory;
  /** Tokens, their issuers and keys, and whom they stand for. */
  readonly oauth: OAuth;
  readonly tenants: TenantService;
  readonly tenantStore: TenantStore;
  /** What users and clients may do through their roles; remembered. */
  readonly rolePermissions: RolePermissions;
  /** Asked before any write to a user or client. */
  readonly guarded: GuardedAccounts;
  readonly roleStore: RoleStore;
  readonly roles: RoleService;
  readonly roleGrants: RoleGrantService;
  readonly groups: GroupService;
  readonly groupMembers: GroupMemberService;
  readonly groupStore: GroupStore;
  readonly clients: ClientService;
  readonly clientStore: ClientStore;
  readonly clientScopeStore: ClientScopeStore;
  /** Clients by client_id with what they may do; remembered. */
  readonly clientDirectory: ClientDirectory;
  /** Origins of pages that may call. */
  readonly webOrigins: WebOriginDirectory;
  readonly clientAuthenticator: ClientAuthenticator;
  readonly users: UserService;
  readonly userStore: UserStore;
  readonly userProperties: PropertyService;
  readonly sessions: SessionService;
  readonly sessionStore: SessionStore;
  readonly devices: DeviceService;
  readonly deviceStore: DeviceStore;
  /** What users allowed clients to have. */
  readonly consents: ConsentService;
  readonly consentStore: ConsentStore;
  /** What happened to one account. */
  readonly accountHistory: AccountHistory;
  /** Secrets that work once. */
  readonly oneTimeCodes: OneTimeCodeStore;
  /** What the server sweeps now and then. */
  readonly expiredRows: ExpiredRows;
  /** Disabling, deleting and resetting: each with its sessions and tokens. */
  readonly endAccess: EndAccessFlow;
  readonly authModes: AuthModeService;
  readonly credentials: CredentialStore;
  readonly passwords: PasswordMode;
  /** Apps that show codes; a sign-in asks it for the second factor. */
  readonly totp: TotpService;
  readonly securityQuestions: SecurityQuestionService;
  readonly securityQuestionStore: SecurityQuestionStore;
  /** The one lock-out engine: whatever proves something asks it first. */
  readonly lockouts: LockoutService;
  readonly signIn: SignInFlow;
  /** Making accounts with all that belongs to them. */
  readonly signUp: SignUpFlow;
  readonly passwordFlow: PasswordFlow;
  /** Apps on the devices of users. */
  readonly linkedApps: LinkedApps;
  readonly federationProviders: FederationProviderService;
  readonly federationProviderStore: FederationProviderStore;
  readonly federationLinks: FederationLinkService;
  readonly federationLinkStore: FederationLinkStore;
  /** Linking an external account by a visit to its provider. */
  readonly accountLinking: LinkAccountFlow;
  readonly rights: RightService;
  /** Signing in by a code that another device confirms. */
  readonly qrSignIn: QrSignInFlow;
  readonly riskbits: RiskbitService;
  readonly riskbitStore: RiskbitStore;
}

/** What every resolver gets. Built per operation by `src/server`, and by the translation layer for its documents. */
export interface GraphContext {
  readonly caller: Caller;
  readonly services: Services;
  /** One set per operation. */
  readonly loaders: Loaders;
  /** Aborts when the caller went away. */
  readonly signal: AbortSignal;
  /** Tenants this operation has met, by id: their routes are part of global ids. */
  readonly tenants: Map<string, KnownTenant>;
  /** Set by the directives: who may do what, where. Only root fields and guarded fields see it. */
  readonly authority: Authority;
}

/** A context for one operation. */
export function createContext(services: Services, caller: Caller, signal: AbortSignal): GraphContext {
  return {
    caller,
    services,
    loaders: createLoaders(services),
    signal,
    tenants: new Map(),
    // Replaced by the directives before any resolver of a root field runs.
    authority: undefined as unknown as Authority,
  };
}
