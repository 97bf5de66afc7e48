import { PermissionSet } from '../../src/access/index.ts';
import type { Client, ClientRecord } from '../../src/clients/index.ts';
import { clientMetadata } from '../../src/clients/metadata/index.ts';
import { newId } from '../../src/kernel/index.ts';

/** What differs from a public web application with one address. */
export interface MadeUpClient {
  readonly client?: Partial<Client>;
  readonly isUsable?: boolean;
  readonly scopes?: readonly string[];
  readonly defaultScopes?: readonly string[];
}

/** A client as the directory gives it, for tests without a database. */
export function madeUpClient({ client, isUsable = true, scopes, defaultScopes = [] }: MadeUpClient = {}): ClientRecord {
  const row = {
    tenantId: newId(),
    id: newId(),
    clientId: 'app',
    type: 'public',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirects: [{ uri: 'https://app.example/cb', match: 'exact' }],
    postLogoutRedirects: [],
    metadata: {},
    ...client,
  } as unknown as Client;
  return {
    client: row,
    secrets: [],
    permissions: PermissionSet.none,
    allowedScopes: new Set(scopes ?? ['openid', 'profile', 'email', 'offline_access']),
    defaultScopes,
    isUsable,
    metadata: clientMetadata(row),
    webOrigins: new Set(),
  };
}
