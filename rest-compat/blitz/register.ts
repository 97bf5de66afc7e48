import type { ScopeAliases } from '../../src/access/index.ts';
import { BLITZ_SCOPES, providerTokenScope } from './scopes.ts';

/** Tells the house what the dialect's scope names mean; called once, while it is put together. */
export function registerBlitz({ scopes }: { readonly scopes: ScopeAliases }): void {
  scopes.register(BLITZ_SCOPES, providerTokenScope);
}
