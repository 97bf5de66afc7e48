/** Clients of `master` that stand for realms: `acme-realm`. Nothing of them is stored. */
import { lookup } from '../engine/index.ts';
import { showClient } from './client.ts';
import { shownClient } from './client-path.ts';
import {
  type Client,
  IdentifyAnyClient,
  type ListRolesOfClientData,
  type TenantClient,
} from './operations.generated.ts';

/** The realm that has them. */
export const MASTER = 'master';

const MADE_UP: Omit<Client, 'clientUuid' | 'clientId'> = {
  name: null,
  description: null,
  type: 'CONFIDENTIAL',
  isEnabled: true,
  grantTypes: [],
  redirects: [],
  hasFullRoleScope: false,
  consent: 'TRUSTED',
  webOrigins: [],
  rootUrl: null,
  baseUrl: null,
  adminUrl: null,
  notBefore: null,
  isResourceServer: false,
  extra: { bearerOnly: true },
  mappers: [],
  scopes: [],
};

/** The client as it is answered. */
export const showTenantClient = (client: TenantClient, access: Parameters<typeof showClient>[1]) =>
  showClient({ ...MADE_UP, ...client }, access);

/** The client in the path, which may be one of these. */
export const anyClient = lookup({
  operation: IdentifyAnyClient,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({ clientId: params.id }),
  from: (found) => {
    const stored = shownClient(found);
    if (stored !== null) return { id: stored.id, isStored: true, isMadeUp: false };
    return found.tenantClient === null ? null : { id: found.tenantClient.clientUuid, isStored: false, isMadeUp: true };
  },
});

/** The roles of such a client whose name has a text, as they are answered. */
export const showTenantClientRoles = (
  { clientUuid, roles }: NonNullable<ListRolesOfClientData['tenantClient']>,
  search = '',
) =>
  roles
    .filter(({ name }) => name.includes(search.toLowerCase()))
    .map(({ roleUuid, name }) => ({
      id: roleUuid,
      name,
      composite: false,
      clientRole: true,
      containerId: clientUuid,
    }));
