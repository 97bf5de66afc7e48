import { z } from 'zod';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { plainRow, present, type Route } from '../../engine/index.ts';
import { listResponse, resourceType, resourceTypes, schemaNamed, schemas, serviceProviderConfig } from './discovery.ts';
import { FORBIDDEN } from './errors.ts';
import { LIST, RESOURCE } from './shapes.ts';

const CALLERS = { public: true } as const;

const UNFILTERED = z.object({ filter: z.string().optional().describe('Refused: these lists are whole.') });

/** A list that is always whole. @throws FORBIDDEN The request filters it (RFC 7644 section 4). */
function wholeList(resources: readonly object[], { filter }: z.output<typeof UNFILTERED>) {
  if (filter !== undefined) throw kernelErrors.FORBIDDEN();
  return listResponse(resources.length, 1, resources) as unknown as z.input<typeof LIST>;
}

const CONFIG = plainRow({
  method: 'GET',
  path: '/ServiceProviderConfig',
  name: 'ScimServiceProviderConfig',
  spec: 'section 9 (SCIM-1)',
  summary: 'What of SCIM the service supports',
  callers: CALLERS,
  reply: {
    status: 200,
    schema: RESOURCE,
    from: (_, { baseUrl, publicUrl }) => serviceProviderConfig(baseUrl, `${publicUrl}/docs/secrets-vault`),
  },
});

const SCHEMAS = plainRow({
  method: 'GET',
  path: '/Schemas',
  name: 'ScimSchemas',
  spec: 'section 9 (SCIM-2)',
  summary: 'The schemas of users and groups',
  callers: CALLERS,
  input: { query: UNFILTERED },
  reply: { status: 200, schema: LIST, from: (_, { baseUrl, query }) => wholeList(schemas(baseUrl), query) },
  errors: { FORBIDDEN },
});

const SCHEMA = plainRow({
  method: 'GET',
  path: '/Schemas/{schema_uri}',
  name: 'ScimSchema',
  spec: 'section 9 (SCIM-5)',
  summary: 'A schema',
  callers: CALLERS,
  input: { params: z.object({ schema_uri: z.string().describe('Its URN; case does not count.') }) },
  reply: {
    status: 200,
    schema: RESOURCE,
    from: (_, { baseUrl, params }) => present(schemaNamed(baseUrl, params.schema_uri)),
  },
});

const TYPES = plainRow({
  method: 'GET',
  path: '/ResourceTypes',
  name: 'ScimResourceTypes',
  spec: 'section 9 (SCIM-3)',
  summary: 'The kinds of resources',
  callers: CALLERS,
  input: { query: UNFILTERED },
  reply: { status: 200, schema: LIST, from: (_, { baseUrl, query }) => wholeList(resourceTypes(baseUrl), query) },
  errors: { FORBIDDEN },
});

const TYPE = plainRow({
  method: 'GET',
  path: '/ResourceTypes/{resource_type_id}',
  name: 'ScimResourceType',
  spec: 'section 9 (SCIM-4)',
  summary: 'A kind of resources',
  callers: CALLERS,
  input: { params: z.object({ resource_type_id: z.string().describe('`User` or `Group`.') }) },
  reply: {
    status: 200,
    schema: RESOURCE,
    from: (_, { baseUrl, params }) => present(resourceType(baseUrl, params.resource_type_id)),
  },
});

/** What clients ask before everything else (RFC 7644 section 4); no credential is needed. */
export const DISCOVERY_ROWS: readonly Route[] = [CONFIG, SCHEMAS, TYPES, TYPE, SCHEMA];
