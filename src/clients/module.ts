import { PermissionSet, type ScopeAliases } from '../access/index.ts';
import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { type MasterKey, SecretHasher } from '../crypto/index.ts';
import type { ChangeFeed } from '../events/index.ts';
import { byTenant } from '../persistence/index.ts';
import {
  type ClientRoles,
  EffectiveRoleStore,
  type GuardedAccounts,
  parsePermissions,
  type RoleGrantService,
  type RolePermissions,
  type RoleStore,
} from '../roles/index.ts';
import type { TenantDirectory, TenantService } from '../tenants/index.ts';
import { BuiltinClients, seedBuiltinClients } from './builtin-clients.ts';
import { ClientAuthenticator, clientPowers, countsLent } from './client.authenticator.ts';
import { ClientDirectory } from './client.directory.ts';
import {
  ClientEntity,
  ClientScopeEntity,
  ClientScopeLinkEntity,
  ClientSecretEntity,
  ClientWebOriginEntity,
} from './client.entity.ts';
import { clientErrors } from './client.errors.ts';
import { clientEvents } from './client.events.ts';
import { ClientService } from './client.service.ts';
import { ClientStore } from './client.store.ts';
import { ClientScopeGuard } from './client-scope.guard.ts';
import { ClientScopeService } from './client-scope.service.ts';
import { ClientScopeStore } from './client-scope.store.ts';
import { ClientScopeLinks } from './client-scope-links.ts';
import { ClientSecrets } from './client-secrets.ts';
import { MapperService } from './mapper.service.ts';
import { MapperOwners } from './mapper-owners.ts';
import { seedRealmScopes } from './realm-scopes.ts';
import { ScopeMapperDirectory } from './scope-mapper.directory.ts';
import { ScopeRoleDirectory } from './scope-role.directory.ts';
import { ClientScopedRoleEntity, ClientScopeRoleEntity } from './scope-role.entity.ts';
import { ScopeRoleService } from './scope-role.service.ts';
import { ScopeRoleStore } from './scope-role.store.ts';
import { TenantClientRoles } from './tenant-client-roles.ts';
import { TenantClients } from './tenant-clients.ts';
import { WebOriginDirectory } from './web-origin.directory.ts';

interface ClientNeeds extends ModuleBase {
  readonly changeFeed: ChangeFeed;
  readonly masterKey: MasterKey;
  readonly scopes: ScopeAliases;
  readonly rolePermissions: RolePermissions;
  readonly guarded: GuardedAccounts;
  readonly roleStore: RoleStore;
  readonly clientRoles: ClientRoles;
  readonly roleGrants: RoleGrantService;
  readonly directory: TenantDirectory;
  readonly tenants: TenantService;
}

export const clients = {
  name: 'clients',
  entities: [
    ClientEntity,
    ClientScopeEntity,
    ClientScopeLinkEntity,
    ClientScopeRoleEntity,
    ClientScopedRoleEntity,
    ClientSecretEntity,
    ClientWebOriginEntity,
  ],
  foreignKeys: [
    byTenant('client_secrets', 'client_uuid', 'clients'),
    byTenant('client_web_origins', 'client_uuid', 'clients'),
    byTenant('client_scope_links', 'client_uuid', 'clients'),
    byTenant('client_scope_links', 'scope_id', 'client_scopes'),
    byTenant('client_scope_roles', 'scope_id', 'client_scopes'),
    byTenant('client_scope_roles', 'role_id', 'roles'),
    byTenant('client_scoped_roles', 'client_uuid', 'clients'),
    byTenant('client_scoped_roles', 'role_id', 'roles'),
  ],
  errors: [clientErrors],
  events: [clientEvents],
  create: (needs: ClientNeeds) => {
    const { base, catalogue, sealer, masterKey, scopes, rolePermissions, guarded, roleStore, changeFeed: feed } = needs;
    const { clientRoles } = needs;
    const { db, clock } = base;
    const store = new ClientStore(db);
    const scopeStore = new ClientScopeStore(db);
    const scopeRoleStore = new ScopeRoleStore(db);
    const directory = new ClientDirectory({ store, scopeStore, scopes, roles: rolePermissions, catalogue, feed });
    const webOrigins = new WebOriginDirectory({ store, clients: directory, catalogue, feed });
    guarded.readClientPowersBy(async (tenant, clientUuid) => {
      const record = await directory.byUuid(tenant.id, clientUuid);
      if (record === null) return PermissionSet.none;
      const lent = countsLent(record.client) ? await scopeRoleStore.lentBy(tenant.id, clientUuid, record.links) : [];
      return clientPowers(record, tenant.name, clock.now(), parsePermissions(lent));
    });
    needs.tenants.addSeed(seedBuiltinClients(store, roleStore, clock));
    needs.tenants.addSeed(seedRealmScopes(scopeStore, scopeRoleStore, clock));
    const scopeMappers = new ScopeMapperDirectory({ store: scopeStore, feed });
    const scopeRoles = new ScopeRoleDirectory({ store: scopeRoleStore, feed });
    const links = new ClientScopeLinks({ store: scopeStore, scopeRoles: scopeRoleStore, scopes, clock });
    const hasher = new SecretHasher(masterKey);
    const secrets = new ClientSecrets({ store, hasher, sealer: sealer('client-secret-copy'), clock });
    const service = new ClientService({ ...base, store, scopeStore, links, secrets, clientRoles, guarded });
    const scopeNeeds = { store: scopeStore, scopeRoles: scopeRoleStore, scopes };
    const scopeGuard = new ClientScopeGuard({ ...scopeNeeds, guarded });
    const clientScopes = new ClientScopeService({ ...base, ...scopeNeeds, scopeGuard });
    const effective = new EffectiveRoleStore(db);
    const builtinClients = new BuiltinClients({ ...base, store });
    const owners = new MapperOwners({ ...base, clients: service, clientScopes, scopeGuard });
    return {
      services: {
        /** Clients by client_id with their permissions, cached. */
        clientDirectory: directory,
        /** Origins of pages that may call the service. */
        webOrigins,
        clientAuthenticator: new ClientAuthenticator({ directory, hasher, clock }),
        clients: service,
        clientScopes,
        /** Clients of `master` that stand for tenants. */
        tenantClients: new TenantClients(needs.tenants),
        /** Who has the roles of these. */
        tenantClientRoles: new TenantClientRoles({
          ...base,
          roleStore,
          effective,
          roleGrants: needs.roleGrants,
          builtinClients,
          directory: needs.directory,
        }),
        mappers: new MapperService({ db, owners }),
        scopeRoles: new ScopeRoleService({
          db,
          store: scopeRoleStore,
          owners,
          roleStore,
          effective,
        }),
        /** The roles that tokens may have, cached. */
        allowedRoles: scopeRoles,
        /** The mappers that act in tokens, cached. */
        scopeMappers,
      },
      internals: {
        clientStore: store,
        clientScopeStore: scopeStore,
        builtinClients,
      },
      caches: [directory.onEvents, webOrigins.onEvents, scopeMappers.onEvents, scopeRoles.onEvents],
    };
  },
} as const satisfies ServiceModule;
