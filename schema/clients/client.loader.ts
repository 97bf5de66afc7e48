import type { Client, ClientSecret, LinkedScope } from '../../src/clients/index.ts';
import type { LinkedApp } from '../../src/flows/index.ts';
import { listLoader, rowLoader } from '../loading.ts';

/** Clients by UUID. */
export const clientById = rowLoader<Client>(({ clientStore }, tenantId, ids) => clientStore.findMany(tenantId, ids));

export const scopesOfClient = listLoader<LinkedScope>(({ clientScopeStore }, tenantId, ids) =>
  clientScopeStore.linksOf(tenantId, ids),
);

/** Secrets of clients as rows, never as text. */
export const secretsOfClient = listLoader<ClientSecret>(({ clientStore }, tenantId, ids) =>
  clientStore.secretsOfMany(tenantId, ids),
);

/** Apps of users, at most 100 each. */
export const linkedAppsOfUser = listLoader<LinkedApp>(({ linkedApps }, tenantId, userIds) =>
  linkedApps.ofUsers(tenantId, userIds),
);
