import { invalidField } from '../../src/kernel/index.ts';
import { type ItemOf, present, presentItems } from '../engine/index.ts';
import { showClient } from './client.ts';
import { showScope } from './client-scope.ts';
import { showTree } from './group.ts';
import { showProvider } from './identity-provider.ts';
import type { ExportSizeData, PartialExportData } from './operations.generated.ts';
import { showWhole } from './realm.ts';
import { namesByOwner, showRole } from './role.ts';

/** The version of Keycloak whose calls and representations are served. */
export const KEYCLOAK_VERSION = '26.7.4';

/** How many of each an answer has at most: some 20 MB. */
const MOST = { clients: 1_000, roles: 5_000, groups: 5_000, federationProviders: 1_000 } as const;
/** Where the error of a realm that has more stands. */
export const SIZE_FIELD = 'export';
/** Its text. */
export const TOO_LARGE_TO_EXPORT = `A realm with more than ${MOST.clients} clients, ${MOST.roles} roles, ${MOST.groups} groups or ${MOST.federationProviders} identity providers cannot be exported`;

/** What is asked for beside the settings of the realm. */
interface Asked {
  readonly withClients: boolean;
  readonly withGroupsAndRoles: boolean;
}

const countOf = (list: { readonly totalCount: number | null } | null): number => present(present(list).totalCount);

/** How many of each the realm has. */
export const sizeOf = (found: { readonly [List in keyof ExportSizeData]: ExportSizeData[List] | null }) => ({
  clients: countOf(found.clients),
  roles: countOf(found.roles),
  groups: countOf(found.groups),
  federationProviders: countOf(found.federationProviders),
});

/** @throws INVALID_INPUT at `SIZE_FIELD`: what is asked for is more than an answer has. */
export function assertExportable(size: ReturnType<typeof sizeOf>, { withClients, withGroupsAndRoles }: Asked): void {
  const lists = [
    'federationProviders',
    ...(withClients ? (['clients'] as const) : []),
    ...(withGroupsAndRoles ? (['roles', 'groups'] as const) : []),
  ] as const;
  if (lists.some((list) => size[list] > MOST[list]))
    throw invalidField(SIZE_FIELD, 'EXPORT_TOO_LARGE', TOO_LARGE_TO_EXPORT);
}

type Client = ItemOf<NonNullable<PartialExportData['clients']>['nodes']>;
type Scope = ItemOf<PartialExportData['clientScopes']['nodes']>;
type Role = ItemOf<NonNullable<PartialExportData['roles']>['nodes']>;

/** A role with the names of those inside it. */
function showWithChildren(role: Role): object {
  const { ofTenant, ofClients } = namesByOwner(role.children);
  const composites = {
    ...(ofTenant.length === 0 ? {} : { realm: ofTenant }),
    ...(Object.keys(ofClients).length === 0 ? {} : { client: ofClients }),
  };
  return { ...showRole(role), ...(role.isComposite ? { composites } : {}) };
}

/** The roles of the realm, and those of clients by `client_id`. */
function showRoles(roles: readonly Role[]): object {
  const ofClients = Map.groupBy(
    roles.filter(({ clientId }) => clientId !== null),
    ({ clientId }) => clientId!,
  );
  return {
    realm: roles.filter(({ clientId }) => clientId === null).map(showWithChildren),
    ...(ofClients.size === 0
      ? {}
      : { client: Object.fromEntries([...ofClients].map(([clientId, own]) => [clientId, own.map(showWithChildren)])) }),
  };
}

/** Whose tokens may have roles: a client, or a client scope, by its name. */
type ScopedOwner = ({ readonly client: string } | { readonly clientScope: string }) & {
  readonly names: ReturnType<typeof namesByOwner>;
};

/** The scope mappings: roles of the realm, and those of clients by the `client_id` of the client that the roles belong to. */
function showScopeMappings(clients: readonly Client[], scopes: readonly Scope[]): object {
  const owners: readonly ScopedOwner[] = [
    ...clients.map(({ clientId, scopeRoles }) => ({ client: clientId, names: namesByOwner(scopeRoles) })),
    ...scopes.map(({ name, scopeRoles }) => ({ clientScope: name, names: namesByOwner(scopeRoles) })),
  ];
  const ofRealm = owners.flatMap(({ names, ...owner }) =>
    names.ofTenant.length === 0 ? [] : [{ ...owner, roles: names.ofTenant }],
  );
  const ofClients = owners.flatMap(({ names, ...owner }) =>
    Object.entries(names.ofClients).map(([clientId, roles]) => ({ clientId, mapping: { ...owner, roles } })),
  );
  const byClient = [...Map.groupBy(ofClients, ({ clientId }) => clientId)];
  return {
    scopeMappings: ofRealm,
    clientScopeMappings: Object.fromEntries(byClient.map(([id, own]) => [id, own.map(({ mapping }) => mapping)])),
  };
}

const namesOf = (scopes: readonly Scope[], tenantDefault: Scope['tenantDefault']): string[] =>
  scopes.filter((scope) => scope.tenantDefault === tenantDefault).map(({ name }) => name);

/** The realm with what was asked for, as an import takes it; no users, and `**********` for each secret. */
export function showExport(data: PartialExportData): Record<string, unknown> {
  const scopes = presentItems(data.clientScopes.nodes);
  const clients = data.clients === undefined ? null : presentItems(data.clients.nodes);
  return {
    ...showWhole({ tenant: data.tenant, roles: data.defaultRoles }),
    defaultGroups: presentItems(data.defaultGroups).map(({ path }) => path),
    clientScopes: scopes.map(showScope),
    defaultDefaultClientScopes: namesOf(scopes, 'DEFAULT'),
    defaultOptionalClientScopes: namesOf(scopes, 'OPTIONAL'),
    identityProviders: presentItems(data.federationProviders.nodes).map(showProvider),
    ...(clients === null
      ? {}
      : { clients: clients.map((client) => showClient(client)), ...showScopeMappings(clients, scopes) }),
    ...(data.roles === undefined ? {} : { roles: showRoles(presentItems(data.roles.nodes)) }),
    ...(data.groups === undefined ? {} : { groups: showTree(presentItems(data.groups.nodes)) }),
    keycloakVersion: KEYCLOAK_VERSION,
  };
}
