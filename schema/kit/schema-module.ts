import type { NodeDefinition } from './node.ts';

/**
 * What a module adds to the graph. Its `module.ts` exports one of these, `schema/modules.ts` lists them, and nothing else names
 * the module. Loaders are not part of it: those who load import them from the `<noun>.loader.ts` of the module.
 */
export interface SchemaModule {
  /** Classes with the root fields of the module, and with the fields that it adds to types of earlier modules. */
  readonly resolvers: readonly (new () => object)[];
  /** Types that `node(id)` finds. Their tags are declared as members of `NodeTags`. */
  readonly nodes?: readonly NodeDefinition[];
}
