/**
 * Consents: which scopes users allowed clients. May import `kernel/`, `persistence/`, `events/`, `access/`, `tenants/`,
 * `roles/`, `users/` and `clients/`.
 */
export type { Consent } from './consent.entity.ts';
export type { ClientTokens, ConsentService, ConsentServiceDeps, GrantConsent } from './consent.service.ts';
export { type ConsentRow, ConsentStore } from './consent.store.ts';
