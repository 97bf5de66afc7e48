/**
 * Clients: the applications of a tenant, their secrets, scopes and permissions, and how they authenticate. May import
 * `kernel/`, `crypto/`, `persistence/`, `events/`, `access/`, `tenants/` and `roles/`.
 */
export { ACCOUNT_CONSOLE, type BuiltinClients } from './builtin-clients.ts';
export {
  type AuthenticatedClient,
  basicPermissions,
  ClientAuthenticator,
  type SecretKind,
} from './client.authenticator.ts';
export { CLIENT_ID, ClientDirectory, type ClientRecord } from './client.directory.ts';
export type {
  Client,
  ClientScope,
  ClientSecret,
  ProtocolMapper,
  RedirectEntry,
  TenantDefault,
} from './client.entity.ts';
export { clientErrors } from './client.errors.ts';
export { clientEvents } from './client.events.ts';
export type {
  ClientReference,
  ClientService,
  CreateClient,
  CreatedClient,
  RotateSecret,
} from './client.service.ts';
export { type ClientFilter, type ClientKeys, ClientStore, type LinkedAppRow } from './client.store.ts';
export type { ClientChanges, ClientProperties } from './client-input.ts';
export { type ClientPresentation, presentClient, type TenantPresentation } from './client-presentation.ts';
export type {
  ClientScopeProperties,
  ClientScopeReference,
  ClientScopeService,
  CreateClientScope,
} from './client-scope.service.ts';
export { type ClientScopeFilter, ClientScopeStore, type LinkedScope, type StoredLink } from './client-scope.store.ts';
export type { NewSecret } from './client-secrets.ts';
export { GRANT_TYPES, type GrantTypeName, isOpenTo, servedGrantTypes } from './grant-types.ts';
export { LinkedAppBinding } from './linked-app.binding.ts';
export type { AddedMappers, MapperService } from './mapper.service.ts';
export type { MapperOwner, MapperOwnerRow } from './mapper-owners.ts';
export {
  buildMappedClaims,
  type ClaimFacts,
  type ClaimTarget,
  differAtIntrospection,
  hasEffect,
  type MappedAccount,
  type MappedClaims,
  type MapperChanges,
  mergeClaims,
  type NewMapper,
  readsRoles,
  toIntrospected,
} from './mappers/index.ts';
export {
  type AuthMethod,
  type ClientMetadata,
  METADATA_NAMES,
  metadataOf,
  REGISTRANT_MEMBERS,
} from './metadata/index.ts';
export {
  type ApplicationType,
  findDefaultRedirect,
  isRegisteredRedirect,
  isRegisteredSignOutRedirect,
  type RedirectInput,
} from './redirects.ts';
export type { ScopeMapperDirectory } from './scope-mapper.directory.ts';
export type { ScopeRoleDirectory } from './scope-role.directory.ts';
export type { ScopeRoleService } from './scope-role.service.ts';
export { LASTING_SCOPE, STANDARD_SCOPES } from './standard-scopes.ts';
export type { TenantClientGrant, TenantClientRoles } from './tenant-client-roles.ts';
export { type TenantClientRole, tenantClientIdOf, tenantClientRolesOf } from './tenant-clients.ts';
