import type { ScopeAliases } from '../../access/index.ts';
import { LASTING_SCOPE, STANDARD_SCOPES } from '../../clients/index.ts';

/** A scope as it is shown to the user who is asked to allow it. */
export interface DescribedScope {
  readonly name: string;
  readonly description: string;
  /** Whether the application keeps its access after the user has signed out. */
  readonly isLasting: boolean;
}

/** Says what a scope allows. A native scope and one that only the tenant knows are described by their names. */
export function describeScope(name: string, aliases: Pick<ScopeAliases, 'find'>): DescribedScope {
  const description = STANDARD_SCOPES.get(name) ?? aliases.find(name)?.description ?? name;
  return { name, description, isLasting: name === LASTING_SCOPE };
}
