import type {
  BlockLiftService,
  CodeResendService,
  CredentialStore,
  ForeignCredentialService,
  LockoutService,
  PasswordMode,
  TotpService,
} from '../auth-modes/index.ts';
import {
  type BuiltinClients,
  type ClientDirectory,
  type ClientService,
  type ClientStore,
  LinkedAppBinding,
} from '../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { DeliveryQueue, Mail, SmsSender } from '../delivery/index.ts';
import type { EventReader } from '../events/index.ts';
import type { RightService } from '../rights/index.ts';
import type {
  AdministratorRoles,
  GroupMemberService,
  GuardedAccounts,
  RoleGrantService,
  RolePermissions,
  RoleService,
} from '../roles/index.ts';
import type { DeviceService, OneTimeCodeStore, SessionService } from '../sessions/index.ts';
import type { TenantDirectory, TenantService } from '../tenants/index.ts';
import type { AddressService, UserService, UserStore } from '../users/index.ts';
import { AccountHistory } from './account-history.ts';
import { accountMailErrors } from './account-mail.errors.ts';
import { AccountMailFlow, type AccountMailFlowDeps } from './account-mail.ts';
import { AdministrationFlow } from './administration.ts';
import { PasswordFlow } from './change-password.ts';
import { ConfigureTenantFlow } from './configure-tenant.ts';
import { EarlierAccess, type EarlierAccessDeps } from './earlier-access.ts';
import { emailConfirmationErrors } from './email-confirmation.errors.ts';
import { EmailConfirmationFlow } from './email-confirmation.ts';
import type { EndAccessFlow } from './end-access/index.ts';
import { impersonationErrors } from './impersonation.errors.ts';
import { impersonationEvents } from './impersonation.events.ts';
import { ImpersonationFlow } from './impersonation.ts';
import { mailedLinkErrors } from './mailed-link.errors.ts';
import { mailedLinkEvents } from './mailed-link.events.ts';
import { MailedLinkFlow } from './mailed-link.ts';
import { PasswordNotices } from './password-notices.ts';
import { ProvisionTenantFlow } from './provision-tenant.ts';
import { ProvisionUserFlow } from './provision-user.ts';
import { qrSignInErrors } from './qr-sign-in.errors.ts';
import { qrSignInEvents } from './qr-sign-in.events.ts';
import { QrSignInFlow } from './qr-sign-in.ts';
import { resourceServerErrors } from './resource-server.errors.ts';
import { ResourceServerFlow } from './resource-server.ts';
import { ServiceAccountFlow } from './service-accounts.ts';
import { signInErrors } from './sign-in.errors.ts';
import { signInEvents } from './sign-in.events.ts';
import { SignInFlow } from './sign-in.ts';
import { signUpErrors } from './sign-up.errors.ts';
import { SignUpFlow } from './sign-up.ts';
import { TenantMails, type TenantMailsDeps } from './tenant-mail.ts';

interface FlowNeeds extends ModuleBase {
  /** Reads events of the past. */
  readonly eventReader: EventReader;
  readonly directory: TenantDirectory;
  readonly tenants: TenantService;
  readonly mailer: DeliveryQueue<Mail>;
  readonly mailServers: TenantMailsDeps['mailServers'] & AccountMailFlowDeps['mailServers'];
  readonly smsSender: SmsSender;
  readonly foreignCredentials: ForeignCredentialService;
  readonly guarded: GuardedAccounts;
  readonly administratorRoles: AdministratorRoles;
  readonly roleGrants: RoleGrantService;
  readonly roles: RoleService;
  readonly rolePermissions: RolePermissions;
  readonly groupMembers: GroupMemberService;
  readonly builtinClients: BuiltinClients;
  readonly clientDirectory: ClientDirectory;
  readonly clientStore: ClientStore;
  readonly clients: ClientService;
  readonly users: UserService;
  readonly userAddresses: AddressService;
  readonly userStore: UserStore;
  readonly rights: RightService;
  readonly sessions: SessionService;
  readonly devices: DeviceService;
  readonly oneTimeCodes: OneTimeCodeStore;
  readonly endAccess: EndAccessFlow;
  readonly passwords: PasswordMode;
  readonly credentials: CredentialStore;
  readonly credentialChanges: EarlierAccessDeps['credentials'];
  readonly securityQuestions: EarlierAccessDeps['questions'];
  readonly federationLinks: EarlierAccessDeps['links'];
  readonly apiKeys: EarlierAccessDeps['keys'];
  readonly totp: TotpService;
  readonly lockouts: LockoutService;
  readonly blockLifts: BlockLiftService;
  readonly codeResends: CodeResendService;
}

