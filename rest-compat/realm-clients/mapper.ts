/** Mappers of clients as Keycloak and the service built on it send and show them. */
import { z } from 'zod';

/** The protocol of every client, scope and mapper. */
export const PROTOCOL = 'openid-connect';

/** Texts by name as they are sent; null counts as absent. */
export const SENT_TEXTS = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable())
  .nullable()
  .optional();

/** The types of mappers that there are. Which of them act is decided elsewhere (docs/data-model.md). */
const TYPES: ReadonlySet<string> = new Set([
  'oidc-acr-mapper',
  'oidc-address-mapper',
  'oidc-allowed-origins-mapper',
  'oidc-amr-mapper',
  'oidc-audience-mapper',
  'oidc-audience-resolve-mapper',
  'oidc-claims-param-token-mapper',
  'oidc-claims-param-value-idtoken-mapper',
  'oidc-full-name-mapper',
  'oidc-group-membership-mapper',
  'oidc-hardcoded-claim-mapper',
  'oidc-hardcoded-role-mapper',
  'oidc-nonce-backwards-compatible-mapper',
  'oidc-organization-membership-mapper',
  'oidc-role-name-mapper',
  'oidc-session-state-mapper',
  'oidc-sha256-pairwise-sub-mapper',
  'oidc-sub-mapper',
  'oidc-usermodel-attribute-mapper',
  'oidc-usermodel-client-role-mapper',
  'oidc-usermodel-property-mapper',
  'oidc-usermodel-realm-role-mapper',
  'oidc-usersessionmodel-note-mapper',
]);

/** Whether there is a type of mappers. */
export const isMapperType = (type: string): boolean => TYPES.has(type);

/** Texts by name as the graph takes them. */
export const toTexts = (sent: NonNullable<z.output<typeof SENT_TEXTS>>): Record<string, string> =>
  Object.fromEntries(Object.entries(sent).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));

/** A mapper that the service can keep, among others of which it knows no more than that they are objects. */
const KNOWN_MAPPER = z.object({
  name: z.string(),
  protocol: z.literal(PROTOCOL).nullable().optional(),
  protocolMapper: z.string().refine(isMapperType),
  config: SENT_TEXTS,
});

type AnyMapper = Readonly<Record<string, unknown>>;

/** The mappers that the graph takes, and the others as they were sent, which have no effect. */
export function divideMappers(sent: readonly AnyMapper[]) {
  const read = sent.map((mapper) => ({ mapper, known: KNOWN_MAPPER.safeParse(mapper).data }));
  return {
    mappers: read.flatMap(({ known }) =>
      known === undefined
        ? []
        : [{ name: known.name, type: known.protocolMapper, config: toTexts(known.config ?? {}) }],
    ),
    others: read.flatMap(({ mapper, known }) => (known === undefined ? [mapper] : [])),
  };
}
