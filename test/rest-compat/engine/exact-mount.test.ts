import type { GraphQLSchema } from 'graphql';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { plainRow, type Route } from '../../../rest-compat/engine/index.ts';
import { Owners } from '../../../rest-compat/engine/owners.ts';
import type { RestClient } from '../../support/rest.ts';
import { testGraph } from '../../support/world.ts';
import { SHOW_TENANT, tinyDialect } from './dialect.ts';
import { serveTiny } from './serve-tiny.ts';

const WHERE = plainRow({
  method: 'GET',
  path: '/where',
  name: 'Where',
  spec: 'Tiny 9',
  summary: 'Shows where it is.',
  callers: { public: true },
  input: { query: z.object({ word: z.string().optional() }) },
  reply: {
    status: 200,
    schema: z.object({ where: z.string(), word: z.string().optional(), tenant: z.string(), stage: z.string() }),
    from: (_, { baseUrl, query, tenantName, constants }) => ({
      where: baseUrl,
      word: query.word,
      tenant: tenantName,
      stage: `${constants['stage']} ${constants['spelling']}`,
    }),
  },
});

describe('a mount that has only the paths of its rows', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  const serve = (rows: readonly Route[] = [WHERE]) =>
    serveTiny([], {
      dialect: {
        mounts: [
          { prefix: '/{tenant}', routes: rows, exact: true, constants: { spelling: 'last' } },
          { prefix: '/tiny', routes: [SHOW_TENANT] },
        ],
      },
      options: { constants: { stage: 'test', spelling: 'none' } },
    });

  it('answers them below every name that begins no other mount', async () => {
    rest = await serve();
    expect(await rest.ask('GET', '/acme/where?word=x')).toMatchObject({
      status: 200,
      json: { where: 'https://id.example.com/acme', word: 'x', tenant: 'acme', stage: 'test last' },
    });
    expect(await rest.ask('POST', '/acme/where')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    });
    expect(await rest.ask('GET', '/nobody/where')).toMatchObject({ status: 404, json: { error: 'absent' } });
  });

  it.each(['/acme', '/acme/other', '/acme/where/else', '//where', '/acme/where/'])(
    'leaves %s to others',
    async (path) => {
      rest = await serve();
      const { status, json } = await rest.ask('GET', path);
      expect([status, json]).toEqual([404, undefined]);
    },
  );

  it('is looked for after every mount that begins with a name', async () => {
    rest = await serve();
    expect(await rest.ask('GET', '/tiny/where')).toMatchObject({ status: 404, json: { error: 'absent' } });
  });
});

describe('the start of the translation layer', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await testGraph();
  });
  const start = (mounts: Parameters<typeof tinyDialect>[0] & object) => () =>
    new Owners([tinyDialect({ ...mounts, errors: tinyDialect().errors })], schema);

  it('fails when a prefix begins with a parameter and takes every path below it', () => {
    expect(start({ mounts: [{ prefix: '/{tenant}', routes: [WHERE] }] })).toThrow(
      'The prefix of a mount begins with a literal, or the mount is exact.',
    );
  });

  it('fails when another mount takes every path of a row', () => {
    const hidden = { ...WHERE, path: '/deep/{word}/where' };
    const mounts = [
      { prefix: '/tiny', routes: [hidden, WHERE] },
      { prefix: '/tiny/deep', routes: [] },
    ];
    expect(start({ mounts })).toThrow('tiny GET /tiny/deep/{}/where: it is hidden by the mount /tiny/deep.');
    const exact = mounts.map((mount) => ({ ...mount, exact: true as const }));
    expect(start({ mounts: exact })).not.toThrow();
  });

  it('takes rows that overlap where each has further paths', () => {
    const paths = ['/clients/{client}', '/clients/{tenant_id}/{client}/secret', '/clients/{tenant_id}/batch'];
    const routes = paths.map((path) => ({ ...WHERE, path, tenant: 'mount' as const }));
    expect(start({ mounts: [{ prefix: '/tiny', routes }] })).not.toThrow();
  });
});
