import { Validator } from '@seriousme/openapi-schema-validator';
import type { Context } from 'koa';
import { describe, expect, it } from 'vitest';
import { pathsOf, type Route } from '../../rest-compat/engine/index.ts';
import { DIALECTS } from '../../rest-compat/index.ts';
import { kernelErrors } from '../../src/kernel/index.ts';
import { sendError } from '../../src/server/http/http-errors.ts';
import {
  AnswerChecker,
  type Content,
  DESCRIBED_AT,
  describeApi,
  operationsOf,
  type PlacedOperation,
  SchemaChecker,
} from '../support/api-description.ts';

const nameOf = ({ method, path }: PlacedOperation): string => `${method} ${path}`;

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('the description of %s', (_, dialect) => {
  const api = describeApi(dialect);
  const operations = operationsOf(api);
  const checker = new SchemaChecker(api);

  it('is an OpenAPI 3.1 document', async () => {
    expect(api.openapi).toMatch(/^3\.1\.\d$/);
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(api)));
    expect([valid, errors]).toEqual([true, undefined]);
  });

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives each operation one of its tags, and has no other tags', () => {
    const tags = api.tags.map(({ name }) => name);
    const used = operations.map((placed) => [nameOf(placed), placed.operation.tags ?? []] as const);
    expect(used.filter(([, own]) => own.length !== 1)).toEqual([]);
    expect([...new Set(used.flatMap(([, own]) => own))].sort()).toEqual(tags.toSorted());
    for (const { description } of api.tags) expect(description).toMatch(/\.$/);
  });

  it('names token endpoints by absolute URLs, each of which is served', () => {
    const flows = Object.values(api.components.securitySchemes).flatMap((scheme) => Object.values(scheme.flows ?? {}));
    expect(flows).not.toEqual([]);
    const served = DIALECTS.flatMap((each) => operationsOf(describeApi(each)).map(nameOf));
    for (const { tokenUrl } of flows) {
      expect(tokenUrl).toBe(`${DESCRIBED_AT.publicUrl}/t/master/oauth/token`);
      expect(served).toContain('POST /t/{tenant}/oauth/token');
    }
  });

  describe.each(operations.map((placed) => [nameOf(placed), placed] as const))('%s', (__, { operation }) => {
    const { parameters, requestBody, responses } = operation;
    const bodies: [string, string, Content][] = [
      ['request', requestBody?.content ?? {}] as const,
      ...Object.entries(responses).map(([status, { content = {} }]) => [status, content] as const),
    ].flatMap(([where, content]) =>
      Object.entries(content).map(([type, one]): [string, string, Content] => [where, type, one]),
    );

    it('has valid samples of required parameters and of each JSON or form body', () => {
      for (const { name, required, schema, example } of parameters) {
        if (required) expect(example, name).toBeDefined();
        if (example !== undefined) expect([name, checker.faultsOf(schema, example)]).toEqual([name, null]);
      }
      for (const [where, type, { schema, example, examples = {} }] of bodies) {
        const samples = [
          ...(example === undefined ? [] : [example]),
          ...Object.values(examples).map(({ value }) => value),
        ];
        if (type !== 'text/html') expect(samples, `${where} ${type}`).not.toEqual([]);
        for (const sample of samples) expect([where, checker.faultsOf(schema, sample)]).toEqual([where, null]);
      }
    });

    it('covers the answer of the node itself while it starts', () => {
      const ctx = { set: () => undefined } as unknown as Context;
      sendError(ctx, kernelErrors.SERVICE_UNAVAILABLE());
      const { schema } = responses[ctx.status]!.content!['application/json']!;
      expect(checker.faultsOf(schema, ctx.body)).toBeNull();
    });

    it('describes refusals: each status with the form of its body, and Retry-After', () => {
      const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      for (const status of ['400', '404', '429', '500', '503']) expect(Object.keys(responses)).toContain(status);
      // 405 and 415 may be empty; every other refusal has a body.
      const bodiless = refusals.filter(([, { content }]) => content === undefined).map(([status]) => status);
      expect(bodiless.filter((status) => status !== '415')).toEqual([]);
      expect(responses['401']?.headers ?? { 'WWW-Authenticate': {} }).toHaveProperty('WWW-Authenticate');
      for (const status of ['429', '503']) expect(responses[status]!.headers).toHaveProperty('Retry-After');
    });
  });
});

