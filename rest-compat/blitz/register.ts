import type { ScopeAliases } from '../../src/access/index.ts';
import { BLITZ_SCOPES, providerTokenScope } from './scopes.ts';

/** Registers the dialect's scope names; called once at the start. */
export function registerBlitz({ scopes }: { readonly scopes: ScopeAliases }): void {
  scopes.register(BLITZ_SCOPES, providerTokenScope);
}
