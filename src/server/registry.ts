import { BLITZ_ISSUER } from '../../rest-compat/blitz/issuer.ts';
import { registerBlitz } from '../../rest-compat/blitz/register.ts';
import type { Services } from '../../schema/context.ts';
import { ScopeAliases } from '../access/index.ts';
import {
  AccountGate,
  AuthModeService,
  AuthModeStore,
  CredentialStore,
  LockoutService,
  LockoutStore,
  PasswordMode,
  SecurityQuestionService,
  SecurityQuestionStore,
  TotpMode,
  TotpService,
} from '../auth-modes/index.ts';
import {
  ClientAuthenticator,
  ClientDirectory,
  ClientScopeStore,
  ClientSecrets,
  ClientService,
  ClientStore,
  LinkedAppBinding,
} from '../clients/index.ts';
import { ConsentService, ConsentStore } from '../consents/index.ts';
import { type MasterKey, PasswordHasher, Sealer, SecretHasher } from '../crypto/index.ts';
import { DeliveryQueue, type Mail, type Message, type Sms, type Transport } from '../delivery/index.ts';
import { type CommittedListener, EventEngine, type EventLog } from '../events/index.ts';
import {
  FederationLinkService,
  FederationLinkStore,
  FederationProviderService,
  FederationProviderStore,
} from '../federation/index.ts';
import {
  AccountHistory,
  EndAccessFlow,
  LinkAccountFlow,
  LinkedApps,
  PasswordFlow,
  PasswordNotices,
  QrSignInFlow,
  SignInFlow,
  SignUpFlow,
  Upstream,
} from '../flows/index.ts';
import type { Clock } from '../kernel/index.ts';
import { createOAuth, GrantFamilies, GrantStore } from '../oauth/index.ts';
import type { Database } from '../persistence/index.ts';
import { RightParties, RightService, RightStore } from '../rights/index.ts';
import { RiskbitService, RiskbitStore } from '../risk/index.ts';
import {
  EffectiveRoleStore,
  GroupMemberService,
  GroupService,
  GroupStore,
  GuardedAccounts,
  RoleGrantService,
  RolePermissions,
  RoleService,
  RoleStore,
  seedBuiltinRoles,
} from '../roles/index.ts';
import {
  DeviceService,
  DeviceStore,
  ExpiredRows,
  OneTimeCodeStore,
  SessionService,
  SessionStore,
} from '../sessions/index.ts';
import { TenantDirectory, TenantService, TenantStore } from '../tenants/index.ts';
import { PropertyService, UserService, UserStore, uniqueEmails } from '../users/index.ts';

/** What the house is put together from. */
export interface RegistryOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly masterKey: MasterKey;
  /** Origin under which the service is reached, without a path: the base of every issuer. */
  readonly publicUrl: string;
  /** Name of the tenant that requests without one act on. */
  readonly defaultTenant: string;
  /** May federation providers of this machine be called over plain http? Default: when `publicUrl` is http as well. */
  readonly allowLoopbackHttp?: boolean;
  /** NATS servers that wake the nodes; absent: PostgreSQL's NOTIFY. */
  readonly natsUrl?: string | undefined;
  /** The ways out for mails and text messages. */
  readonly transports: Transports;
  /** Told of faults in the background loops, which go on by themselves. */
  readonly onError?: (error: unknown) => void;
}

export interface Transports {
  readonly mail: Transport<Mail>;
  readonly sms: Transport<Sms>;
}

