/** Clients of `master` that stand for realms: `acme-realm`. Nothing of them is stored. */
import { kernelErrors } from '../../src/kernel/index.ts';
import { lookup } from '../engine/index.ts';
import { showClient } from './client.ts';
import { shownClient } from './client-path.ts';
import {
  type Client,
  IdentifyAnyClient,
  type ListRolesOfClientData,
  type TenantClient,
  type TenantClientGrant,
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

/** The client that parameters of the path name by its id, which may be one of these. */
export const anyClientNamed = <P>(idOf: (params: P) => string) =>
  lookup({
    operation: IdentifyAnyClient,
    toVariables: ({ params }: { readonly params: P }) => ({ clientId: idOf(params) }),
    from: (found) => {
      const stored = shownClient(found);
      if (stored !== null) return { id: stored.id, isStored: true, isMadeUp: false };
      return found.tenantClient === null
        ? null
        : { id: found.tenantClient.clientUuid, isStored: false, isMadeUp: true };
    },
  });

/** The client in the path, which may be one of these. */
export const anyClient = anyClientNamed(({ id }: { readonly id: string }) => id);

type ClientWithRoles = NonNullable<ListRolesOfClientData['tenantClient']>;
type RoleOfClient = ClientWithRoles['roles'][number];

/** A role of such a client as it is answered. */
const showTenantClientRole = ({ roleUuid, name }: RoleOfClient, clientUuid: string) => ({
  id: roleUuid,
  name,
  composite: false,
  clientRole: true,
  containerId: clientUuid,
});

/** The roles of such a client whose name has a text, as they are answered. */
export const showTenantClientRoles = ({ clientUuid, roles }: ClientWithRoles, search = '') =>
  roles.filter(({ name }) => name.includes(search.toLowerCase())).map((role) => showTenantClientRole(role, clientUuid));

/** The role of such a client with this name as it is answered. @throws NOT_FOUND */
export function showTenantClientRoleOf({ clientUuid, roles }: ClientWithRoles, name: string) {
  const found = roles.find((role) => role.name === name);
  if (found === undefined) throw kernelErrors.NOT_FOUND();
  return { ...showTenantClientRole(found, clientUuid), attributes: {} };
}

/** The roles of the client in the path that a holder has, as they are answered. */
export const showTenantClientGrants = (grants: readonly TenantClientGrant[], clientUuid: string) =>
  grants
    .filter(({ client }) => client.clientUuid === clientUuid.toLowerCase())
    .flatMap(({ client, roles }) => roles.map((role) => showTenantClientRole(role, client.clientUuid)));

/** The roles of such clients that a holder has, by `client_id`. */
export const showTenantClientMappings = (grants: readonly TenantClientGrant[]) =>
  Object.fromEntries(
    grants.map(({ client: { clientUuid, clientId }, roles }) => [
      clientId,
      {
        id: clientUuid,
        client: clientId,
        mappings: roles.map((role) => showTenantClientRole(role, clientUuid)),
      },
    ]),
  );
