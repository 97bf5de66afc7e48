import { PermissionSet } from '../../access/index.ts';
import {
  ClientAuthenticator,
  ClientDirectory,
  ClientScopeStore,
  ClientSecrets,
  ClientService,
  ClientStore,
  clientPowers,
  WebOriginDirectory,
} from '../../clients/index.ts';
import { SecretHasher } from '../../crypto/index.ts';
import {
  EffectiveRoleStore,
  GuardedAccounts,
  RoleGrantService,
  RolePermissions,
  RoleService,
  RoleStore,
  seedBuiltinRoles,
} from '../../roles/index.ts';
import type { Core } from './core.ts';
import type { Infrastructure } from './infrastructure.ts';

export type Access = ReturnType<typeof createAccess>;

/** Creates roles and clients, and the guard that compares the permissions of callers and accounts. */
export function createAccess(
  { base, eventEngine, sealer, listen, options }: Infrastructure,
  { directory, scopes, tenants }: Core,
) {
  const { db, clock } = base;
  const { catalogue } = eventEngine;
  const roleStore = new RoleStore(db);
  const effective = new EffectiveRoleStore(db);
  const rolePermissions = new RolePermissions(effective, catalogue);
  listen(rolePermissions.onEvents);
  const clientStore = new ClientStore(db);
  const clientScopeStore = new ClientScopeStore(db);
  const clientDirectory = new ClientDirectory({
    store: clientStore,
    scopeStore: clientScopeStore,
    scopes,
    roles: rolePermissions,
    catalogue,
  });
  listen(clientDirectory.onEvents);
  const webOrigins = new WebOriginDirectory({ store: clientStore, clients: clientDirectory, catalogue });
  listen(webOrigins.onEvents);
  const guarded = new GuardedAccounts({
    db,
    roles: roleStore,
    effective,
    permissions: rolePermissions,
    directory,
    clientPowers: async (tenantId, clientUuid) => {
      const record = await clientDirectory.byUuid(tenantId, clientUuid);
      return record === null ? PermissionSet.none : clientPowers(record, clock.now());
    },
  });
  tenants.addSeed(seedBuiltinRoles(roleStore, clock));
  const hasher = new SecretHasher(options.masterKey);
  const secrets = new ClientSecrets({ store: clientStore, hasher, sealer: sealer('client-secret-copy'), clock });
  return {
    rolePermissions,
    guarded,
    stores: { roleStore, clientStore, clientScopeStore },
    roles: new RoleService({ ...base, store: roleStore, effective, guarded }),
    roleGrants: new RoleGrantService({ ...base, store: roleStore, effective, guarded, directory }),
    clientDirectory,
    webOrigins,
    clientAuthenticator: new ClientAuthenticator({ directory: clientDirectory, hasher, clock }),
    clients: new ClientService({
      ...base,
      store: clientStore,
      scopeStore: clientScopeStore,
      secrets,
      scopes,
      roleStore,
      guarded,
    }),
  };
}