describe('the form of a token row', () => {
  const formOf = (dialect: string, path: string) => {
    const api = describeApi(DIALECTS.find(({ name }) => name === dialect)!);
    const { content } = api.paths[path]!['post']!.requestBody!;
    return content['application/x-www-form-urlencoded']!.schema as { properties: object; required: string[] };
  };

  const CODE = ['grant_type', 'code', 'redirect_uri', 'code_verifier'];
  const UMA = ['audience', 'permission', 'response_mode', 'subject_token'];
  it.each([
    ['oidc', '/t/{tenant}/oauth/token', [...CODE, 'scope', 'username', 'password', 'totp', 'refresh_token']],
    [
      'kobil',
      '/realms/{tenant}/protocol/openid-connect/token',
      [...CODE, 'client_session_state', 'scope', 'username', 'password', 'totp', 'refresh_token', ...UMA],
    ],
    ['blitz', '/blitz/oauth/te', [...CODE, 'scope', 'refresh_token']],
  ])('lists for %s exactly what its grants and the authentication of clients read', (dialect, path, names) => {
    const { properties, required } = formOf(dialect, path);
    expect(Object.keys(properties)).toEqual([...names, 'client_id', 'client_secret']);
    expect(required).toEqual(['grant_type']);
  });
});

describe('an answer', () => {
  const checker = new AnswerChecker(DIALECTS);
  const answer = (status: number, json: unknown) => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    return { status, headers, text: JSON.stringify(json), json };
  };
  const departure = (status: number, json: unknown, path = '/t/acme/blitz/api/v3/users/x/auth') =>
    checker.departureOf('GET', path, answer(status, json));
  const modes = { needPasswordChange: false, methodsLocked: [] };

  it('differs from its description by an undescribed status, form or member', () => {
    expect(departure(200, modes)).toBeNull();
    expect(departure(404, { type: 'process_error', error: 'no_subject_found', desc: 'Nobody.' })).toBeNull();
    expect(departure(418, {})).toContain('the status is not described');
    expect(departure(200, { ...modes, needPasswordChange: 'no' })).toContain('needPasswordChange must be boolean');
    expect(departure(200, { ...modes, more: 1 })).toContain('additional properties');
    expect(departure(404, { error: 'not_found', error_description: 'OAuth has this form.' })).toContain('must');
  });

  it('of a path that no row has is not checked', () => {
    expect(departure(418, {}, '/blitz/nothing')).toBeNull();
  });
});

describe('the samples of a dialect', () => {
  const rows: [string, (typeof DIALECTS)[number], Route][] = DIALECTS.flatMap((dialect) =>
    [...new Set(dialect.mounts.flatMap(({ routes }) => routes))].map(
      (row): [string, (typeof DIALECTS)[number], Route] => [
        `${dialect.name}: ${row.method} ${pathsOf(row)[0]}`,
        dialect,
        row,
      ],
    ),
  );

  it.each(rows)('%s: match the shapes by which requests are parsed', (_, { samples }, row) => {
    const { parameters = {}, body } = samples.operations[row.operation.name] ?? {};
    const known: Readonly<Record<string, unknown>> = { ...samples.parameters, ...parameters };
    for (const place of ['params', 'query'] as const) {
      const shape = row.input?.[place];
      // Those of raw parameters are tried against their description above.
      if (shape === 'raw') continue;
      const given = Object.keys(shape?.shape ?? {}).flatMap((name) => (name in known ? [[name, known[name]]] : []));
      expect(shape?.safeParse(Object.fromEntries(given)).error?.issues ?? []).toEqual([]);
    }
    const shape = row.input?.body ?? row.input?.form;
    // The samples of a raw form are tried against its description above.
    if (body !== undefined && shape !== undefined && shape !== 'raw')
      expect(shape.safeParse(body).error?.issues ?? []).toEqual([]);
  });

  it('are each for an operation that some row runs', () => {
    for (const { samples, mounts } of DIALECTS) {
      const run = new Set(mounts.flatMap(({ routes }) => routes.map(({ operation }) => operation.name)));
      const idle = Object.keys(samples.operations).filter((name) => !run.has(name));
      // The OAuth endpoints of all dialects share their samples.
      expect(idle.filter((name) => name !== 'RevokeToken')).toEqual([]);
    }
  });
});
