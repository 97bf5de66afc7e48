import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { route } from '../../../rest-compat/engine/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { ACME } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny, tinyEngine } from './serve-tiny.ts';

const ROW = route({
  method: 'GET',
  path: '/self',
  spec: 'Tiny',
  summary: 'Shows the tenant.',
  callers: { public: true },
  operation: ShowTenant,
  reply: {
    status: 200,
    schema: z.object({ name: z.string(), where: z.string() }),
    from: ({ tenant }, { baseUrl }) => ({ name: tenant.name, where: baseUrl }),
  },
});

const mountsAt = (prefix: string) => [{ prefix, routes: [ROW], tenantIn: 'host-label' as const }];

describe('a mount whose tenant is the leftmost label of the host', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());
  const ask = async (host: string) => {
    const { status, json } = await rest!.ask('GET', '/gateway/v4/self', { headers: { host } });
    return status === 200 ? json : status;
  };

  it('acts on that tenant, and makes addresses below its host', async () => {
    rest = await serveTiny([], { dialect: { mounts: mountsAt('/gateway/v4') } });
    const shown = { name: 'acme for anonymous', where: 'https://acme.id.example.com/gateway/v4' };
    expect(await ask('acme.id.example.com')).toEqual(shown);
    expect(await ask('ACME.id.example.com:443')).toEqual(shown);
  });

  it('does not exist below any other host', async () => {
    const host = { tenantByHost: () => ACME };
    rest = await serveTiny([], { dialect: { mounts: mountsAt('/gateway/v4') }, host });
    const others = ['id.example.com', 'acme.example.com', 'a.acme.id.example.com', 'acme.id.example.com.evil.example'];
    for (const other of [...others, '.id.example.com', '127.0.0.1', 'acmeid.example.com'])
      expect(await ask(other)).toBe(404);
    expect(await ask('unknown.id.example.com')).toBe(404);
  });

  it('has no tenant in its prefix', () => {
    expect(() => tinyEngine([], { dialect: { mounts: mountsAt('/gateway/{tenant}') } })).toThrow(
      'tiny /gateway/{tenant}: both the prefix and the host name the tenant.',
    );
  });
});
