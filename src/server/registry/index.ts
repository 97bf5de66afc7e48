/**
 * Composes the service: one file for each group of modules, in the order of their dependencies. Only this folder knows which
 * implementation is behind which interface; it may import every module.
 */
import { BLITZ_ISSUER } from '../../../rest-compat/blitz/issuer.ts';
import type { Services } from '../../../schema/context.ts';
import { parseProviderKey } from '../../federation/index.ts';
import { createOAuth } from '../../oauth/index.ts';
import { createAccess } from './access.ts';
import { createAccounts } from './accounts.ts';
import { createAuthModes } from './auth-modes.ts';
import { createCore } from './core.ts';
import { createFederation } from './federation.ts';
import { createFlows } from './flows.ts';
import { createInfrastructure } from './infrastructure.ts';
import type { RegistryOptions } from './options.ts';
import { createSessions } from './sessions.ts';

export type { RegistryOptions, Transports } from './options.ts';

/** Creates all services. */
export function createRegistry(options: RegistryOptions): Services {
  const infrastructure = createInfrastructure(options);
  const core = createCore(infrastructure);
  const access = createAccess(infrastructure, core);
  const accounts = createAccounts(infrastructure, core, access);
  const sessions = createSessions(infrastructure, core, access, accounts);
  const authModes = createAuthModes(infrastructure, core, access, accounts, sessions);
  const federation = createFederation(infrastructure, core, access, accounts, sessions);
  const flows = createFlows(infrastructure, core, access, accounts, sessions, authModes);
  const oauth = createOAuth({
    ...options,
    events: core.events,
    catalogue: core.eventEngine.catalogue,
    feed: core.eventEngine.follower,
    scopes: core.scopes,
    directory: core.directory,
    clients: access.clientDirectory,
    authenticator: access.clientAuthenticator,
    roles: access.rolePermissions,
    users: accounts.stores.userStore,
    groups: accounts.stores.groupStore,
    sessions: sessions.sessions,
    sessionStore: sessions.stores.sessionStore,
    signIn: flows.signIn,
    grants: sessions.stores.grantStore,
    // Scope names are made only from providers.
    hasObject: (tenantId, objects) =>
      federation.stores.federationProviderStore.hasAnyOf(
        tenantId,
        objects.flatMap((key) => parseProviderKey(key) ?? []),
      ),
    issuers: [BLITZ_ISSUER],
  });
  infrastructure.listen(oauth.onEvents);
  core.tenants.addSeed((_authority, tenant) => oauth.keys.seed(tenant.id));
  const parts = { ...core, ...access, ...accounts, ...sessions, ...authModes, ...federation, ...flows, oauth };
  // The parts share their stores with each other; nobody else gets one.
  const { stores: _stores, ...services } = parts;
  return services;
}
