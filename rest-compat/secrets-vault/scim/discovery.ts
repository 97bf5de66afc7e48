import { type Attribute, isSameName, type ResourceKind } from './attribute.ts';
import { GROUP_KIND } from './group-schema.ts';
import { USER_KIND } from './user-schema.ts';

/** Most resources of a page of a list. */
const MAX_RESULTS = 100;

const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const SCHEMA_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
const TYPE_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const CONFIG_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

const KINDS: readonly ResourceKind[] = [USER_KIND, GROUP_KIND];
const NOT_SUPPORTED = { supported: false };

/** A part of a list (RFC 7644 section 3.4.2). Without `Resources` the total alone was asked for. */
export const listResponse = (totalResults: number, startIndex: number, resources: readonly object[] | null) => ({
  schemas: [LIST_SCHEMA],
  totalResults,
  startIndex,
  itemsPerPage: resources?.length ?? 0,
  ...(resources === null ? {} : { Resources: resources }),
});

/** What the service supports (RFC 7643 section 5). @param base Address of the service provider, without a slash at the end. */
export const serviceProviderConfig = (base: string, documentationUri: string) => ({
  schemas: [CONFIG_SCHEMA],
  documentationUri,
  patch: { supported: true },
  bulk: { ...NOT_SUPPORTED, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MAX_RESULTS },
  changePassword: NOT_SUPPORTED,
  sort: NOT_SUPPORTED,
  etag: NOT_SUPPORTED,
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'API key',
      description: 'An API key of a user as a bearer token (RFC 6750).',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
});

/** The kinds of resources (RFC 7643 section 6). */
export const resourceTypes = (base: string) => KINDS.map((kind) => resourceTypeOf(base, kind));

/** A kind of resource by its name. */
export const resourceType = (base: string, name: string) =>
  resourceTypes(base).find((each) => isSameName(each.id, name)) ?? null;

const resourceTypeOf = (base: string, { name, description, schema, extensions }: ResourceKind) => ({
  schemas: [TYPE_SCHEMA],
  id: name,
  name,
  endpoint: `/${name}s`,
  description,
  schema,
  schemaExtensions: extensions.map((each) => ({ schema: each.schema, required: false })),
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
});

/** The schemas of all resources (RFC 7643 section 7). */
export const schemas = (base: string) =>
  KINDS.flatMap((kind) => [kind, ...kind.extensions]).map(({ schema, name, description, attributes }) => ({
    schemas: [SCHEMA_SCHEMA],
    id: schema,
    name,
    description,
    attributes: attributes.map(shown),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema}` },
  }));

/** A schema by its URN. */
export const schemaNamed = (base: string, urn: string) => schemas(base).find(({ id }) => isSameName(id, urn)) ?? null;

/** An attribute with the members that RFC 7643 section 7 lists; case and uniqueness are said of texts alone. */
function shown({ caseExact, uniqueness, subAttributes, ...rest }: Attribute): object {
  const isText = rest.type === 'string' || rest.type === 'reference';
  return {
    ...rest,
    ...(isText ? { caseExact, uniqueness } : {}),
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(shown) }),
  };
}
