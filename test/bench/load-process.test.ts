import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type BurstOptions,
  type BurstResult,
  COUNTER,
  HANDLE,
  type LoadCommand,
  type LoadPlan,
  type LoadReply,
} from '../../bench/load-protocol.ts';
import { BenchProcess } from './bench-process.ts';

interface Received {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly cookie: string | undefined;
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

describe('the process that sends loads', () => {
  const generator = new BenchProcess<LoadCommand, LoadReply>('load-process.ts');
  let server: Server;
  let received: Received[];
  let answer: (request: Received, response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const one = {
        port: request.socket.remotePort!,
        path: request.url!,
        body: await readText(request),
        cookie: request.headers.cookie,
      };
      received.push(one);
      answer(one, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  beforeEach(() => {
    received = [];
    answer = ({ path, body }, response) => response.end(`${path} ${body}`);
  });

  afterEach(async () => {
    await generator.ask({ kind: 'close', load: 1 });
  });

  afterAll(async () => {
    await generator.end();
    server.close();
  });

  async function run(plan: Omit<LoadPlan, 'url'>, ...bursts: BurstOptions[]): Promise<LoadReply[]> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const replies = [await generator.ask({ kind: 'open', load: 1, plan: { ...plan, url } })];
    for (const options of bursts) replies.push(await generator.ask({ kind: 'burst', load: 1, options }));
    return replies;
  }

  const get = (path: string) => ({ method: 'GET', path }) as const;
  const post = (body: string) => ({ method: 'POST', path: '/', body }) as const;

  it('sends as many requests as it is asked for, in turn, and keeps each n-th answer', async () => {
    const requests = [get('/a'), get('/b'), get('/c')];
    const [, reply] = await run({ connections: 1, requests }, { requests: 7, keepEvery: 2 });
    expect(received.map(({ path }) => path)).toEqual(['/a', '/b', '/c', '/a', '/b', '/c', '/a']);
    const { result } = reply as { result: BurstResult };
    expect(result.requests).toBe(7);
    expect(result.kept).toEqual([
      { request: 1, status: 200, body: '/b ' },
      { request: 0, status: 200, body: '/a ' },
      { request: 2, status: 200, body: '/c ' },
    ]);
  });

  it('goes on where the last burst ended, on the same connections', async () => {
    const burst = { requests: 2, keepEvery: 1 };
    await run({ connections: 1, requests: [get('/a'), get('/b'), get('/c')] }, burst, burst);
    expect(received.map(({ path }) => path)).toEqual(['/a', '/b', '/c', '/a']);
    expect(new Set(received.map(({ port }) => port)).size).toBe(1);
  });

  it('fails on any status but 200, and shows the answer', async () => {
    answer = (_, response) => response.writeHead(503).end('busy');
    const replies = await run(
      { connections: 2, requests: [get('/a')] },
      { requests: 4, keepEvery: 1 },
      { requests: 4, keepEvery: 1 },
    );
    expect(replies).toEqual([
      { result: null },
      { fault: 'Answered with 503: busy' },
      // A load that failed measures nothing any more.
      { fault: 'Answered with 503: busy' },
    ]);
  });

  it('fails when the server closes a connection', async () => {
    answer = (_, response) => response.destroy();
    const [, reply] = await run({ connections: 1, requests: [get('/a')] }, { requests: 1, keepEvery: 1 });
    expect(reply).toEqual({ fault: 'The server closed a connection.' });
  });

  it('never sends the same request on two connections when the plan is partitioned', async () => {
    const requests = Array.from({ length: 8 }, (_, n) => get(`/${n}`));
    await run({ connections: 4, requests, isPartitioned: true }, { requests: 40, keepEvery: 40 });
    const ports = new Map<string, Set<number>>();
    for (const { path, port } of received) ports.set(path, (ports.get(path) ?? new Set()).add(port));
    expect(ports.size).toBe(8);
    expect([...ports.values()].every((set) => set.size === 1)).toBe(true);
  });

  it('gives each request of a counted plan another number of the same length', async () => {
    await run({ connections: 3, requests: [post(`n${COUNTER}`)], isCounted: true }, { requests: 20, keepEvery: 20 });
    expect(new Set(received.map(({ body }) => body)).size).toBe(20);
    expect(new Set(received.map(({ body }) => body.length))).toEqual(new Set([COUNTER.length + 1]));
  });

  it('gives each place in such a request another number', async () => {
    const requests = [post(`${COUNTER} ${COUNTER}`)];
    await run({ connections: 2, requests, isCounted: true }, { requests: 10, keepEvery: 10 });
    const numbers = received.flatMap(({ body }) => body.split(' '));
    expect(numbers).toHaveLength(20);
    expect(new Set(numbers).size).toBe(20);
  });

  it('sends on each connection the text of its last answer when the plan follows answers', async () => {
    answer = ({ body }, response) => response.end(JSON.stringify({ next: `${body}+` }));
    const follows = { member: 'next', first: ['x', 'y'] };
    await run({ connections: 2, requests: [post(HANDLE)], follows }, { requests: 6, keepEvery: 6 });
    const bodies = received.map(({ body }) => body).sort();
    expect(new Set(bodies).size).toBe(6);
    for (const body of bodies) expect(body.length === 1 || bodies.includes(body.slice(0, -1))).toBe(true);
  });

  it('fails when an answer has no text to follow', async () => {
    const follows = { member: 'next', first: ['x'] };
    const [, reply] = await run({ connections: 1, requests: [post(HANDLE)], follows }, { requests: 1, keepEvery: 1 });
    expect(reply).toEqual({ fault: 'An answer has no next: / x' });
  });

  describe('with cycles of several steps', () => {
    const begin = {
      ...get('/begin?user=1'),
      status: 303,
      picks: [
        { name: '__CODE__', after: 'code=', until: '&' },
        { name: '__COOKIE__', after: 'set-cookie: ', until: ';' },
      ],
    };
    const end = {
      method: 'POST',
      path: '/end/__CODE__',
      headers: { cookie: '__COOKIE__' },
      body: 'code=__CODE__&again=__CODE__',
    } as const;
    let codes = 0;
    const answerCycle = ({ path, body }: Received, response: ServerResponse, length = 1): void => {
      if (!path.startsWith('/begin')) return void response.end(`${path} ${body}`);
      codes += 1;
      const location = `https://client.example/?code=${'c'.repeat(length)}${codes}&state=s`;
      response.writeHead(303, { location, 'set-cookie': `s=${codes}; Path=/`, 'content-length': 0 }).end();
    };

    beforeEach(() => {
      codes = 0;
      answer = answerCycle;
    });

    it('sends each step with what the answers before it had, and counts the cycle once', async () => {
      const plan = { connections: 1, requests: [{ ...begin, further: [end] }] };
      const [, reply] = await run(plan, { requests: 2, keepEvery: 1 });
      expect(received.map(({ path }) => path)).toEqual(['/begin?user=1', '/end/c1', '/begin?user=1', '/end/c2']);
      expect((reply as { result: BurstResult }).result).toMatchObject({
        requests: 2,
        kept: [
          { request: 0, status: 200, body: '/end/c1 code=c1&again=c1' },
          { request: 0, status: 200, body: '/end/c2 code=c2&again=c2' },
        ],
      });
      expect(received.filter(({ path }) => path.startsWith('/end')).map(({ cookie }) => cookie)).toEqual([
        's=1',
        's=2',
      ]);
    });

    it('states the length of a body whose texts differ in length', async () => {
      let length = 0;
      answer = (request, response) => answerCycle(request, response, ++length);
      await run({ connections: 1, requests: [{ ...begin, further: [end] }] }, { requests: 2, keepEvery: 1 });
      expect(received.filter(({ path }) => path.startsWith('/end')).map(({ body }) => body)).toEqual([
        'code=c1&again=c1',
        'code=ccc2&again=ccc2',
      ]);
    });

    it('fails on an answer without the text that a later step needs', async () => {
      answer = (_, response) => response.writeHead(303, { location: '/?error=x', 'content-length': 0 }).end();
      const [, reply] = await run(
        { connections: 1, requests: [{ ...begin, further: [end] }] },
        { requests: 1, keepEvery: 1 },
      );
      expect(reply).toEqual({ fault: expect.stringMatching(/^An answer has no code=: HTTP\/1\.1 303/) });
    });

    it('fails on another status than that of the step', async () => {
      const steps = [{ ...end, status: 201 }];
      const [, reply] = await run(
        { connections: 1, requests: [{ ...begin, further: steps }] },
        { requests: 1, keepEvery: 1 },
      );
      expect(reply).toEqual({ fault: 'Answered with 200: /end/c1 code=c1&again=c1' });
    });
  });
});
