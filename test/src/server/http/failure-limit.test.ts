import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import ipaddr from 'ipaddr.js';
import Koa from 'koa';
import { afterEach, describe, expect, it } from 'vitest';
import { FAILURE_LIMIT, limitFailures } from '../../../../src/server/http/failure-limit.ts';

describe('limit of failed authentications per address', () => {
  let server: Server | undefined;
  afterEach(() => new Promise((resolve) => server?.close(resolve)));

  /** A server that answers with the status in the path, behind the limit; the test is its trusted proxy. */
  async function open(now: () => number) {
    const app = new Koa();
    app.use(limitFailures({ trustedProxies: [ipaddr.parseCIDR('127.0.0.0/8')], refuse: () => false, now }));
    app.use((ctx) => {
      ctx.status = Number(ctx.path.slice(1));
    });
    server = createServer(app.callback()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server!.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    return (status: number, from: string) =>
      fetch(`http://127.0.0.1:${port}/${status}`, { headers: { 'X-Forwarded-For': from } });
  }

  it('refuses an address that failed too often until the window ends, and no other address', async () => {
    let now = 1_000_000;
    const ask = await open(() => now);
    for (let i = 0; i < FAILURE_LIMIT.failures; i++) expect((await ask(401, '203.0.113.7')).status).toBe(401);
    const refused = await ask(200, '203.0.113.7');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe(String(FAILURE_LIMIT.windowSeconds));
    expect(await refused.json()).toMatchObject({ error: 'TOO_MANY_REQUESTS' });
    expect((await ask(200, '203.0.113.8')).status).toBe(200);
    now += FAILURE_LIMIT.windowSeconds * 1000;
    expect((await ask(200, '203.0.113.7')).status).toBe(200);
  });

  it('counts only answers of 401', async () => {
    const ask = await open(() => 1_000_000);
    for (let i = 0; i < FAILURE_LIMIT.failures + 5; i++) await ask(i % 2 === 0 ? 200 : 403, '203.0.113.7');
    expect((await ask(200, '203.0.113.7')).status).toBe(200);
  });

  it('counts the addresses of one IPv6 network together', async () => {
    const ask = await open(() => 1_000_000);
    for (let i = 0; i < FAILURE_LIMIT.failures; i++) await ask(401, `2001:db8:0:7::${(i + 1).toString(16)}`);
    expect((await ask(200, '2001:db8:0:7:ffff::1')).status).toBe(429);
    expect((await ask(200, '2001:db8:0:8::1')).status).toBe(200);
  });
});
