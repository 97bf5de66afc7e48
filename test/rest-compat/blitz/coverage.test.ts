import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BLITZ } from '../../../rest-compat/blitz/index.ts';
import { BLITZ_SCOPES } from '../../../rest-compat/blitz/scopes.ts';
import { openApiOf } from '../../../rest-compat/engine/index.ts';
import { DESCRIBED_AT } from '../../support/api-description.ts';
import { NOT_SERVED, SERVED, SERVICES, type Service } from './services.ts';

/** Rows that are not in the manual: those of standards that clients may request, and where pages lead back to. */
const BESIDE = new Set([
  'GET /.well-known/oauth-authorization-server/blitz',
  'POST /blitz/oauth/ae',
  'GET /blitz/oauth/ae/{}',
  'POST /blitz/oauth/logout',
]);

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: object }>> };
  readonly responses: Readonly<Record<string, { description: string; content?: Record<string, { schema: object }> }>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-spec': string;
  readonly 'x-graphql': { readonly operation: string; readonly document: string };
}

/** A path without the names of its parameters, which differ in the manual. */
const shapeOf = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');
const keyOf = (method: string, path: string): string => `${method.toUpperCase()} ${shapeOf(path)}`;
const numberOf = ({ 'x-spec': spec }: Operation): number | null => Number(/\((\d+)\)$/.exec(spec)?.[1] ?? 0) || null;

describe('the documented services of Blitz', () => {
  const described = new Map<string, Operation>();
  beforeAll(async () => {
    const { paths } = openApiOf(BLITZ, DESCRIBED_AT) as {
      paths: Record<string, Record<string, Operation>>;
    };
    for (const [path, item] of Object.entries(paths))
      for (const [method, operation] of Object.entries(item)) described.set(keyOf(method, path), operation);
  });

  const operationsOf = ({ method, paths }: Service): Operation[] =>
    paths.map((path) => described.get(keyOf(method, path))!);
  const scopesOf = ({ security }: Operation, scheme: string): string[] => security.flatMap((way) => way[scheme] ?? []);

  it('are the 67 rows of the tables, of which 64 are served now', () => {
    expect(SERVICES.map(({ number }) => number)).toEqual([
      ...Array.from({ length: 57 }, (_, i) => i + 1),
      ...Array.from({ length: 10 }, (_, i) => i + 60),
    ]);
    expect(SERVED).toHaveLength(64);
  });

  it('are all served, under every path that the manual gives them', () => {
    const missing = SERVED.flatMap(({ number, method, paths }) =>
      paths.filter((path) => !described.has(keyOf(method, path))).map((path) => `${number}: ${method} ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('are the only rows, and each names its number', () => {
    const known = new Map(
      SERVICES.flatMap(({ number, method, paths }) => paths.map((path) => [keyOf(method, path), number] as const)),
    );
    const unknown = [...described].filter(([key, row]) => !BESIDE.has(key) && known.get(key) !== numberOf(row));
    expect(unknown.map(([key, row]) => `${key}: ${row['x-spec']}`)).toEqual([]);
  });

  it('are not on the list of missing services once they are served', () => {
    const numbers = new Set([...described.values()].map(numberOf));
    expect(NOT_SERVED.filter((number) => numbers.has(number))).toEqual([]);
  });

  it('leave out revocation, for which the manual has no service (row 70)', () => {
    expect([...described.keys()].filter((key) => key.includes('revoke'))).toEqual([]);
  });

  describe.each(SERVED.map((service) => [service.number, service] as const))('service %i', (number, service) => {
    it('describes its parameters, body, answers, scopes and the GraphQL operation behind it', () => {
      for (const row of operationsOf(service)) {
        expect(numberOf(row)).toBe(number);
        expect(row.summary).not.toBe('');
        expect(row['x-graphql'].document).toContain(row['x-graphql'].operation);
        expect(row.description).toContain(`\`${row['x-graphql'].operation}\``);
        const named = row.parameters.filter(({ in: place }) => place === 'path');
        expect(named).toHaveLength(service.paths[0]!.match(/\{/g)?.length ?? 0);
        for (const { schema, required } of named) expect([typeof schema, required]).toEqual(['object', true]);
        const types = Object.keys(row.requestBody?.content ?? {});
        const type = { json: ['application/json'], form: ['application/x-www-form-urlencoded'] };
        expect(types).toEqual(service.body === null ? [] : type[service.body]);
      }
    });

    it('answers with the documented status, and describes its body', () => {
      for (const { responses } of operationsOf(service)) {
        expect(Object.keys(responses)).toContain(String(service.status));
        const schemas = Object.values(responses[service.status]!.content ?? {}).map(({ schema }) => schema);
        expect(schemas).toHaveLength(service.status === 200 ? 1 : 0);
        expect(Object.keys(responses).filter((status) => Number(status) >= 400)).not.toEqual([]);
        if (service.user.length + service.app.length > 0) expect(responses).toMatchObject({ 401: {}, 403: {} });
        if (service.paths[0]!.includes('{')) expect(responses).toHaveProperty('404');
        if (service.body !== null) expect(responses).toMatchObject({ 400: {}, 413: {}, 415: {} });
      }
    });

    it('accepts the documented credentials', () => {
      for (const row of operationsOf(service)) {
        expect(scopesOf(row, 'userToken')).toEqual(expect.arrayContaining([...service.user]));
        expect(scopesOf(row, 'applicationToken')).toEqual(expect.arrayContaining([...service.app]));
        if (service.user.length === 0 && service.app.length > 0) expect(scopesOf(row, 'userToken')).toEqual([]);
        if (service.app.length === 0 && service.user.length > 0 && !service.basic)
          expect(scopesOf(row, 'applicationToken')).toEqual([]);
        expect(row.security.some((way) => 'client' in way)).toBe(service.basic);
        const headers = row.parameters.filter(({ in: place }) => place === 'header').map(({ name }) => name);
        if (service.endUser) expect(headers).toEqual(expect.arrayContaining(['x-forwarded-for', 'user-agent']));
      }
    });
  });

  it('name scopes that are registered, for the kind of token they are listed under', () => {
    const holders = new Map(BLITZ_SCOPES.map(({ name, holder }) => [name, holder]));
    const standard = new Set(['openid', 'profile', 'email', 'phone']);
    for (const row of described.values()) {
      for (const name of scopesOf(row, 'userToken')) {
        if (!standard.has(name)) expect(['user', 'any']).toContain(holders.get(name));
      }
      for (const name of scopesOf(row, 'applicationToken')) expect(holders.get(name)).toBe('application');
    }
  });
});

describe('the rules of the manual (docs/dialects/blitz.md, section 3.1)', () => {
  const folder = new URL('./', import.meta.url);
  const titles = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => readFileSync(new URL(file, folder), 'utf8').match(/\bit(\.\w+\([^\n]*\))?\([`'"].*/g) ?? []);
  const named = new Set(
    titles.flatMap((title) => /^[^`'"]*[`'"]((T\d+(, )?)+)/.exec(title)?.[1]?.match(/T\d+/g) ?? []),
  );
  const rules = Array.from({ length: 32 }, (_, at) => `T${at + 1}`);

  it('are each named by a test', () => {
    expect(rules.filter((rule) => !named.has(rule))).toEqual([]);
  });

  it('are the only rules that tests name', () => {
    expect([...named].filter((rule) => !rules.includes(rule))).toEqual([]);
  });
});
