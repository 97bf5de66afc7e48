import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type FanOutCommand,
  type FanOutReply,
  type FanOutResult,
  readMonotonicClock,
} from '../../bench/fan-out-protocol.ts';
import { BenchProcess } from './bench-process.ts';

const QUERY = 'subscription { securityEvents { event { type } } }';
const next = (event: object | null) =>
  JSON.stringify({ id: '1', type: 'next', payload: { data: { securityEvents: { event } } } });
const EVENT = next({ type: 'token.issued' });

describe('the process that holds many WebSockets', () => {
  const process = new BenchProcess<FanOutCommand, FanOutReply>('fan-out-process.ts');
  let server: WebSocketServer;
  const clients = new Set<WebSocket>();
  const messages: { type: string; payload?: object }[] = [];

  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
    server.on('connection', (client) => {
      clients.add(client);
      client.on('message', (data) => {
        const message = JSON.parse(String(data)) as (typeof messages)[number];
        messages.push(message);
        if (message.type === 'connection_init') client.send('{"type":"connection_ack"}');
        if (message.type === 'subscribe') client.send(next(null));
      });
    });
    await once(server, 'listening');
  });

  afterEach(async () => {
    await process.ask({ kind: 'close' });
    clients.clear();
    messages.length = 0;
  });

  afterAll(async () => {
    await process.end();
    server.close();
  });

  const open = (sockets: number, query: string | null) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return process.ask({ kind: 'open', url, token: 'secret', sockets, query });
  };
  const sendToAll = (message: string) => {
    for (const client of clients) client.send(message);
  };

  it('opens sockets with the token and the subscription, and counts the events of each', async () => {
    expect(await open(150, QUERY)).toEqual({ result: null });
    expect(clients.size).toBe(150);
    expect(messages[0]).toEqual({ type: 'connection_init', payload: { authorization: 'Bearer secret' } });
    expect(messages.filter(({ type }) => type === 'subscribe')).toHaveLength(150);
    await process.ask({ kind: 'begin' });
    const finished = process.ask({ kind: 'finish', events: 2 });
    sendToAll(EVENT);
    // A checkpoint between events is not counted.
    sendToAll(next(null));
    sendToAll(EVENT);
    expect(await finished).toMatchObject({ result: { lastAt: expect.any(Number) } });
  });

  it('knows when the last event came, even when nobody waited for it yet', async () => {
    await open(3, QUERY);
    await process.ask({ kind: 'begin' });
    sendToAll(EVENT);
    const answered = [...clients].map((client) => once(client, 'message'));
    sendToAll('{"type":"ping"}');
    await Promise.all(answered);
    const afterwards = readMonotonicClock();
    const { result } = (await process.ask({ kind: 'finish', events: 1 })) as { result: FanOutResult };
    expect(result.lastAt).toBeLessThan(afterwards);
  });

  it('leaves sockets idle that have no subscription', async () => {
    await open(3, null);
    expect(messages.map(({ type }) => type)).toEqual(Array(3).fill('connection_init'));
  });

  it('fails when one subscriber receives an event twice and another one never', async () => {
    await open(2, QUERY);
    await process.ask({ kind: 'begin' });
    const finished = process.ask({ kind: 'finish', events: 1 });
    const [first] = clients;
    first!.send(EVENT);
    first!.send(EVENT);
    expect(await finished).toEqual({ fault: '2 subscribers did not receive each of 1 events once: 2.' });
  });

  it('fails on an error of the subscription, and on a socket that is closed', async () => {
    await open(1, QUERY);
    await process.ask({ kind: 'begin' });
    const refused = process.ask({ kind: 'finish', events: 1 });
    sendToAll('{"id":"1","type":"error","payload":[{"message":"No."}]}');
    expect(await refused).toMatchObject({ fault: expect.stringContaining('Not an event') });
    await process.ask({ kind: 'close' });
    clients.clear();
    await open(1, QUERY);
    const gone = [...clients].map((client) => once(client, 'close'));
    for (const client of clients) client.close(4403, 'Forbidden');
    const closed = await process.ask({ kind: 'finish', events: 1 });
    expect(closed).toMatchObject({ fault: expect.stringContaining('Forbidden') });
    await process.ask({ kind: 'close' });
    await Promise.all(gone);
  });
});