export const flows = {
  name: 'flows',
  errors: [
    accountMailErrors,
    emailConfirmationErrors,
    impersonationErrors,
    mailedLinkErrors,
    qrSignInErrors,
    resourceServerErrors,
    signInErrors,
    signUpErrors,
  ],
  events: [impersonationEvents, mailedLinkEvents, qrSignInEvents, signInEvents],
  create: (needs: FlowNeeds) => {
    const { base, directory, users, userStore, passwords, lockouts, sessions, mailer, smsSender: sms } = needs;
    const { oneTimeCodes: codes, codeResends: resends, guarded: guard } = needs;
    const apps = new LinkedAppBinding({ ...base, store: needs.clientStore, guard });
    const passwordFlow = new PasswordFlow({
      ...base,
      directory,
      passwords,
      lockouts,
      blockLifts: needs.blockLifts,
      sessions,
      endAccess: needs.endAccess,
      users: userStore,
      rights: needs.rights,
      notices: new PasswordNotices({ directory, mailer, sms }),
    });
    const mails = new TenantMails({ directory, mailer, mailServers: needs.mailServers });
    const serviceAccounts = new ServiceAccountFlow({
      db: base.db,
      clients: needs.clients,
      users,
      endAccess: needs.endAccess,
    });
    const administration = new AdministrationFlow({
      ...base,
      clients: needs.builtinClients,
      roles: needs.administratorRoles,
      grants: needs.roleGrants,
    });
    const signIn = new SignInFlow({
      ...base,
      directory,
      users: userStore,
      passwords,
      credentials: needs.credentials,
      totp: needs.totp,
      lockouts,
      devices: needs.devices,
      sessions,
    });
    const earlierAccess = new EarlierAccess({
      credentials: needs.credentialChanges,
      questions: needs.securityQuestions,
      links: needs.federationLinks,
      keys: needs.apiKeys,
      sessions,
    });
    return {
      services: {
        signIn,
        /** Creates accounts with their password and apps. */
        signUp: new SignUpFlow({ ...base, directory, users, passwords, apps, sessions, codes, resends, mailer, sms }),
        passwordFlow,
        /** Creates and changes accounts together with their password, roles and groups. */
        provisionUser: new ProvisionUserFlow({
          ...base,
          directory,
          users,
          addresses: needs.userAddresses,
          passwords,
          passwordFlow,
          foreignCredentials: needs.foreignCredentials,
          endAccess: needs.endAccess,
          grants: needs.roleGrants,
          members: needs.groupMembers,
        }),
        /** Changes tenants together with a user who administers them. */
        configureTenant: new ConfigureTenantFlow({ ...base, tenants: needs.tenants, users, passwordFlow }),
        /** Signs a browser in with a code that the user confirms on another device. */
        qrSignIn: new QrSignInFlow({ ...base, codes, clients: needs.clientDirectory }),
        /** Clients with their service accounts. */
        serviceAccounts,
        /** Makes clients whose resources can be asked for. */
        resourceServers: new ResourceServerFlow({
          db: base.db,
          signIn,
          permissions: needs.rolePermissions,
          serviceAccounts,
          roles: needs.roles,
        }),
        /** Makes users administrators of their tenant. */
        administration,
        /** Makes tenants with an administrator and a client. */
        provisionTenant: new ProvisionTenantFlow({
          db: base.db,
          tenants: needs.tenants,
          users,
          passwords,
          serviceAccounts,
          administration,
        }),
        /** Mails that administrators send to users. */
        accountMails: new AccountMailFlow({ users: userStore, mails, mailServers: needs.mailServers }),
        /** Addresses of accounts that are confirmed by codes in mails. */
        emailConfirmations: new EmailConfirmationFlow({
          ...base,
          codes,
          directory,
          users,
          userStore,
          mailer,
          mailServers: needs.mailServers,
        }),
        /** Links in mails. */
        mailedLinks: new MailedLinkFlow({ ...base, codes, directory, users, userStore, guard, mails, earlierAccess }),
        /** Lets administrators act as users. */
        impersonation: new ImpersonationFlow({ ...base, users: userStore, sessions, guard }),
        /** Events of one account. */
        accountHistory: new AccountHistory({ users: userStore, events: needs.eventReader }),
      },
      internals: { earlierAccess },
    };
  },
} as const satisfies ServiceModule;
