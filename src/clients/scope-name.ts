import type { PermissionGrant, ScopeAliases } from '../access/index.ts';

/** What a scope can be called (RFC 6749 section 3.3). */
export const SCOPE_NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/;

/**
 * What a scope lets an application do: the permissions of the application's tokens, and those of its users that it may use
 * beyond their accounts.
 */
export const grantsOfScope = (scopes: ScopeAliases, name: string): readonly PermissionGrant[] => [
  ...scopes.expand(name, 'application'),
  ...scopes.expand(name, 'user').filter(({ reach }) => reach !== 'self'),
];
