import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { openSocket, tickingSocketsOfSuite, upgradeStatus } from '../../../support/ticking-sockets.ts';

describe('the limits of sockets of a node', () => {
  const graph = tickingSocketsOfSuite();
  const { start } = graph;

  const acknowledged = async (url: string, token: string): Promise<WebSocket> => {
    const socket = await openSocket(url, { authorization: `Bearer ${token}` });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    return socket;
  };
  const refusal = async (url: string, token: string) => {
    const socket = await openSocket(url, { authorization: `Bearer ${token}` });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    const [code, reason] = await once(socket, 'close');
    return [code, String(reason)];
  };

  it('refuse a caller with too many sockets with 1013, whatever tokens it uses', async () => {
    const { url, tokens } = await start({ limits: parseGraphqlLimits('callerSockets=2') });
    tokens.set('first', () => graph.world.user(graph.tenant, 'user-1', 'user:read:self'));
    tokens.set('second', () => ({
      ...graph.world.user(graph.tenant, 'user-1', 'user:read:self'),
      clientId: 'another-app',
    }));
    tokens.set('other', () => graph.world.user(graph.tenant, 'user-2', 'user:read:self'));
    const sockets = [await acknowledged(url, 'first'), await acknowledged(url, 'second')];
    expect(await refusal(url, 'first')).toEqual([1013, 'The caller has too many connections']);
    sockets.push(await acknowledged(url, 'other'), await acknowledged(url, 'good'));
    sockets[0]!.close();
    await vi.waitFor(async () => sockets.push(await acknowledged(url, 'first')));
    for (const socket of sockets) socket.terminate();
  });

  it('refuse a tenant with too many sockets', async () => {
    const { url, tokens } = await start({ limits: parseGraphqlLimits('tenantSockets=2') });
    const neighbour = await graph.world.tenant();
    for (const name of ['a', 'b', 'c']) tokens.set(name, () => graph.world.user(graph.tenant, name, 'user:read:self'));
    tokens.set('neighbour', () => graph.world.user(neighbour, 'a', 'user:read:self'));
    const sockets = [await acknowledged(url, 'a'), await acknowledged(url, 'b')];
    expect(await refusal(url, 'c')).toEqual([1013, 'The tenant has too many connections']);
    sockets.push(await acknowledged(url, 'neighbour'));
    for (const socket of sockets) socket.terminate();
  });

  it('refuse an address with too many sockets that have sent no token; sockets no longer count once they send one or close', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('callerSockets=2') });
    const sockets = [await openSocket(url, { authorization: 'Bearer good' }), await openSocket(url)];
    expect(await upgradeStatus(url, {})).toBe(429);
    sockets[0]!.send(JSON.stringify({ type: 'connection_init' }));
    await once(sockets[0]!, 'message');
    const third = await openSocket(url);
    expect(await upgradeStatus(url, {})).toBe(429);
    sockets[1]!.close();
    await vi.waitFor(async () => expect(await upgradeStatus(url, {})).toBe(101));
    for (const socket of [...sockets, third]) socket.terminate();
  });

  it('stop counting a refused client soon, even if it never answers the close', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('callerSockets=1') });
    const stubborn = await openSocket(url, { authorization: 'Bearer bad' });
    stubborn.send(JSON.stringify({ type: 'connection_init' }));
    stubborn.pause();
    expect(await upgradeStatus(url, {})).toBe(429);
    await vi.waitFor(async () => expect(await upgradeStatus(url, {})).toBe(101), { timeout: 20_000 });
    stubborn.terminate();
  });

  it('bound all sockets, and the operations of each', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('sockets=1,operations=1') });
    const socket = await acknowledged(url, 'good');
    expect(await upgradeStatus(url, {})).toBe(503);
    for (const id of ['1', '2'])
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query: 'subscription { ticks }' } }));
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data))).toMatchObject({
      id: '2',
      type: 'error',
      payload: [{ message: 'A connection may have at most 1 operations open.' }],
    });
    socket.terminate();
  });
});
