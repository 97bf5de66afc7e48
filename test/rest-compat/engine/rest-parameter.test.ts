import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Engine, openApiOf, type Route, route } from '../../../rest-compat/engine/index.ts';
import { ENGINE_OPTIONS, RestClient } from '../../support/rest.ts';
import { tinyDialect } from './dialect.ts';
import { handMadeHost } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';

const rowAt = (path: string): Route =>
  route({
    method: 'GET',
    path,
    spec: 'Tiny',
    summary: 'Shows a path.',
    callers: { public: true },
    operation: ShowTenant,
    input: { params: z.object({ path: z.string().optional(), id: z.string().optional() }) },
    reply: {
      status: 200,
      schema: z.object({ row: z.string(), path: z.string().nullable() }),
      from: (_data, { params }) => ({ row: path, path: params.path ?? params.id ?? null }),
    },
  });

const ROWS = ['/groups/{path*}', '/groups/count', '/groups/{id}', '/groups/{id}/members'].map(rowAt);

describe('a parameter of several segments', () => {
  let rest: RestClient | undefined;
  afterAll(() => rest?.close());
  const engine = (rows: readonly Route[]) => new Engine([tinyDialect({}, rows)], handMadeHost(), ENGINE_OPTIONS);
  const ask = async (path: string) => {
    rest ??= await RestClient.serve(engine(ROWS).middleware);
    const { status, json } = await rest.ask('GET', `/t/acme/tiny${path}`);
    return status === 200 ? [json.row, json.path] : status;
  };

  it('takes all further segments, each decoded, joined by slashes', async () => {
    expect(await ask('/groups/a/b%20c/d%2Fe')).toEqual(['/groups/{path*}', 'a/b c/d/e']);
  });

  it('comes after literals and single parameters', async () => {
    expect(await ask('/groups/count')).toEqual(['/groups/count', null]);
    expect(await ask('/groups/x')).toEqual(['/groups/{id}', 'x']);
    expect(await ask('/groups/x/members')).toEqual(['/groups/{id}/members', 'x']);
    expect(await ask('/groups/x/others')).toEqual(['/groups/{path*}', 'x/others']);
  });

  it('has at least one segment, and refuses malformed percent-encoding', async () => {
    expect(await ask('/groups')).toBe(404);
    expect(await ask('/groups/')).toBe(404);
    expect(await ask('/groups/a/%zz')).toBe(400);
  });

  it('is the last one, and stands in one row of a path', () => {
    expect(() => engine([rowAt('/groups/{path*}/members')])).toThrow('The path /groups/{path*}/members is malformed.');
    expect(() => engine([rowAt('/a/{path*}'), rowAt('/a/{path*}')])).toThrow('Two rows share the path /a/{*}.');
  });

  it('is described by its name', () => {
    const { paths } = openApiOf(tinyDialect({}, [rowAt('/groups/{path*}')]), {
      publicUrl: 'https://id.example.com',
      defaultTenant: 'master',
    }) as { paths: Record<string, { get: { parameters: { name: string }[] } }> };
    expect(Object.keys(paths)).toEqual(['/t/{tenant}/tiny/groups/{path}']);
    const names = paths['/t/{tenant}/tiny/groups/{path}']!.get.parameters.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['tenant', 'path']));
  });
});
