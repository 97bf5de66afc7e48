import { z } from 'zod';
import { lookup, present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { BAD_REQUEST, MODEL_UNKNOWN, NOT_FOUND, PAGE_TOO_LARGE, refusedNaming } from '../errors.ts';
import {
  KINDS,
  PROVIDER_SHOWN,
  SENT_PROVIDER,
  showDiscovered,
  showProvider,
  toNewProvider,
  toProviderChange,
} from '../identity-provider.ts';
import {
  CreateProvider,
  DeleteProvider,
  DiscoverProvider,
  FindProvider,
  IdentityProvider,
  IdentityProviders,
  ProviderKind,
  ProviderMapper,
  ProviderMappers,
  ProviderMapperTypes,
  ReloadProvider,
  UpdateProvider,
} from '../operations.generated.ts';
import { cutPage, toWholeWindow, WHOLE_PAGE_PARAMETERS } from '../paging.ts';

const SPEC = '4.19';
const BASE = '/identity-provider';
const INSTANCES = `${BASE}/instances`;
const INSTANCE = `${INSTANCES}/{alias}`;
const ALIAS = z.object({ alias: z.string().max(255).describe('Name of the provider.') });
type OfAlias = { readonly params: z.output<typeof ALIAS> };

/** A body that cannot be used; if the graph refuses a value in it, the answer says why. */
const UNUSABLE = { status: 400, envelope: 'body', error: 'Invalid identity provider' };
/** A provider that cannot be; the answer says why. */
const REFUSED = { ...UNUSABLE, envelope: 'message' };

/** The provider in the path, with its settings. */
const provider = lookup({
  operation: IdentityProvider,
  toVariables: ({ params }: OfAlias) => ({ name: params.alias }),
  from: ({ federationProviders }) => federationProviders?.nodes[0] ?? null,
});

/** The id of the provider in the path. */
const providerId = lookup({
  operation: FindProvider,
  toVariables: ({ params }: OfAlias) => ({ name: params.alias }),
  from: ({ federationProviders }) => federationProviders?.nodes[0]?.id ?? null,
});

/** The first of the providers that a document found. @throws NOT_FOUND */
const firstOf = <T>({ nodes }: { readonly nodes: readonly (T | null)[] }): T => present(nodes[0] ?? null);

const reading = {
  method: 'GET' as const,
  spec: SPEC,
  callers: callersWith('federation-provider:read'),
};

const LIST_PARAMETERS = z.object({
  ...WHOLE_PAGE_PARAMETERS,
  search: z.string().optional().describe('A text in the name.'),
});

/** The page of the graph: the one that is asked for; all providers, of which there are at most 200, to find a text in. */
function toPage({ search, ...page }: z.output<typeof LIST_PARAMETERS>) {
  const { first, after } = toWholeWindow(search ? {} : page);
  return { first, after };
}

const LIST = route({
  ...reading,
  path: INSTANCES,
  summary: 'The identity providers, by name',
  operation: IdentityProviders,
  input: { query: LIST_PARAMETERS },
  toVariables: ({ query }) => toPage(query),
  reply: {
    status: 200,
    schema: z.array(PROVIDER_SHOWN),
    from: ({ federationProviders }, { query }) => {
      const read = presentItems(federationProviders.nodes);
      if (!query.search) return read.map(showProvider);
      const wanted = query.search.toLowerCase();
      const found = read.filter(({ name }) => name.toLowerCase().includes(wanted));
      return cutPage(found, query).map(showProvider);
    },
  },
  errors: { INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } } },
});

const GET = route({
  ...reading,
  path: INSTANCE,
  summary: 'An identity provider; its secret is never shown',
  operation: IdentityProvider,
  input: { params: ALIAS },
  toVariables: ({ params }) => ({ name: params.alias }),
  reply: {
    status: 200,
    schema: PROVIDER_SHOWN,
    from: ({ federationProviders }) => showProvider(firstOf(federationProviders)),
  },
  errors: { NOT_FOUND },
});

const changing = { spec: SPEC, callers: callersWith('federation-provider:write') };

const CREATE = route({
  ...changing,
  method: 'POST',
  path: INSTANCES,
  summary: 'Makes an identity provider; its address is in `Location`',
  operation: CreateProvider,
  input: { body: SENT_PROVIDER },
  toVariables: ({ body }) => toNewProvider(body),
  reply: {
    status: 201,
    headers: (_data, { baseUrl, body }) => ({
      Location: `${baseUrl}${INSTANCES}/${encodeURIComponent(body.alias ?? '')}`,
    }),
  },
  errors: {
    INVALID_INPUT: UNUSABLE,
    FEDERATION_PROVIDER_INVALID: REFUSED,
    FEDERATION_PROVIDER_LIMIT: REFUSED,
    FEDERATION_PROVIDER_NAME_TAKEN: refusedNaming(409, (name) => `Identity Provider ${name} already exists`),
  },
});

