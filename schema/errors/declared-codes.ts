import { type FieldDefinitionNode, Kind } from 'graphql';

/** Reads the codes of `@errors` from a field's SDL node. */
export function declaredCodes(node: FieldDefinitionNode | null | undefined): string[] {
  const directive = node?.directives?.find(({ name }) => name.value === 'errors');
  const value = directive?.arguments?.find(({ name }) => name.value === 'codes')?.value;
  return value?.kind === Kind.LIST ? value.values.flatMap((code) => (code.kind === Kind.ENUM ? [code.value] : [])) : [];
}
