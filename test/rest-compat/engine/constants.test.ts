import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { route } from '../../../rest-compat/engine/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const ROW = route({
  method: 'GET',
  path: '/self',
  spec: 'Tiny',
  summary: 'Shows where it is.',
  callers: { public: true },
  operation: ShowTenant,
  reply: {
    status: 200,
    schema: z.object({ where: z.string(), spelling: z.string().optional() }),
    from: (_data, { baseUrl, constants }) => ({ where: baseUrl, spelling: constants['spelling'] }),
  },
});

describe('constants of a mount', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  it('tell a row at which of its mounts it was called', async () => {
    const mounts = [
      { prefix: '/tiny/{tenant}', routes: [ROW], constants: { spelling: 'short' } },
      { prefix: '/auth/tiny/{tenant}', routes: [ROW], constants: { spelling: 'long' } },
      { prefix: '/plain/{tenant}', routes: [ROW] },
    ];
    rest = await serveTiny([], { dialect: { mounts } });
    const shown: unknown[] = [];
    for (const path of ['/tiny/acme/self', '/auth/tiny/acme/self', '/plain/acme/self'])
      shown.push((await rest.ask('GET', path)).json);
    expect(shown).toEqual([
      { where: 'https://id.example.com/tiny/acme', spelling: 'short' },
      { where: 'https://id.example.com/auth/tiny/acme', spelling: 'long' },
      { where: 'https://id.example.com/plain/acme' },
    ]);
  });
});