const UPDATE = route({
  ...changing,
  method: 'PUT',
  path: INSTANCE,
  summary: 'Changes an identity provider; what is not sent stays, its name and kind always',
  operation: UpdateProvider,
  input: { params: ALIAS, body: SENT_PROVIDER },
  lookups: { provider },
  toVariables: ({ body }, found) => ({ providerId: found.provider.id, ...toProviderChange(body, found.provider) }),
  reply: { status: 204 },
  errors: {
    INVALID_INPUT: UNUSABLE,
    FEDERATION_PROVIDER_INVALID: REFUSED,
    FEDERATION_PROVIDER_HAS_LINKS: REFUSED,
    FEDERATION_PROVIDER_NOT_FOUND: NOT_FOUND,
  },
});

const DELETE = route({
  ...changing,
  method: 'DELETE',
  path: INSTANCE,
  summary: 'Deletes an identity provider with all links to it',
  operation: DeleteProvider,
  input: { params: ALIAS },
  lookups: { providerId },
  toVariables: (_request, found) => ({ providerId: found.providerId }),
  reply: { status: 204 },
  errors: { FEDERATION_PROVIDER_NOT_FOUND: NOT_FOUND },
});

const RELOAD = route({
  ...changing,
  method: 'GET',
  path: `${INSTANCE}/reload-keys`,
  summary: 'Reads the metadata and the keys of an identity provider again',
  operation: ReloadProvider,
  input: { params: ALIAS },
  lookups: { providerId },
  toVariables: (_request, found) => ({ providerId: found.providerId }),
  reply: {
    status: 200,
    schema: z.boolean().describe('Whether the provider has an issuer, and answered.'),
    from: ({ reloadFederationProvider }) => reloadFederationProvider.isReloaded,
  },
  errors: { FEDERATION_PROVIDER_NOT_FOUND: NOT_FOUND },
});

const IMPORT = route({
  ...changing,
  method: 'POST',
  path: `${BASE}/import-config`,
  summary: 'What an issuer says about itself, as settings; nothing is stored',
  operation: DiscoverProvider,
  input: {
    body: z.object({
      providerId: z.string().nullable().optional(),
      fromUrl: z.string().describe('The issuer, or the address of its metadata.'),
    }),
  },
  toVariables: ({ body }) => ({ issuer: body.fromUrl }),
  reply: { status: 200, schema: z.record(z.string(), z.string()), from: showDiscovered },
  errors: { INVALID_INPUT: UNUSABLE, FEDERATION_PROVIDER_UNREACHABLE: BAD_REQUEST },
});

const KIND = route({
  ...reading,
  path: `${BASE}/providers/{providerId}`,
  summary: 'A kind of identity providers',
  operation: ProviderKind,
  input: { params: z.object({ providerId: z.string().max(255).describe('`oidc`, `keycloak-oidc` or `oauth2`.') }) },
  toVariables: () => ({ first: 1 }),
  reply: {
    status: 200,
    schema: z.strictObject({
      name: z.string(),
      id: z.string(),
      configProperties: z.array(z.unknown()).describe('Always empty.'),
      helpText: z.string(),
      configMetadata: z.array(z.unknown()).describe('Always empty.'),
    }),
    from: (_data, { params: { providerId: id } }) => ({
      name: present(Object.hasOwn(KINDS, id) ? KINDS[id]! : null),
      id,
      configProperties: [],
      helpText: '',
      configMetadata: [],
    }),
  },
  errors: { NOT_FOUND: BAD_REQUEST },
});

const MAPPERS = route({
  ...reading,
  path: `${INSTANCE}/mappers`,
  summary: 'The mappers of an identity provider, of which it has none',
  operation: ProviderMappers,
  input: { params: ALIAS },
  toVariables: ({ params }) => ({ name: params.alias }),
  reply: {
    status: 200,
    schema: z.array(z.unknown()).describe('Always empty.'),
    from: ({ federationProviders }) => {
      firstOf(federationProviders);
      return [];
    },
  },
  errors: { NOT_FOUND },
});

const MAPPER = route({
  ...reading,
  path: `${INSTANCE}/mappers/{id}`,
  summary: 'A mapper of an identity provider, of which it has none',
  operation: ProviderMapper,
  input: { params: ALIAS.extend({ id: z.string().max(255) }) },
  lookups: { providerId },
  toVariables: ({ params }) => ({ name: params.alias }),
  reply: { status: 200, schema: z.strictObject({}), from: () => present<null>(null) },
  errors: { NOT_FOUND: MODEL_UNKNOWN },
  missing: { providerId: NOT_FOUND },
});

const MAPPER_TYPES = route({
  ...reading,
  path: `${INSTANCE}/mapper-types`,
  summary: 'The kinds of mappers of an identity provider, of which there are none',
  operation: ProviderMapperTypes,
  input: { params: ALIAS },
  toVariables: ({ params }) => ({ name: params.alias }),
  reply: {
    status: 200,
    schema: z.strictObject({}).describe('Always empty.'),
    from: ({ federationProviders }) => {
      firstOf(federationProviders);
      return {};
    },
  },
  errors: { NOT_FOUND },
});

/** Identity providers: docs/dialects/kobil.md, section 4.19. */
export const IDENTITY_PROVIDER_ROUTES: readonly Route[] = [
  LIST,
  CREATE,
  GET,
  UPDATE,
  DELETE,
  RELOAD,
  IMPORT,
  KIND,
  MAPPERS,
  MAPPER,
  MAPPER_TYPES,
];
