import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { kernelErrors } from '../../../../src/kernel/index.ts';
import { parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { openSocket, tickingSocketsOfSuite, upgradeStatus } from '../../../support/ticking-sockets.ts';

describe('opening a socket', () => {
  const { start, connect } = tickingSocketsOfSuite();

  it.each([
    ['no token', {}],
    ['a token that is not good', { authorization: 'Bearer bad' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an empty value', { authorization: '' }],
  ])('is refused with 4403 for %s', async (_, params) => {
    const { url } = await start();
    expect((await connect(url, params).closed).code).toBe(4403);
  });

  it('is refused with 1013 while the database is away', async () => {
    const { url, tokens } = await start();
    tokens.set('away', () => {
      throw kernelErrors.SERVICE_UNAVAILABLE();
    });
    expect((await connect(url, { authorization: 'Bearer away' }).closed).code).toBe(1013);
  });

  it('is allowed to pages of the service and to programs, not to pages of other origins (check 59)', async () => {
    const { url, httpUrl } = await start();
    expect(await upgradeStatus(url, {})).toBe(101);
    expect(await upgradeStatus(url, { origin: 'https://id.example' })).toBe(101);
    expect(await upgradeStatus(url, { origin: httpUrl })).toBe(101);
    for (const origin of ['https://evil.example', 'null', 'https://id.example.evil.example', 'https://id.example:444'])
      expect(await upgradeStatus(url, { origin })).toBe(403);
  });

  it('is possible only at the path of the graph', async () => {
    const { url } = await start();
    expect(await upgradeStatus(url.replace('/graphql', '/other'), {})).toBe(404);
  });

  it('requires the subprotocol; another one is refused with 4406', async () => {
    const { url } = await start();
    const socket = new WebSocket(url);
    const [code] = await once(socket, 'close');
    expect(code).toBe(4406);
  });

  it('ends with 4401 when an operation comes before the token', async () => {
    const { url } = await start();
    const socket = await openSocket(url);
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ who }' } }));
    expect((await once(socket, 'close'))[0]).toBe(4401);
  });

  it('ends with 4429 after a second connection_init, and with 4400 after a malformed message', async () => {
    const { url } = await start();
    for (const [text, code] of [
      [JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer good' } }), 4429],
      ['hello', 4400],
    ] as const) {
      const socket = await openSocket(url);
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer good' } }));
      await once(socket, 'message');
      socket.send(text);
      expect((await once(socket, 'close'))[0]).toBe(code);
    }
  });

  it.each([
    '{"type":"connection_ack"}',
    '{"type":"next","id":"1","payload":{"data":{"who":"me"}}}',
    '{"type":"error","id":"1","payload":[{"message":"no"}]}',
    '{"type":"\\u006eext","id":"1","payload":{}}',
    '{"type":"next"}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"","payload":{"query":"{ who }"}}',
    '{"type":"subscribe","id":"1","payload":{"query":5}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{ who }","variables":7}}',
    '{"type":"complete"}',
    '{"type":"ping","payload":"text"}',
    '{"type":"constructor"}',
    '[]',
    'null',
    '',
  ])('is over with 4400, and nothing is logged as our fault, after %s', async (text) => {
    const { url, logged } = await start();
    const socket = await openSocket(url, { authorization: 'Bearer good' });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    socket.send(text);
    expect((await once(socket, 'close'))[0]).toBe(4400);
    expect(logged.join()).not.toContain('Socket failed');
  });

  it('ends with 1009 after a message beyond the limit of a body', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('body=1024') });
    const socket = await openSocket(url);
    socket.send('x'.repeat(1025));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  it('allows a bounded number of operations', async () => {
    const { url } = await start();
    const socket = await openSocket(url, { authorization: 'Bearer good' });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    const query = 'subscription { ticks }';
    for (let id = 0; id <= 100; id++)
      socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }));
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data))).toMatchObject({
      id: '100',
      type: 'error',
      payload: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }],
    });
    socket.terminate();
  });
});
