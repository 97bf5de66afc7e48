import { describe, expect, it } from 'vitest';
import {
  listResponse,
  resourceType,
  resourceTypes,
  schemaNamed,
  schemas,
  serviceProviderConfig,
} from '../../../../rest-compat/secrets-vault/scim/discovery.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';

const BASE = 'https://id.example/scim/v2/acme';

interface Shown {
  readonly name: string;
  readonly subAttributes?: readonly Shown[];
}

describe('discovery of SCIM (RFC 7644 section 4)', () => {
  it('says what is supported', () => {
    expect(serviceProviderConfig(BASE, 'https://docs.example')).toMatchObject({
      documentationUri: 'https://docs.example',
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 100 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: false },
      authenticationSchemes: [{ type: 'oauthbearertoken', primary: true }],
      meta: { resourceType: 'ServiceProviderConfig', location: `${BASE}/ServiceProviderConfig` },
    });
  });

  it('lists the kinds of resources, and finds one by its name', () => {
    expect(resourceTypes(BASE).map(({ endpoint }) => endpoint)).toEqual(['/Users', '/Groups']);
    expect(resourceType(BASE, 'user')).toMatchObject({
      id: 'User',
      schema: USER_KIND.schema,
      schemaExtensions: [{ schema: ENTERPRISE_SCHEMA, required: false }],
      meta: { location: `${BASE}/ResourceTypes/User` },
    });
    expect(resourceType(BASE, 'Robot')).toBeNull();
  });

  it('lists the schemas, and finds one by its URN', () => {
    expect(schemas(BASE).map(({ name }) => name)).toEqual(['User', 'EnterpriseUser', 'Group']);
    expect(schemaNamed(BASE, USER_KIND.schema.toUpperCase())?.id).toBe(USER_KIND.schema);
    expect(schemaNamed(BASE, 'urn:unknown')).toBeNull();
  });

  it('describes every attribute with the members of RFC 7643 section 7', () => {
    const all = schemas(BASE).flatMap(({ attributes }) => attributes as Shown[]);
    const flat = all.flatMap((each) => [each, ...(each.subAttributes ?? [])]);
    for (const attribute of flat)
      expect(Object.keys(attribute), attribute.name).toEqual(
        expect.arrayContaining(['name', 'type', 'multiValued', 'description', 'required', 'mutability', 'returned']),
      );
    expect(flat.find(({ name }) => name === 'userName')).toEqual({
      name: 'userName',
      type: 'string',
      multiValued: false,
      description: 'The name with which the user signs in.',
      required: true,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'server',
    });
    expect(flat.find(({ name }) => name === 'active')).not.toHaveProperty('caseExact');
  });

  it('answers lists, without resources where the total alone was asked for', () => {
    expect(listResponse(3, 2, [{ id: 'a' }])).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 3,
      startIndex: 2,
      itemsPerPage: 1,
      Resources: [{ id: 'a' }],
    });
    expect(listResponse(3, 1, [])).toMatchObject({ itemsPerPage: 0, Resources: [] });
    expect(listResponse(3, 1, null)).not.toHaveProperty('Resources');
  });
});
