import type { AttributeDefinition, AttributeValidator } from '../../src/tenants/index.ts';

/** A definition of an attribute with only these validators. */
export const attributeRulesOf = (name: string, ...validators: AttributeValidator[]): AttributeDefinition => ({
  name,
  isList: false,
  isUnmodifiable: false,
  validators,
});
