import { afterEach, describe, expect, it } from 'vitest';
import { refusedRow } from '../../../rest-compat/engine/index.ts';
import { anonymousCaller } from '../../../src/access/index.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { NO_API_KEYS, type RestClient } from '../../support/rest.ts';
import { CODES, describedPaths, tinyDialect } from './dialect.ts';
import { serveTiny, tinyEngine } from './serve-tiny.ts';

const ROW = refusedRow({
  method: 'PUT',
  path: '/workflows/{id}',
  spec: 'Tiny',
  summary: 'Changes a workflow.',
  callers: { bearer: {} },
  errors: { NOT_IMPLEMENTED: { status: 501, envelope: 'plain', error: 'not-implemented' } },
});

describe('a row that is refused', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  it('answers callers that authenticate by its line; others are refused for that first', async () => {
    const callers = {
      ...NO_API_KEYS,
      bearer: (token: string, _tenant: unknown, origin: Parameters<typeof anonymousCaller>[0]) => {
        if (token !== 'good') throw kernelErrors.UNAUTHENTICATED();
        return anonymousCaller(origin);
      },
      client: () => {
        throw kernelErrors.UNAUTHENTICATED();
      },
    };
    rest = await serveTiny([ROW], { host: { callers } });
    const ask = async (token?: string, tenant = 'acme') => {
      const request = { body: '{', ...(token === undefined ? {} : { token }) };
      const { status, json } = await rest!.ask('PUT', `/t/${tenant}/tiny/workflows/1`, request);
      return [status, json.error];
    };
    expect(await ask('good')).toEqual([501, 'not-implemented']);
    expect((await ask('good', 'nobody'))[0]).toBe(404);
    expect(await ask('bad')).toEqual([401, 'unauthenticated']);
    expect(await ask()).toEqual([401, 'unauthenticated']);
    expect((await rest.ask('GET', '/t/acme/tiny/workflows/1')).status).toBe(405);
  });

  it('does not start without that line', () => {
    const { NOT_IMPLEMENTED: _line, ...codes } = CODES;
    const dialect = { errors: { ...tinyDialect().errors, codes } };
    const bare = refusedRow({ method: 'GET', path: '/x', spec: 'Tiny', summary: 'X.', callers: { public: true } });
    expect(() => tinyEngine([bare], { dialect })).toThrow(
      'tiny GET /x: it is refused, and NOT_IMPLEMENTED has no line',
    );
  });

  it('is described with its refusals alone', () => {
    const paths = describedPaths([ROW]);
    const described = paths['/t/{tenant}/tiny/workflows/{id}'].put;
    expect(Object.keys(described.responses)).toEqual(expect.arrayContaining(['401', '501']));
    expect(Object.keys(described.responses).filter((status) => status < '400')).toEqual([]);
    expect(described['x-graphql']).toBeUndefined();
  });
});
