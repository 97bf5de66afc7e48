import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Dialect, Engine, route } from '../../../rest-compat/engine/index.ts';
import { ENGINE_OPTIONS, RestClient } from '../../support/rest.ts';
import { tinyDialect } from './dialect.ts';
import { handMadeHost } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';

const ROW = route({
  method: 'GET',
  path: ['/self', '/users/{id}'],
  spec: 'Tiny',
  summary: 'Shows the tenant.',
  callers: { public: true },
  operation: ShowTenant,
  input: { params: z.object({ id: z.string().optional() }) },
  reply: { status: 200, schema: z.object({ name: z.string() }), from: (data) => data.tenant },
});

describe('a slash at the end of a path', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());
  const statuses = async (over: Partial<Dialect>, ...paths: string[]): Promise<number[]> => {
    rest = await RestClient.serve(new Engine([tinyDialect(over, [ROW])], handMadeHost(), ENGINE_OPTIONS).middleware);
    const answers: number[] = [];
    for (const path of paths) answers.push((await rest.ask('GET', path)).status);
    return answers;
  };

  it('is ignored for a dialect that asks so, once', async () => {
    const paths = ['/t/acme/tiny/self/', '/t/acme/tiny/self', '/t/acme/tiny/users/1/', '/t/acme/tiny/self//'];
    expect(await statuses({ ignoresTrailingSlash: true }, ...paths)).toEqual([200, 200, 200, 404]);
  });

  it('is no empty parameter', async () => {
    expect(await statuses({ ignoresTrailingSlash: true }, '/t/acme/tiny/users/', '/t/acme/tiny/')).toEqual([404, 404]);
  });

  it('makes another path for every other dialect', async () => {
    expect(await statuses({}, '/t/acme/tiny/self/', '/t/acme/tiny/users/1/')).toEqual([404, 404]);
  });
});
