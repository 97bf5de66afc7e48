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
      const one = { port: request.socket.remotePort!, path: request.url!, body: await readText(request) };
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
});
