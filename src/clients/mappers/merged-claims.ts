import type { ProtocolMapper } from '../client.entity.ts';
import { buildMappedClaims, type ClaimFacts, isFor, type MappedClaims } from './mapped-claims.ts';

type Claims = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The claims of a token with those of mappers: objects are joined, every other value is that of the mapper. */
export function mergeClaims(claims: Claims, mapped: Claims): Claims {
  const entries = Object.entries(mapped).map(([name, value]) => {
    const before = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return [name, isObject(before) && isObject(value) ? mergeClaims(before, value) : value] as const;
  });
  return { ...claims, ...Object.fromEntries(entries) };
}

/** The claims without the members that others have, and without objects that nothing is left of. */
function omitClaims(claims: Claims, others: Claims): Claims {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => {
      if (!Object.hasOwn(others, name)) return [[name, value]];
      const other = others[name];
      const rest = isObject(value) && isObject(other) ? omitClaims(value, other) : {};
      return Object.keys(rest).length === 0 ? [] : [[name, rest]];
    }),
  );
}

const isShownOtherwise = ({ config }: ProtocolMapper): boolean =>
  isFor('accessToken', config) !== isFor('introspection', config);

/** Whether introspection shows other claims of mappers than access tokens have. */
export const differAtIntrospection = (mappers: readonly ProtocolMapper[]): boolean => mappers.some(isShownOtherwise);

/**
 * The claims of an access token as introspection shows them: without those of mappers that write access tokens alone, and with
 * those of mappers for introspection.
 * @param audience The audience of the token.
 */
export function toIntrospected(
  { claims, audience }: MappedClaims,
  mappers: readonly ProtocolMapper[],
  facts: ClaimFacts,
): MappedClaims {
  const hidden = buildMappedClaims(mappers.filter(isShownOtherwise), facts, 'accessToken');
  const shown = buildMappedClaims(mappers, facts, 'introspection');
  const kept = audience.filter((name) => !hidden.audience.includes(name));
  return {
    claims: mergeClaims(omitClaims(claims, hidden.claims), shown.claims),
    audience: [...new Set([...kept, ...shown.audience])],
  };
}
