import type { GraphQLSchema } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AS_ITS_KIND, assertRawForms, type Dialect, openApiOf, type Route } from '../../../rest-compat/engine/index.ts';
import { Owners } from '../../../rest-compat/engine/owners.ts';
import { Jwks } from '../../../rest-compat/oidc/operations.generated.ts';
import { testGraph } from '../../support/world.ts';
import { RENAME_TENANT, SHOW_TENANT, tinyDialect } from './dialect.ts';

describe('the start of the translation layer', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await testGraph();
  });
  const start = (dialect: Dialect) => () => new Owners([dialect], schema);
  const withRoute = (row: Partial<Route>) => tinyDialect({}, [{ ...SHOW_TENANT, ...row }]);
  const withErrors = (over: Partial<Dialect['errors']>) =>
    tinyDialect({ errors: { ...tinyDialect().errors, ...over } });

  it('fails when a document does not match the schema, or has another name', () => {
    const withText = (text: string) => start(withRoute({ operation: { name: 'Odd', text, hash: '', errors: [] } }));
    expect(withText('query Odd($tenant: String!) { tenant(tenant: $tenant) { colour } }')).toThrow(
      /document Odd: Cannot query field "colour"/,
    );
    expect(withText('query Even { tenant { name } }')).toThrow('document Odd: It holds no operation of this name.');
  });

  it('fails when two rows share a method and a path, whatever the names of their parameters', () => {
    const twin = { ...SHOW_TENANT, path: '/tenants/{other}/self' };
    expect(start(tinyDialect({}, [SHOW_TENANT, twin]))).toThrow(/share the path/);
  });

  it('fails when an error table does not match its rows, and names every fault', () => {
    const { codes } = tinyDialect().errors;
    const odd = withErrors({ codes: { ...codes, TOKEN_INVALID: AS_ITS_KIND, SCOPE_INVALID: AS_ITS_KIND } });
    expect(start(odd)).toThrow(
      [
        'The translation layer cannot start:',
        'tiny errors: the table has a line for TOKEN_INVALID, which no operation of its rows gives.',
        'tiny errors: the table has a line for SCOPE_INVALID, which no operation of its rows gives.',
      ].join('\n'),
    );
  });

  describe('of a document that acts on one kind of issuer', () => {
    const keysAt = (text: string, mount: { readonly issuerKind?: 'SUITE' }) => {
      const row = { ...SHOW_TENANT, operation: { name: 'Jwks', text, hash: '', errors: [] } };
      return start(tinyDialect({ mounts: [{ prefix: '/tiny', routes: [row], ...mount }] }));
    };

    it('fails where it declares $issuerKind and the mount has none', () => {
      expect(keysAt(Jwks.text, { issuerKind: 'SUITE' })).not.toThrow();
      expect(keysAt(Jwks.text, {})).toThrow(
        'tiny GET /tiny/tenants/{id}/self: the document Jwks declares $issuerKind, and the mount has no issuer kind.',
      );
    });

    it('fails where it does not declare $issuerKind, because it would act on the native issuer', () => {
      for (const text of [
        'query Jwks($tenant: String!) { jwks(tenant: $tenant) }',
        'query Jwks($tenant: String!) { jwks(tenant: $tenant, issuerKind: SUITE) }',
        'mutation Jwks($tenant: String!) { issueTokens(input: { tenant: $tenant, parameters: [] }) { scope } }',
      ])
        expect(keysAt(text, { issuerKind: 'SUITE' })).toThrow(
          'tiny document Jwks: It does not declare $issuerKind, which its operation takes.',
        );
    });
  });

  it('prefers the longer prefix', () => {
    const owners = new Owners([tinyDialect()], schema);
    expect(owners.find(['t', 'acme', 'tiny', 'x'])?.prefix.shape).toEqual(['t', null, 'tiny']);
    expect(owners.find(['t', 'acme', 'other'])?.prefix.shape).toEqual(['t', null]);
    expect(owners.find(['t'])).toBeNull();
    expect(owners.firstSegments().sort()).toEqual(['t', 'tiny']);
  });
});

