import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { route } from '../../../rest-compat/engine/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { tinyDialect } from './dialect.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const rowOf = (path: string, tags: Readonly<Record<string, number>>) =>
  route({
    method: 'GET',
    path,
    spec: 'Tiny',
    summary: 'Shows the tenant.',
    callers: { bearer: {} },
    tags,
    operation: ShowTenant,
    reply: { status: 200, schema: z.object({}), from: () => ({}) },
  });

const { errors } = tinyDialect();
const plain = {
  schema: z.object({ area: z.number(), text: z.string() }),
  body: ({ route, base, text }: Parameters<(typeof errors.envelopes)['plain']['body']>[0]) => ({
    area: route?.tags?.['area'] ?? (base === 'apps' ? 2 : base === '' ? 0 : 1),
    text,
  }),
};

describe('the row of a refused request', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());
  const areaOf = async (path: string) => {
    const rows = [rowOf('/apps/{id}', { area: 7 }), rowOf('/plain', {})];
    const dialect = { errors: { ...errors, envelopes: { ...errors.envelopes, plain } } };
    rest ??= await serveTiny(rows, { dialect });
    const { status, json } = await rest.ask('GET', `/t/acme/tiny${path}`);
    return [status, json.area];
  };

  it('is known to the envelope with its tags; without one the first segment of the path is', async () => {
    expect(await areaOf('/apps/1')).toEqual([401, 7]);
    expect(await areaOf('/plain')).toEqual([401, 1]);
    expect(await areaOf('/apps/1/nothing')).toEqual([404, 2]);
    expect(await areaOf('/other')).toEqual([404, 1]);
    expect(await areaOf('')).toEqual([404, 0]);
  });
});
