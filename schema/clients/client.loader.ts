import type { Client, ClientSecret, LinkedScope } from '../../src/clients/index.ts';
import type { LinkedApp } from '../../src/flows/index.ts';
import { listLoader, rowLoader } from '../loading.ts';

/** Clients by UUID. */
export const clientById = rowLoader<Client>(({ clients }, tenantId, ids) => clients.findMany(tenantId, ids));

export const scopesOfClient = listLoader<LinkedScope>(({ clients }, tenantId, ids) => clients.scopesOf(tenantId, ids));

/** Secrets of clients as rows, never as text. */
export const secretsOfClient = listLoader<ClientSecret>(({ clients }, tenantId, ids) =>
  clients.secretsOf(tenantId, ids),
);

/** Apps of users, at most 100 each. */
export const linkedAppsOfUser = listLoader<LinkedApp>(({ linkedApps }, tenantId, userIds) =>
  linkedApps.ofUsers(tenantId, userIds),
);
