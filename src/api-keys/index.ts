/**
 * API keys, with which programs act for users: the table, their scopes, and the callers behind them. May import `kernel/`,
 * `crypto/`, `persistence/`, `events/`, `access/`, `tenants/`, `roles/` and `users/`.
 */
export { API_KEY_PREFIX, type ApiKeyAuthenticator, isApiKey } from './api-key.authenticator.ts';
export type { ApiKeyService, ApiKeyWithSecret } from './api-key.service.ts';
export type { ApiKey } from './api-key.store.ts';
export type { KeyScope, KeyScopes } from './key-scopes.ts';
export type { OwnerState } from './owner-states.ts';
