/** Mappers of clients and of their scopes: which there are, and the claims that they put into tokens. */
export {
  ACTING_MAPPER_TYPES,
  buildMappedClaims,
  type ClaimFacts,
  type ClaimTarget,
  hasEffect,
  type MappedAccount,
  type MappedClaims,
  readsRoles,
} from './mapped-claims.ts';
export {
  type MapperChanges,
  type NewMapper,
  withAdded,
  withChanged,
  withoutMapper,
  withReplaced,
} from './mapper-input.ts';
export { differAtIntrospection, mergeClaims, toIntrospected } from './merged-claims.ts';
export { requireTexts, type Texts } from './texts.ts';
