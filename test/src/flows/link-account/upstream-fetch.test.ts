import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { upstreamFetch } from '../../../../src/flows/link-account/upstream-fetch.ts';
import { AddressRefusedError, LOOPBACK_NETWORKS } from '../../../../src/kernel/index.ts';

const LOCAL = { allowLoopbackHttp: true, privateHosts: { names: [], networks: LOOPBACK_NETWORKS } };

describe('calls to federation providers', () => {
  let server: Server;
  let port: number;
  const asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/moved') response.writeHead(302, { location: '/inside' }).end();
      else if (request.url === '/empty') response.writeHead(204).end();
      else if (request.url === '/silent') return;
      else if (request.url === '/stuck') response.write('the beginning');
      else if (request.url === '/form') {
        request.setEncoding('utf8').once('data', (text) => {
          const { 'content-type': type, 'content-length': length } = request.headers;
          response.writeHead(200, { link: ['a', 'b'] }).end(`${type} ${length} ${text}`);
        });
      } else if (request.url === '/large') response.end('x'.repeat(1_048_577));
      else response.end('x'.repeat(1_048_576));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = (url: string, allowLoopbackHttp = true, signal?: AbortSignal) =>
    upstreamFetch({ ...LOCAL, allowLoopbackHttp }, 'acme')(url, {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
      ...(signal === undefined ? {} : { signal }),
    });

  it('read up to a mebibyte', async () => {
    expect((await (await get(`http://127.0.0.1:${port}/`)).text()).length).toBe(1_048_576);
    await expect(get(`http://127.0.0.1:${port}/large`)).rejects.toThrow('larger than');
  });

  it.each(['/silent', '/stuck'])('wait a bounded time for head and body: %s', async (path) => {
    const waiting = upstreamFetch({ ...LOCAL, timeoutMs: 200 }, 'acme')(`http://127.0.0.1:${port}${path}`, {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
    });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('follow no redirect', async () => {
    expect((await get(`http://127.0.0.1:${port}/moved`)).status).toBe(302);
    expect((await get(`http://127.0.0.1:${port}/empty`)).status).toBe(204);
    expect(asked).not.toContain('/inside');
  });

  it('use plain http to this machine only where the set-up allows it', async () => {
    const before = asked.length;
    await expect(get(`http://127.0.0.1:${port}/`, false)).rejects.toThrow('may not be called');
    expect(asked).toHaveLength(before);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1.evil.example/',
    'http://10.0.0.1/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'https://user:secret@issuer.example/',
  ])('are not made to %s', async (url) => {
    await expect(get(url)).rejects.toThrow('may not be called');
  });

  it.each(['https://10.0.0.1/', 'https://[fd00::1]/', 'https://2130706433/', 'https://localhost/'])(
    'are made into the network of the operator only where it is allowed: not to %s',
    async (url) => {
      const fetch = upstreamFetch({ allowLoopbackHttp: true, privateHosts: { names: [], networks: [] } }, 'acme');
      const asked = fetch(url, { method: 'GET', headers: {}, body: undefined, redirect: 'manual' });
      await expect(asked).rejects.toThrow(AddressRefusedError);
    },
  );

  it('hold no thread of the process while the name servers of a provider take their time', async () => {
    const lookup = vi.spyOn(dns, 'lookup');
    await expect(get('https://there-is-none.invalid/')).rejects.toThrow();
    expect(lookup).not.toHaveBeenCalled();
    lookup.mockRestore();
  });

  it('carry forms as they are given, and all headers of the answer', async () => {
    const answer = await upstreamFetch(LOCAL, 'acme')(`http://localhost:${port}/form`, {
      method: 'POST',
      headers: { accept: 'text/plain' },
      body: new URLSearchParams({ code: 'a b' }),
      redirect: 'manual',
    });
    expect(await answer.text()).toBe('application/x-www-form-urlencoded;charset=UTF-8 8 code=a+b');
    expect(answer.headers.get('link')).toBe('a, b');
  });

  it('end when the caller gives up', async () => {
    await expect(get(`http://127.0.0.1:${port}/`, true, AbortSignal.abort())).rejects.toThrow();
  });
});
