import type { ForeignCredentialService, PasswordMode } from '../auth-modes/index.ts';
import type { ClientScopeService, ClientService, ScopeRoleService } from '../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { MasterKey } from '../crypto/index.ts';
import type { FederationLinkService, FederationProviderService, FederationProviderStore } from '../federation/index.ts';
import type { ProvisionUserFlow, ServiceAccountFlow } from '../flows/index.ts';
import type {
  DefaultGroupService,
  GroupMemberService,
  GroupService,
  RoleGrantService,
  RoleService,
} from '../roles/index.ts';
import type { TenantService } from '../tenants/index.ts';
import type { UserProfileService, UserService } from '../users/index.ts';
import { ImportEntity, ImportRowEntity } from './import.entity.ts';
import { importErrors } from './import.errors.ts';
import { importEvents } from './import.events.ts';
import { ImportService } from './import.service.ts';
import { ImportStore } from './import.store.ts';
import { References } from './references.ts';
import { RowDigester } from './row-digest.ts';
import type { RowWriters } from './row-writer.ts';
import {
  clientScopeRoleWriter,
  clientScopeWriter,
  clientWriter,
  scopeScopeRoleWriter,
} from './writers/client.writer.ts';
import { defaultGroupWriter, groupWriter } from './writers/group.writer.ts';
import { roleChildrenWriter, roleWriter } from './writers/role.writer.ts';
import { providerWriter, settingsWriter, textsWriter, userProfileWriter } from './writers/tenant.writer.ts';
import { serviceAccountWriter, userWriter } from './writers/user.writer.ts';

interface ImportNeeds extends ModuleBase {
  readonly masterKey: MasterKey;
  readonly tenants: TenantService;
  readonly roles: RoleService;
  readonly roleGrants: RoleGrantService;
  readonly groups: GroupService;
  readonly groupMembers: GroupMemberService;
  readonly defaultGroups: DefaultGroupService;
  readonly users: UserService;
  readonly userProfiles: UserProfileService;
  readonly clients: ClientService;
  readonly clientScopes: ClientScopeService;
  readonly scopeRoles: ScopeRoleService;
  readonly serviceAccounts: ServiceAccountFlow;
  readonly passwords: PasswordMode;
  readonly foreignCredentials: ForeignCredentialService;
  readonly federationProviders: FederationProviderService;
  readonly federationProviderStore: FederationProviderStore;
  readonly federationLinks: FederationLinkService;
  readonly provisionUser: ProvisionUserFlow;
  readonly onError: (error: unknown) => void;
}

function writersOf(needs: ImportNeeds): RowWriters {
  const references = new References(needs);
  const deps = {
    ...needs,
    references,
    providers: needs.federationProviders,
    providerStore: needs.federationProviderStore,
  };
  return {
    settings: settingsWriter(deps),
    texts: textsWriter(deps),
    userProfile: userProfileWriter(deps),
    role: roleWriter(deps),
    clientRole: roleWriter(deps),
    roleChildren: roleChildrenWriter(deps),
    clientRoleChildren: roleChildrenWriter(deps),
    clientScope: clientScopeWriter(deps),
    client: clientWriter(deps),
    clientScopeRoles: clientScopeRoleWriter(deps),
    scopeScopeRoles: scopeScopeRoleWriter(deps),
    group: groupWriter(deps),
    defaultGroup: defaultGroupWriter(deps),
    provider: providerWriter(deps),
    serviceAccount: serviceAccountWriter(deps),
    user: userWriter(deps),
  };
}

export const imports = {
  name: 'imports',
  entities: [ImportEntity, ImportRowEntity],
  errors: [importErrors],
  events: [importEvents],
  create: (needs: ImportNeeds) => ({
    services: {
      /** What other services exported. */
      imports: new ImportService({
        ...needs.base,
        store: new ImportStore(needs.base.db),
        digester: new RowDigester(needs.masterKey),
        writers: writersOf(needs),
        onError: needs.onError,
        countDefaultGroups: async (tenantId) => (await needs.defaultGroups.list(tenantId)).length,
      }),
    },
  }),
} as const satisfies ServiceModule;
