import type { Client, SubscribePayload } from 'graphql-ws';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { kernelErrors } from '../../../../src/kernel/index.ts';
import { first, openSocket, tickingSocketsOfSuite } from '../../../support/ticking-sockets.ts';

const LIVE = 'subscription ($filter: String) { live(filter: $filter) }';

interface Following {
  /** What was received. */
  readonly values: unknown[];
  /** The error that ended it. */
  failure: unknown;
  hasCompleted: boolean;
  readonly end: () => void;
}

describe('equal subscriptions', () => {
  const graph = tickingSocketsOfSuite();
  const { start, connect } = graph;
  afterEach(() => vi.restoreAllMocks());

  function follow(client: Client, payload: SubscribePayload = { query: LIVE }): Following {
    const following: Following = {
      values: [],
      failure: undefined,
      hasCompleted: false,
      end: client.subscribe<{ live: unknown }>(payload, {
        next: ({ data }) => void following.values.push(data!.live),
        error: (error) => {
          following.failure = error;
        },
        complete: () => {
          following.hasCompleted = true;
        },
      }),
    };
    return following;
  }

  /** Connects and follows as often as asked, and waits for the first item of each. */
  async function followAll(url: string, count: number, payload?: SubscribePayload, token = 'good') {
    const all = Array.from({ length: count }, () =>
      follow(connect(url, { authorization: `Bearer ${token}` }).client, payload),
    );
    await begun(all);
    return all;
  }

  const begun = (all: readonly Following[]) =>
    vi.waitFor(() => expect(all.filter(({ values }) => values.length === 0)).toEqual([]), { timeout: 20_000 });

  const received = (all: readonly Following[], values: readonly unknown[]) =>
    vi.waitFor(() => expect(all.map((each) => each.values)).toEqual(all.map(() => ['start', ...values])), {
      timeout: 20_000,
    });

  /** The results that are serialised from now on. */
  function countSerialised(): () => number {
    const stringify = vi.spyOn(JSON, 'stringify');
    return () => stringify.mock.calls.filter(([value]) => value?.data?.live ?? value?.payload?.data?.live).length;
  }

  it('share one feed, one execution and one serialised result for each event; each gets each event once, in order', async () => {
    const { url, log, seen } = await start();
    const all = await followAll(url, 50);
    const serialised = countSerialised();
    seen.live.length = 0;
    for (const value of ['one', 'two', 'three']) log.push(value);
    await received(all, ['one', 'two', 'three']);
    expect(seen.live).toEqual(['one for test-app', 'two for test-app', 'three for test-app']);
    expect(serialised()).toBe(3);
    expect(log.followedFrom).toEqual([null]);
  });

  it('of one socket get each result under their own ids', async () => {
    const { url, log, seen } = await start();
    const socket = await openSocket(url, { authorization: 'Bearer good' });
    const messages: { id?: string; type: string; payload?: unknown }[] = [];
    socket.on('message', (data) => void messages.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await vi.waitFor(() => expect(messages).toEqual([{ type: 'connection_ack' }]));
    const ids = ['1', 'a "quoted" id'];
    for (const id of ids) socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query: LIVE } }));
    await vi.waitFor(() => expect(messages).toHaveLength(3));
    messages.length = 0;
    log.push('one');
    await vi.waitFor(() => expect(messages).toHaveLength(2));
    expect(messages).toEqual(ids.map((id) => ({ id, type: 'next', payload: { data: { live: 'one' } } })));
    expect(seen.live.filter((each) => each.startsWith('one'))).toHaveLength(1);
    socket.terminate();
  });

  const TWO = `${LIVE.replace('subscription', 'subscription First')} subscription Second { live }`;
  it.each<[string, SubscribePayload, SubscribePayload, string]>([
    ['tokens', { query: LIVE }, { query: LIVE }, 'other'],
    ['filters', { query: LIVE }, { query: LIVE, variables: { filter: 'some' } }, 'good'],
    ['documents', { query: LIVE }, { query: `${LIVE} ` }, 'good'],
    ['operations', { query: TWO, operationName: 'First' }, { query: TWO, operationName: 'Second' }, 'good'],
  ])('do not include those of other %s', async (_, payload, otherPayload, otherToken) => {
    const { url, log, seen, tokens } = await start();
    tokens.set('other', () => graph.world.app(graph.tenant, 'tenant:read'));
    const all = [...(await followAll(url, 3, payload)), ...(await followAll(url, 2, otherPayload, otherToken))];
    const serialised = countSerialised();
    seen.live.length = 0;
    log.push('one', 'two');
    await received(all, ['one', 'two']);
    expect(seen.live).toHaveLength(4);
    expect(serialised()).toBe(4);
    expect(log.followers).toBe(2);
  });

  it('begin at the present place, and get no event that happened before', async () => {
    const { url, log } = await start();
    const early = await followAll(url, 2);
    log.push('one');
    await received(early, ['one']);
    const late = await followAll(url, 2);
    log.push('two');
    await received(early, ['one', 'two']);
    await received(late, ['two']);
  });

  it('that begin while an event is executed get only the events that happen after that', async () => {
    const { url, log } = await start();
    const early = await followAll(url, 1);
    const executed = Promise.withResolvers<string>();
    log.push(executed.promise, 'two');
    const { client } = connect(url);
    const late = follow(client);
    // The answer shows that the server has taken the message before it, which began the subscription.
    await first(client, '{ who }');
    expect(late.values).toEqual([]);
    executed.resolve('one');
    await begun([late]);
    log.push('three');
    await received(early, ['one', 'two', 'three']);
    await received([late], ['three']);
  });

  it('that begin while events happen miss none after their first item', async () => {
    const { url, log } = await start();
    const [early] = (await followAll(url, 1)) as [Following];
    let pushed = 0;
    const pushing = setInterval(() => log.push(`tick ${++pushed}`), 1);
    const later = Array.from({ length: 20 }, () => follow(connect(url).client));
    await begun(later);
    clearInterval(pushing);
    log.push('last');
    const all = [early, ...later];
    await vi.waitFor(() => expect(all.map(({ values }) => values.at(-1))).toEqual(all.map(() => 'last')));
    for (const { values } of later) expect(values.slice(1)).toEqual(early.values.slice(1 - values.length));
  });

  it('go on when one of them ends, and hold nothing once the last has ended', async () => {
    const { url, log } = await start();
    const [one, two, three] = (await followAll(url, 3)) as [Following, Following, Following];
    log.push('one');
    await received([one, two, three], ['one']);
    one.end();
    await vi.waitFor(() => expect(one.hasCompleted).toBe(true));
    log.push('two');
    await received([two, three], ['one', 'two']);
    expect(one.values).toEqual(['start', 'one']);
    two.end();
    three.end();
    await vi.waitFor(() => expect(log.followers).toBe(0));
    const [again] = (await followAll(url, 1)) as [Following];
    log.push('three');
    await received([again], ['three']);
    expect(log.followedFrom).toEqual([null, null]);
  });

  it('hold nothing once all connections are broken', async () => {
    const { url, log } = await start();
    const clients = Array.from({ length: 5 }, () => connect(url).client);
    await begun(clients.map((client) => follow(client)));
    expect(log.followers).toBe(1);
    for (const client of clients) client.terminate();
    await vi.waitFor(() => expect(log.followers).toBe(0));
  });

  it('of a revoked token are closed, and those of other tokens go on', async () => {
    const { url, log, tokens, sockets } = await start();
    tokens.set('leaving', () => graph.world.app(graph.tenant, 'tenant:read'));
    const staying = await followAll(url, 2);
    const { client, closed } = connect(url, { authorization: 'Bearer leaving' });
    await begun([follow(client)]);
    expect(log.followers).toBe(2);
    tokens.delete('leaving');
    sockets.onEvents([graph.event('tenant.sessions_revoked')]);
    expect((await closed).code).toBe(4403);
    await vi.waitFor(() => expect(log.followers).toBe(1));
    log.push('one');
    await received(staying, ['one']);
  });

  it('execute the next event with the present permissions of their caller', async () => {
    const { url, log, tokens, sockets, seen } = await start();
    const clients = [1, 2].map(() => connect(url).client);
    const all = clients.map((client) => follow(client));
    await begun(all);
    tokens.set('good', () => ({ ...graph.world.app(graph.tenant), clientId: 'renamed' }));
    sockets.onEvents([graph.event('tenant.updated')]);
    for (const client of clients)
      await vi.waitFor(async () => expect(await first(client, '{ who }')).toEqual({ data: { who: 'renamed' } }));
    log.push('one');
    await received(all, ['one']);
    expect(seen.live.at(-1)).toBe('one for renamed');
  });

  it('end with the error of an item that fails, which is logged once', async () => {
    const { url, log, logged, seen } = await start();
    const all = await followAll(url, 3);
    log.push('one', new Error('the secret plan'), 'three');
    await vi.waitFor(() =>
      expect(all.map(({ failure }) => failure)).toEqual(
        all.map(() => [expect.objectContaining({ message: 'An internal error occurred.', path: ['live'] })]),
      ),
    );
    expect(all.map(({ values }) => values)).toEqual(all.map(() => ['start', 'one']));
    expect(logged.filter((line) => line.includes('the secret plan'))).toHaveLength(1);
    expect(seen.live.filter((each) => each.startsWith('three'))).toEqual([]);
    await vi.waitFor(() => expect(log.followers).toBe(0));
  });

  it('end with the error of their source', async () => {
    const { url, log } = await start();
    const all = await followAll(url, 3);
    log.fail(kernelErrors.SERVICE_UNAVAILABLE());
    await vi.waitFor(() =>
      expect(all.map(({ failure }) => failure)).toEqual(
        all.map(() => [
          expect.objectContaining({ extensions: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }) }),
        ]),
      ),
    );
  });

  it('do not wait for a slow reader: it reads the log from its last event, misses nothing and returns to the others', async () => {
    const { url, log, seen } = await start();
    const [fast] = (await followAll(url, 1)) as [Following];
    const slow = await openSocket(url, { authorization: 'Bearer good' });
    const slowValues: string[] = [];
    slow.on('message', (data) => {
      const { type, payload } = JSON.parse(String(data));
      if (type === 'next') slowValues.push(payload.data.live.slice(0, 20));
      else slow.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: LIVE, variables: {} } }));
    });
    slow.send(JSON.stringify({ type: 'connection_init' }));
    await vi.waitFor(() => expect(slowValues).toEqual(['start']));
    expect(log.followers).toBe(1);
    slow.pause();
    // More than the operating system buffers for a connection on one machine.
    const names = Array.from({ length: 30 }, (_, i) => `tick ${i}`.padEnd(20));
    for (const name of names) {
      log.push(name.padEnd(1_000_000, '.'));
      await vi.waitFor(() => expect(fast.values.at(-1)).toMatch(name), { timeout: 20_000 });
    }
    expect(log.followers).toBe(2);
    expect(slowValues).toEqual(['start']);
    slow.resume();
    await vi.waitFor(() => expect(slowValues).toEqual(['start', ...names]), { timeout: 20_000 });
    await vi.waitFor(() => expect(log.followers).toBe(1));
    seen.live.length = 0;
    log.push('shared again');
    await vi.waitFor(() => expect(slowValues.at(-1)).toBe('shared again'));
    expect(seen.live).toEqual(['shared again for test-app']);
    slow.terminate();
  });
});