describe('the API description', () => {
  it('is not made, and the service does not start, if the form that a row passes on raw has no description', () => {
    const row: Route = { ...SHOW_TENANT, method: 'POST', input: { form: 'raw' } };
    const dialect = tinyDialect({}, [row]);
    const make = () => openApiOf(dialect, { publicUrl: 'https://id.example.com', defaultTenant: 'master' });
    expect(make).toThrow('The raw parameters of ShowTenant have no description.');
    const mounts = [{ prefix: '/tiny', routes: [row], issuerKind: 'SUITE' }] as const;
    expect(() => assertRawForms([tinyDialect({ mounts })], {})).toThrow(
      'tiny POST /tiny/tenants/{id}/self: its raw parameters have no description.',
    );
    expect(() => assertRawForms([dialect], { ShowTenant: () => z.object({}) })).toThrow('have no description.');
    expect(() => assertRawForms([tinyDialect({ mounts })], { ShowTenant: () => z.object({}) })).not.toThrow();
  });

  it('lists the parameters of a raw query, by the kind of issuer', () => {
    const row: Route = { ...SHOW_TENANT, input: { query: 'raw' } };
    const mounts = [{ prefix: '/tiny', routes: [row], issuerKind: 'SUITE' }] as const;
    const dialect = tinyDialect({ mounts }, [row]);
    const options = { publicUrl: 'https://id.example.com', defaultTenant: 'master' };
    expect(() => openApiOf(dialect, options)).toThrow('The raw parameters of ShowTenant have no description.');
    expect(() => assertRawForms([dialect], {})).toThrow(
      'tiny GET /tiny/tenants/{id}/self: its raw parameters have no description.',
    );
    const rawForms = { ShowTenant: () => z.object({ scope: z.string(), state: z.string().optional().describe('S.') }) };
    const api = openApiOf(dialect, { ...options, rawForms }) as { paths: Record<string, { get: object }> };
    expect(api.paths['/tiny/tenants/{id}/self']!.get).toMatchObject({
      parameters: [
        { name: 'id', in: 'path' },
        { name: 'scope', in: 'query', required: true, schema: { type: 'string' } },
        { name: 'state', in: 'query', required: false, description: 'S.' },
      ],
    });
  });

  it('shows the redirect, the page and the error pages of a row for browsers', () => {
    const reply = { status: 303, as: 'browser', from: () => ({ redirectTo: '/' }) } as const;
    const row: Route = { ...SHOW_TENANT, callers: { browser: true }, faults: 'page', reply };
    const answersOf = (one: Route) => {
      const options = { publicUrl: 'https://id.example.com', defaultTenant: 'master' };
      const api = openApiOf(tinyDialect({}, [one]), options) as {
        paths: Record<string, { get: { responses: Record<string, { content?: object; headers?: object }> } }>;
      };
      return api.paths['/t/{tenant}/tiny/tenants/{id}/self']!.get.responses;
    };
    const answers = answersOf(row);
    expect(answers['303']).toMatchObject({ headers: { Location: {} } });
    expect(answers['200']).toMatchObject({ content: { 'text/html': {} } });
    expect(Object.keys(answers['404']!.content!)).toEqual(['application/json', 'text/html']);
    expect(Object.keys(answers['409']!.content!)).toEqual(['application/json', 'text/html']);
    expect(Object.keys(answersOf({ ...row, faults: undefined } as unknown as Route)['404']!.content!)).toEqual([
      'application/json',
    ]);
  });

  it('is made from the rows', async () => {
    const api = openApiOf(tinyDialect(), { publicUrl: 'https://id.example.com', defaultTenant: 'master' }) as {
      openapi: string;
      paths: Record<string, Record<string, Record<string, unknown>>>;
    };
    expect(api.openapi).toBe('3.1.0');
    expect(Object.keys(api.paths)).toEqual(['/t/{tenant}/tiny/tenants/{id}/self', '/t/{tenant}/tiny/tenants/self']);
    const show = api.paths['/t/{tenant}/tiny/tenants/{id}/self']!['get']!;
    expect(show).toMatchObject({
      'x-spec': 'Tiny 1',
      'x-graphql': { operation: 'ShowTenant' },
      security: [{ applicationToken: ['tenant:read'] }],
      parameters: [
        { name: 'tenant', in: 'path', required: true },
        { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^[a-z/ ]+$' } },
        { name: 'limit', in: 'query', required: false },
      ],
      responses: {
        200: { content: { 'application/json': { schema: { required: ['title', 'isOn'] } } } },
        401: {},
        403: {},
      },
    });
    // No code that a row over ShowTenant can give is of the kind `refused`.
    expect(show).not.toHaveProperty('responses.422');
    const rename = api.paths['/t/{tenant}/tiny/tenants/self']!['post']!;
    expect(rename).toMatchObject({
      requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
      responses: { 204: {}, 409: { description: 'Refused: protected.' }, 415: {} },
    });
    expect(RENAME_TENANT.path).toBe('/tenants/self');
  });
});
