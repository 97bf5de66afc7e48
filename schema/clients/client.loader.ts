import type { Client, ClientKeys, ClientSecret, StoredLink } from '../../src/clients/index.ts';
import type { LinkedApp } from '../../src/flows/index.ts';
import { listLoader, narrowRowLoader, rowLoader } from '../loading.ts';

/** Clients by UUID. */
export const clientById = rowLoader<Client>(({ clients }, tenantId, ids) => clients.findMany(tenantId, ids));

/** Clients by UUID, for fields that know what is selected of them. */
export const narrowClientById = narrowRowLoader<ClientKeys>(({ clients }, tenantId, ids, columns) =>
  clients.findMany(tenantId, ids, columns),
);

export const scopesOfClient = listLoader<StoredLink>(({ clients }, tenantId, ids) => clients.scopesOf(tenantId, ids));

/** Secrets of clients as rows, never as text. */
export const secretsOfClient = listLoader<ClientSecret>(({ clients }, tenantId, ids) =>
  clients.secretsOf(tenantId, ids),
);

/** Apps of users, at most 100 each. */
export const linkedAppsOfUser = listLoader<LinkedApp>(({ linkedApps }, tenantId, userIds) =>
  linkedApps.ofUsers(tenantId, userIds),
);
