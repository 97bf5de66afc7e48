import type { Client, ClientSecret, LinkedScope } from '../../src/clients/index.ts';
import type { LinkedApp } from '../../src/flows/index.ts';
import type { Services } from '../context.ts';
import { listLoader, rowLoader } from '../loaders.ts';

/** Clients by UUID, their scopes and their secrets (as rows, never as text). */
export const clientLoaders = ({ clientScopeStore, clientStore, linkedApps }: Services) => ({
  client: () => rowLoader<Client>((tenantId, ids) => clientStore.findMany(tenantId, ids)),
  scopesOfClient: () => listLoader<LinkedScope>((tenantId, ids) => clientScopeStore.linksOf(tenantId, ids)),
  /** Apps of users, at most 100 each. */
  linkedAppsOfUser: () => listLoader<LinkedApp>((tenantId, userIds) => linkedApps.ofUsers(tenantId, userIds)),
  secretsOfClient: () => listLoader<ClientSecret>((tenantId, ids) => clientStore.secretsOfMany(tenantId, ids)),
});
