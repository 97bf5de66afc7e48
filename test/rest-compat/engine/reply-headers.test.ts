import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Route, route } from '../../../rest-compat/engine/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const made = (idOf: (id: string) => string): Route =>
  route({
    method: 'POST',
    path: '/things/{id}',
    spec: 'Tiny',
    summary: 'Makes a thing.',
    callers: { public: true },
    operation: ShowTenant,
    input: { params: z.object({ id: z.string() }) },
    reply: {
      status: 201,
      headers: ({ tenant }, { params, baseUrl }) => ({
        Location: `${baseUrl}/things/${idOf(params.id)}`,
        'X-Tenant': tenant.name,
      }),
    },
  });

describe('headers of a reply that are made by a function', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  it('show the data and the request', async () => {
    rest = await serveTiny([made((id) => `${id}-1`)]);
    const { status, headers, text } = await rest.ask('POST', '/t/acme/tiny/things/lamp');
    expect([status, text]).toEqual([201, '']);
    expect(headers.location).toBe('https://id.example.com/t/acme/tiny/things/lamp-1');
    expect(headers['x-tenant']).toBe('acme for anonymous');
  });

  it('keep a Location printable, so that no text ends the header', async () => {
    rest = await serveTiny([made((id) => id)]);
    const { headers } = await rest.ask('POST', '/t/acme/tiny/things/a%0D%0ASet-Cookie:%20x=%D1%8F');
    expect(headers.location).toBe('https://id.example.com/t/acme/tiny/things/a%0D%0ASet-Cookie:%20x=%D1%8F');
    expect(headers['set-cookie']).toBeUndefined();
  });
});
