/**
 * External identity providers, the accounts there that belong to users here, and the tokens kept with them. It calls no
 * provider itself: `flows/link-account` does.
 * May import `kernel/`, `crypto/`, `persistence/`, `events/`, `access/`, `tenants/`, `roles/`, `users/` and `clients/`.
 */
export { checkedAccount } from './external-account.ts';
export type { FederationLink, FederationProvider } from './federation.entity.ts';
export { federationErrors } from './federation.errors.ts';
export { federationEvents } from './federation.events.ts';
export {
  FederationLinkService,
  type FederationLinkServiceDeps,
  type FederationTokenView,
  findProvider,
  type LinkInput,
  type ProviderTokens,
} from './link.service.ts';
export { FederationLinkStore, type LinkKey, type LinkRow } from './link.store.ts';
export {
  type ConfigRules,
  isCallable,
  type ProviderConfig,
  storedConfig,
  type TokenEndpointAuth,
} from './provider.config.ts';
export {
  type CreateProvider,
  FederationProviderService,
  type FederationProviderServiceDeps,
  type ProviderRef,
  parseProviderKey,
  providerKey,
  type UpdateProvider,
} from './provider.service.ts';
export { FederationProviderStore, type ProviderFilter } from './provider.store.ts';
