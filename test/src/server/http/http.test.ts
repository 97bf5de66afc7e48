import { once } from 'node:events';
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Middleware } from 'koa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Answer, readBody, sendAnswer } from '../../../../rest-compat/engine/index.ts';
import { IdentityError, kernelErrors, STATUS_OF_KIND } from '../../../../src/kernel/index.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { createHttpServer, type HttpServer, type RequestState } from '../../../../src/server/http/http.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';

interface Setting {
  readonly http: HttpServer;
  readonly url: string;
  readonly logged: string[];
}

const running: HttpServer[] = [];

afterEach(async () => {
  for (const { drain, server } of running.splice(0)) {
    server.closeAllConnections();
    await drain.begin();
  }
});

async function start(
  apis: readonly Middleware[] = [],
  options: { isReady?: () => Promise<boolean>; publicUrl?: string; drainGraceMs?: number; isStarting?: boolean } = {},
): Promise<Setting> {
  const logged: string[] = [];
  const http = createHttpServer({
    logger: createLogger('debug', { write: (line) => void logged.push(line) }),
    metrics: createMetrics(),
    publicUrl: 'http://localhost',
    isReady: async () => true,
    ...options,
  });
  if (options.isStarting !== true) http.serve(apis);
  running.push(http);
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  return { http, url: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`, logged };
}

const throwing =
  (error: unknown): Middleware =>
  () => {
    throw error;
  };

const answering =
  (text: string): Middleware =>
  (ctx) => {
    ctx.body = text;
  };

function rawRequest(url: string, bytes: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

async function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

describe('the paths of the node itself', () => {
  it('answers that the process is live', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/health/live`);
    expect([response.status, await response.text()]).toEqual([200, 'live\n']);
  });

  it('is ready while the database answers, and not while it is away', async () => {
    let isThere = true;
    const { url } = await start([], { isReady: async () => isThere });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    isThere = false;
    const away = await fetch(`${url}/health/ready`);
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1']);
    isThere = true;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('asks the database once for many probes at the same time', async () => {
    let answer: (ready: boolean) => void = () => undefined;
    const isReady = vi.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
    const { url } = await start([], { isReady });
    const probes = Array.from({ length: 5 }, () => fetch(`${url}/health/ready`));
    await vi.waitFor(() => expect(isReady).toHaveBeenCalled());
    await fetch(`${url}/health/live`);
    answer(true);
    const statuses = (await Promise.all(probes)).map(({ status }) => status);
    expect(statuses.every((status) => status === 200)).toBe(true);
    expect(isReady.mock.calls.length).toBeLessThan(5);
  });

  it('is live but not ready before APIs are served, and answers 503 with Retry-After', async () => {
    const { url, http } = await start([], { isStarting: true });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    const early = await fetch(`${url}/graphql`);
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
    http.serve([answering('open')]);
    expect(await (await fetch(`${url}/graphql`)).text()).toBe('open');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('counts a failed probe as a database that is away', async () => {
    const { url } = await start([], { isReady: () => Promise.reject(new Error('no')) });
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  });

  it('counts requests by method, API and status, without the ids in paths', async () => {
    const { url } = await start([answering('x')]);
    await (await fetch(`${url}/blitz/api/v3/users/secret-id/auth`)).text();
    await (await fetch(`${url}/secret-id`)).text();
    await vi.waitFor(async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(text).toContain('idgraph_http_requests_total{method="GET",route="blitz",status="200"} 1');
      expect(text).toContain('route="other"');
      expect(text).not.toContain('secret-id');
    });
  });

  it('has an empty favicon and asks robots to stay away', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/favicon.ico`)).status).toBe(204);
    expect(await (await fetch(`${url}/robots.txt`)).text()).toBe('User-agent: *\nDisallow: /\n');
  });

  it('refuses other methods with 405 and Allow', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/health/live`, { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('answers an unknown path with a plain 404', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/nothing/here`);
    expect([response.status, await response.text()]).toEqual([404, 'Not Found\n']);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });
});

describe('every answer', () => {
  it('carries the security headers, refusals included (check 22)', async () => {
    const { url } = await start([throwing(new Error('boom'))]);
    for (const path of ['/health/live', '/x']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });

  it('sends HSTS if the public URL is https', async () => {
    const { url } = await start([], { publicUrl: 'https://id.example' });
    expect((await fetch(`${url}/health/live`)).headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  /** Answers `/koa` by Koa, and every other path by the engine's way. */
  const eitherWay =
    (policy?: string): Middleware =>
    (ctx) => {
      const answer = new Answer();
      const target = ctx.path === '/koa' ? ctx.response : answer;
      if (policy !== undefined) target.set('Content-Security-Policy', policy);
      target.set('Content-Type', 'text/plain; charset=utf-8');
      target.body = 'four';
      target.status = 200;
      if (target === answer) sendAnswer(ctx, answer);
    };

  const headersOf = async (url: string, method = 'GET'): Promise<Record<string, string>> => {
    const response = await fetch(url, { method });
    expect(await response.text()).toBe(method === 'HEAD' ? '' : 'four');
    return { ...Object.fromEntries(response.headers), date: '' };
  };

  it('has the same headers, whether Koa writes it or the engine', async () => {
    const { url, http } = await start([eitherWay()], { publicUrl: 'https://id.example' });
    for (const method of ['GET', 'HEAD'])
      expect(await headersOf(`${url}/engine`, method)).toEqual(await headersOf(`${url}/koa`, method));
    void http.drain.serveOn(60_000);
    const draining = await headersOf(`${url}/engine`);
    expect(draining).toEqual(await headersOf(`${url}/koa`));
    expect(draining['connection']).toBe('close');
    http.drain.hurry();
  });

  it('keeps a policy that it sets itself', async () => {
    const { url } = await start([eitherWay('own')]);
    for (const path of ['/engine', '/koa'])
      expect((await headersOf(url + path))['content-security-policy']).toBe('own');
  });

  it('is 500 when the engine gives a header value that HTTP does not allow (RFC 9110 §5.5)', async () => {
    const { url, logged } = await start([eitherWay('one\r\nX-Injected: yes')]);
    const response = await fetch(`${url}/engine`);
    expect([response.status, response.headers.get('x-injected')]).toEqual([500, null]);
    expect(logged.filter((line) => line.includes('ERR_INVALID_CHAR'))).toHaveLength(1);
  });
});

describe('errors that no API handled', () => {
  it.each(Object.entries(STATUS_OF_KIND))('answers kind %s with %i', async (kind, status) => {
    const { url } = await start([throwing(new IdentityError('SOME_CODE', kind as never, 'Some message.'))]);
    const response = await fetch(`${url}/x`);
    expect([response.status, await response.json()]).toEqual([
      status,
      { error: 'SOME_CODE', message: 'Some message.' },
    ]);
  });

  it('sends Retry-After with 503, in whole seconds', async () => {
    const { url } = await start([throwing(kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 1.2 }))]);
    expect((await fetch(`${url}/x`)).headers.get('retry-after')).toBe('2');
  });

  it('recognises a lost database by the driver error', async () => {
    const { url } = await start([throwing(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))]);
    const response = await fetch(`${url}/x`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('asks for a token with 401 (RFC 6750 §3)', async () => {
    const { url } = await start([throwing(kernelErrors.UNAUTHENTICATED())]);
    expect((await fetch(`${url}/x`)).headers.get('www-authenticate')).toBe('Bearer');
  });

  it('shows no details of an unknown error, and logs it with its stack (check 59)', async () => {
    const { url, logged } = await start([throwing(new Error('the secret plan'))]);
    const response = await fetch(`${url}/x`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/secret plan|\.ts:\d|\bat /);
    expect(logged.join()).toContain('the secret plan');
  });
});

describe('request bodies', () => {
  const reading: Middleware = async (ctx) => {
    ctx.body = String((await readBody(ctx.req, 1000)).length);
  };

  it('are read up to the limit', async () => {
    const { url } = await start([reading]);
    expect(await (await fetch(url, { method: 'POST', body: 'x'.repeat(1000) })).text()).toBe('1000');
    expect(await (await fetch(url, { method: 'POST' })).text()).toBe('0');
  });

  it('are refused by their declared length before they are read', async () => {
    const { url } = await start([reading]);
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(1001) });
    expect([response.status, response.headers.get('connection')]).toEqual([413, 'close']);
    expect(await response.json()).toMatchObject({ error: 'REQUEST_TOO_LARGE' });
  });

  it('are refused while they arrive when no length was declared', async () => {
    const { url } = await start([reading]);
    const request = httpRequest(url, { method: 'POST', agent: false });
    request.on('error', () => undefined);
    request.write('x'.repeat(600));
    request.write('x'.repeat(600));
    expect((await answerOf(request)).statusCode).toBe(413);
    request.destroy();
  });

  it('that end early abort the work, and are not logged as a failure of the service', async () => {
    const { url, logged, http } = await start([reading]);
    const request = httpRequest(url, { method: 'POST', headers: { 'content-length': '500' }, agent: false });
    request.on('error', () => undefined);
    const arrived = once(http.server, 'request');
    request.write('half');
    await arrived;
    request.destroy();
    await vi.waitFor(() => expect(logged.join()).toContain('disconnected'));
    expect(logged.join()).not.toContain('"level":"error"');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('of a client that disconnects while it waits abort the signal', async () => {
    const aborted = vi.fn();
    const { url, http } = await start([
      async (ctx) => {
        const { signal } = ctx.state as RequestState;
        await once(signal, 'abort');
        aborted();
      },
    ]);
    const request = httpRequest(url, { agent: false });
    request.on('error', () => undefined);
    const arrived = once(http.server, 'request');
    request.end();
    await arrived;
    request.destroy();
    await vi.waitFor(() => expect(aborted).toHaveBeenCalled());
  });
});

describe('bytes that are not HTTP', () => {
  it('are answered with 400 and the connection is closed', async () => {
    const { url } = await start();
    expect(await rawRequest(url, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('with endless headers are answered with 431', async () => {
    const { url } = await start();
    const header = `X-Long: ${'x'.repeat(40_000)}\r\n`;
    expect(await rawRequest(url, `GET / HTTP/1.1\r\nHost: x\r\n${header}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('a request target that is not a URL', () => {
  it.each(['//x@[/#', 'http://[/', 'http://[/?code=secret'])(
    'is answered with 400, with security headers, metrics and a log line: %s',
    async (target) => {
      const asked = vi.fn(answering('reached'));
      const { url, logged } = await start([asked]);
      const text = await rawRequest(url, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request/);
      expect(text).toMatch(/X-Content-Type-Options: nosniff/i);
      expect(text).toMatch(/Content-Security-Policy: default-src 'none'/i);
      expect(asked).not.toHaveBeenCalled();
      expect(logged.filter((line) => line.includes('not a URL'))).toHaveLength(1);
      expect(logged.join()).not.toContain('secret');
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toMatch(/method="GET",route="other",status="400"\} 1/);
    },
  );
});

describe('draining', () => {
  it('finishes requests, closes their connections, then accepts no more', async () => {
    let finish: () => void = () => undefined;
    const { url, http } = await start([
      async (ctx) => {
        await new Promise<void>((resolve) => (finish = resolve));
        ctx.body = 'done';
      },
    ]);
    const agent = new Agent({ keepAlive: true });
    const request = httpRequest(url, { agent });
    const arrived = once(http.server, 'request');
    request.end();
    await arrived;
    const drained = http.drain.begin();
    expect(http.drain.hasBegun).toBe(true);
    finish();
    const response = await answerOf(request);
    expect([response.statusCode, response.headers.connection]).toEqual([200, 'close']);
    await drained;
    await expect(fetch(url)).rejects.toThrow();
    agent.destroy();
  });

  it('begins with a time in which it still serves, also new connections, and reports that it is not ready', async () => {
    const { url, http } = await start([answering('served')]);
    const served = http.drain.serveOn(60_000);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ['/one', '/two']) {
      const response = await answerOf(httpRequest(`${url}${path}`, { agent }).end());
      expect([response.statusCode, response.headers.connection]).toEqual([200, 'close']);
    }
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.text()]).toEqual([503, 'draining\n']);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    http.drain.hurry();
    await served;
    await http.drain.begin();
    await expect(fetch(url)).rejects.toThrow();
    agent.destroy();
  });

  it('reports itself as not ready to a probe that was under way', async () => {
    const { url, http } = await start();
    const connected = once(http.server, 'connection');
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const [serverSide] = (await connected) as [Socket];
    socket.write('GET /health/ready HTTP/1.1\r\n');
    await vi.waitFor(() => expect(serverSide.bytesRead).toBeGreaterThan(0));
    const drained = http.drain.begin();
    socket.write('Host: x\r\n\r\n');
    const [chunk] = await once(socket, 'data');
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 503 [\s\S]*draining/);
    await drained;
  });

  it('closes connections that do not end in time', async () => {
    const { url, http } = await start([() => new Promise<void>(() => undefined)], { drainGraceMs: 1 });
    const request = httpRequest(url, { agent: false });
    const failed = once(request, 'error');
    const arrived = once(http.server, 'request');
    request.end();
    await arrived;
    await http.drain.begin();
    await failed;
  });

  it('ends at once if the server never listened, and a second call returns the same promise', async () => {
    const http = createHttpServer({
      logger: createLogger('silent'),
      metrics: createMetrics(),
      publicUrl: 'http://localhost',
      isReady: async () => true,
    });
    await Promise.all([http.drain.begin(), http.drain.begin()]);
  });
});