/** Every service of the house; the one place that knows which implementation stands behind which interface. */
export function createRegistry(options: RegistryOptions): Services {
  const { db, clock } = options;
  const eventEngine = new EventEngine({
    db,
    clock,
    sealer: new Sealer(options.masterKey, 'event-cursor'),
    natsUrl: options.natsUrl,
    ...(options.onError === undefined ? {} : { onError: options.onError }),
  });
  const events = eventEngine.log;
  /** A cache hears of this node's changes at once, and of the other nodes' when the follower reads them. */
  const listen = (listener: CommittedListener): void => {
    events.onCommitted(listener);
    eventEngine.follower.onEvent((event) => listener([event]));
  };
  const mailer = outgoing('mail', options.transports.mail, options, events);
  const smsSender = outgoing('sms', options.transports.sms, options, events);
  const scopes = new ScopeAliases();
  registerBlitz({ scopes });
  const tenantStore = new TenantStore(db);
  const directory = new TenantDirectory(tenantStore);
  listen(directory.onEvents);
  const tenants = new TenantService({ db, store: tenantStore, events, clock });
  const roleStore = new RoleStore(db);
  const effectiveRoles = new EffectiveRoleStore(db);
  const rolePermissions = new RolePermissions(effectiveRoles);
  listen(rolePermissions.onEvents);
  const clientStore = new ClientStore(db);
  const clientScopeStore = new ClientScopeStore(db);
  const clientDirectory = new ClientDirectory({
    store: clientStore,
    scopeStore: clientScopeStore,
    scopes,
    roles: rolePermissions,
  });
  listen(clientDirectory.onEvents);
  const guarded = new GuardedAccounts({
    db,
    roles: roleStore,
    effective: effectiveRoles,
    permissions: rolePermissions,
    directory,
    clientPermissions: (tenantId, clientUuid) => clientDirectory.permissionsOf(tenantId, clientUuid),
  });
  tenants.addSeed(seedBuiltinRoles(roleStore, clock));
  const roles = new RoleService({ db, store: roleStore, effective: effectiveRoles, guarded, events, clock });
  const roleGrants = new RoleGrantService({
    db,
    store: roleStore,
    effective: effectiveRoles,
    guarded,
    directory,
    events,
    clock,
  });
  const groupStore = new GroupStore(db);
  const groups = new GroupService({
    db,
    store: groupStore,
    roleStore,
    permissions: rolePermissions,
    guarded,
    events,
    clock,
  });
  const groupMembers = new GroupMemberService({
    db,
    store: groupStore,
    permissions: rolePermissions,
    guarded,
    users: { findMany: (tenantId, ids) => userStore.findMany(tenantId, ids) },
    events,
    clock,
  });
  const secretHasher = new SecretHasher(options.masterKey);
  const clientAuthenticator = new ClientAuthenticator({ directory: clientDirectory, hasher: secretHasher, clock });
  const clients = new ClientService({
    db,
    store: clientStore,
    scopeStore: clientScopeStore,
    secrets: new ClientSecrets({
      store: clientStore,
      hasher: secretHasher,
      sealer: new Sealer(options.masterKey, 'client-secret-copy'),
      clock,
    }),
    scopes,
    roleStore,
    guarded,
    events,
    clock,
  });
  const userStore = new UserStore(db);
  tenants.onSettings(uniqueEmails(userStore.identifiers));
  const users = new UserService({ db, store: userStore, directory, guard: guarded, roles: roleStore, events, clock });
  const sessionStore = new SessionStore(db);
  const deviceStore = new DeviceStore(db);
  const oneTimeCodes = new OneTimeCodeStore(db, clock);
  const devices = new DeviceService({ db, store: deviceStore, users: userStore, guard: guarded, events, clock });
  const grants = new GrantStore(db);
  const tokenFamilies = new GrantFamilies(grants, clock);
  const sessions = new SessionService({
    db,
    store: sessionStore,
    users: userStore,
    directory,
    families: tokenFamilies,
    guard: guarded,
    events,
    clock,
  });
  const consentStore = new ConsentStore(db);
  const consents = new ConsentService({
    db,
    store: consentStore,
    users: userStore,
    tokens: tokenFamilies,
    guard: guarded,
    events,
    clock,
  });
  const linkedApps = new LinkedApps({
    db,
    clients: clientStore,
    scopes: clientScopeStore,
    roles: roleStore,
    users: userStore,
    guard: guarded,
    events,
  });
  const endAccess = new EndAccessFlow({ db, users, sessions, devices, apps: linkedApps });
  const credentials = new CredentialStore(db, new Sealer(options.masterKey, 'credential'), clock);
  const authModeStore = new AuthModeStore(db);
  const authModes = new AuthModeService({
    db,
    store: authModeStore,
    users: userStore,
    credentials,
    guard: guarded,
    directory,
    events,
    clock,
  });
  const passwordHasher = new PasswordHasher();
  const passwords = new PasswordMode({
    db,
    credentials,
    columns: authModeStore,
    users: userStore,
    hasher: passwordHasher,
    directory,
    guard: guarded,
    events,
    clock,
  });
  const lockouts = new LockoutService({
    db,
    store: new LockoutStore(db),
    directory,
    users: userStore,
    accounts: endAccess,
    guard: guarded,
    events,
    clock,
  });
  const accountGate = new AccountGate({ users: userStore, directory, guard: guarded, clock });
  const totp = new TotpService({
    db,
    gate: accountGate,
    columns: authModeStore,
    credentials,
    mode: new TotpMode({ credentials, clock }),
    lockouts,
    directory,
    events,
    clock,
  });
  const securityQuestionStore = new SecurityQuestionStore(db);
  const securityQuestions = new SecurityQuestionService({
    db,
    gate: accountGate,
    columns: authModeStore,
    store: securityQuestionStore,
    hasher: passwordHasher,
    lockouts,
    events,
    clock,
  });
  const signIn = new SignInFlow({
    directory,
    users: userStore,
    passwords,
    credentials,
    lockouts,
    devices,
    sessions,
    events,
    clock,
  });
  const signUp = new SignUpFlow({
    db,
    directory,
    users,
    passwords,
    apps: new LinkedAppBinding({ store: clientStore, guard: guarded, events, clock }),
    sessions,
    codes: oneTimeCodes,
    mailer,
    sms: smsSender,
    clock,
  });
  const federationSealer = new Sealer(options.masterKey, 'federation');
  /** Plain http to this machine is for services that are themselves reached by plain http: development and tests. */
  const providerRules = { allowLoopbackHttp: options.allowLoopbackHttp ?? options.publicUrl.startsWith('http:') };
  const federationProviderStore = new FederationProviderStore(db);
  const federationProviders = new FederationProviderService({
    db,
    store: federationProviderStore,
    events,
    clock,
    sealer: federationSealer,
    rules: providerRules,
  });
  const federationLinkStore = new FederationLinkStore(db);
  const federationLinks = new FederationLinkService({
    db,
    store: federationLinkStore,
    providers: federationProviderStore,
    users: userStore,
    guarded,
    events,
    clock,
    sealer: federationSealer,
  });
  const accountLinking = new LinkAccountFlow({
    clients: clientDirectory,
    codes: oneTimeCodes,
    directory,
    events,
    guarded,
    links: federationLinks,
    providers: federationProviderStore,
    upstream: new Upstream({
      clock,
      clientSecret: (provider) => federationProviders.clientSecret(provider),
      ...providerRules,
    }),
    users: userStore,
    sealer: new Sealer(options.masterKey, 'account-linking'),
    clock,
    publicUrl: options.publicUrl,
  });
  const rights = new RightService({
    db,
    store: new RightStore(db),
    parties: new RightParties({ users: userStore, clients: clientStore, groups: groupStore }),
    guard: guarded,
    events,
    clock,
  });
  const passwordFlow = new PasswordFlow({
    db,
    directory,
    passwords,
    lockouts,
    sessions,
    endAccess,
    users: userStore,
    rights,
    notices: new PasswordNotices({ mailer, sms: smsSender }),
    events,
    clock,
  });
  const qrSignIn = new QrSignInFlow({ db, codes: oneTimeCodes, clients: clientDirectory, events, clock });
  const riskbitStore = new RiskbitStore(db);
  const riskbits = new RiskbitService({ db, store: riskbitStore, events, clock });
  const oauth = createOAuth({
    ...options,
    events,
    feed: eventEngine.follower,
    scopes,
    directory,
    clients: clientDirectory,
    authenticator: clientAuthenticator,
    roles: rolePermissions,
    users: userStore,
    groups: groupStore,
    sessions,
    sessionStore,
    signIn,
    grants,
    issuers: [BLITZ_ISSUER],
  });
  listen(oauth.onEvents);
  tenants.addSeed((_authority, tenant) => oauth.keys.seed(tenant.id));
  return {
    eventEngine,
    mailer,
    smsSender,
    oauth,
    events,
    scopes,
    directory,
    tenants,
    tenantStore,
    rolePermissions,
    guarded,
    roleStore,
    roles,
    roleGrants,
    groups,
    groupMembers,
    groupStore,
    clients,
    clientStore,
    clientScopeStore,
    clientDirectory,
    clientAuthenticator,
    users,
    userStore,
    userProperties: new PropertyService({ db, users, events, clock }),
    sessions,
    sessionStore,
    devices,
    deviceStore,
    consents,
    consentStore,
    accountHistory: new AccountHistory({ users: userStore, events: eventEngine.store }),
    oneTimeCodes,
    expiredRows: new ExpiredRows(sessionStore, oneTimeCodes, clock),
    endAccess,
    authModes,
    credentials,
    passwords,
    totp,
    securityQuestions,
    securityQuestionStore,
    lockouts,
    signIn,
    signUp,
    passwordFlow,
    linkedApps,
    federationProviders,
    federationProviderStore,
    federationLinks,
    federationLinkStore,
    accountLinking,
    rights,
    qrSignIn,
    riskbits,
    riskbitStore,
  };
}

/** A queue of messages whose end is an event. */
function outgoing<M extends Message>(
  channel: 'mail' | 'sms',
  transport: Transport<M>,
  { db, onError }: Pick<RegistryOptions, 'db' | 'onError'>,
  events: EventLog,
): DeliveryQueue<M> {
  return new DeliveryQueue<M>({
    transport,
    report: ({ to, purpose, behalf }, outcome) =>
      events.append(behalf.actor, behalf.tenant, {
        type: outcome.sent ? 'mail.sent' : 'mail.failed',
        subjectId: behalf.subjectId,
        ...(outcome.sent ? {} : { outcome: 'failure', reason: outcome.reason }),
        params: { channel, purpose, to },
      }),
    detached: (work) => db.detached(work),
    ...(onError === undefined ? {} : { onError }),
  });
}
