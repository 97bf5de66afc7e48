import type { ScopeAliases } from '../src/access/index.ts';
import type {
  AuthModeService,
  LockoutService,
  PasswordMode,
  SecurityQuestionService,
  TotpService,
} from '../src/auth-modes/index.ts';
import type { ClientAuthenticator, ClientDirectory, ClientService, WebOriginDirectory } from '../src/clients/index.ts';
import type { ConsentService } from '../src/consents/index.ts';
import type { DeliveryQueue, Mail, Sms } from '../src/delivery/index.ts';
import type { EventEngine, EventLog } from '../src/events/index.ts';
import type { FederationLinkService, FederationProviderService } from '../src/federation/index.ts';
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
import type { RiskbitService } from '../src/risk/index.ts';
import type {
  GroupMemberService,
  GroupService,
  GuardedAccounts,
  RoleGrantService,
  RolePermissions,
  RoleService,
} from '../src/roles/index.ts';
import type { DeviceService, ExpiredRows, SessionService } from '../src/sessions/index.ts';
import type { TenantDirectory, TenantService } from '../src/tenants/index.ts';
import type { PropertyService, UserService } from '../src/users/index.ts';

/**
 * What resolvers may call, composed by `src/server/registry/`: services only, one or more per noun. The stores stay in their
 * modules.
 */
export interface Services {
  /** Runs the event log; `src/server` starts and stops it. */
  readonly eventEngine: EventEngine;
  readonly events: EventLog;
  /** Outgoing mails; `src/server` stops it. */
  readonly mailer: DeliveryQueue<Mail>;
  /** Outgoing text messages; `src/server` stops it. */
  readonly smsSender: DeliveryQueue<Sms>;
  /** Permissions behind scope names; the dialects register their scopes. */
  readonly scopes: ScopeAliases;
  readonly directory: TenantDirectory;
  /** Tokens, their issuers and keys, and the callers they represent. */
  readonly oauth: OAuth;
  readonly tenants: TenantService;
  /** Permissions of users and clients through their roles, cached. */
  readonly rolePermissions: RolePermissions;
  /** Checked before each write to a user or client. */
  readonly guarded: GuardedAccounts;
  readonly roles: RoleService;
  readonly roleGrants: RoleGrantService;
  readonly groups: GroupService;
  readonly groupMembers: GroupMemberService;
  readonly clients: ClientService;
  /** Clients by client_id with their permissions, cached. */
  readonly clientDirectory: ClientDirectory;
  /** Origins of pages that may call the service. */
  readonly webOrigins: WebOriginDirectory;
  readonly clientAuthenticator: ClientAuthenticator;
  readonly users: UserService;
  readonly userProperties: PropertyService;
  readonly sessions: SessionService;
  readonly devices: DeviceService;
  /** Consents of users to clients. */
  readonly consents: ConsentService;
  /** Events of one account. */
  readonly accountHistory: AccountHistory;
  /** Sweeps that the server runs at intervals. */
  readonly expiredRows: ExpiredRows;
  /** Disables, deletes and resets accounts, together with their sessions and tokens. */
  readonly endAccess: EndAccessFlow;
  readonly authModes: AuthModeService;
  readonly passwords: PasswordMode;
  /** Apps that show codes; a sign-in checks the second factor here. */
  readonly totp: TotpService;
  readonly securityQuestions: SecurityQuestionService;
  /** The only lock-out engine: every check of a credential asks it first. */
  readonly lockouts: LockoutService;
  readonly signIn: SignInFlow;
  /** Creates accounts with their password and apps. */
  readonly signUp: SignUpFlow;
  readonly passwordFlow: PasswordFlow;
  /** Apps on the devices of users. */
  readonly linkedApps: LinkedApps;
  readonly federationProviders: FederationProviderService;
  readonly federationLinks: FederationLinkService;
  /** Links an external account through a visit to its provider. */
  readonly accountLinking: LinkAccountFlow;
  readonly rights: RightService;
  /** Signs a browser in with a code that the user confirms on another device. */
  readonly qrSignIn: QrSignInFlow;
  readonly riskbits: RiskbitService;
}
