import { describe, expect, it, vi } from 'vitest';
import type { SecurityEvent } from '../../../../src/events/index.ts';
import { kernelErrors, newId } from '../../../../src/kernel/index.ts';
import type { EventName } from '../../../../src/modules.ts';
import { first, tickingSocketsOfSuite, upgradeStatus } from '../../../support/ticking-sockets.ts';

describe('the end of a socket', () => {
  const graph = tickingSocketsOfSuite();
  const { start, connect } = graph;

  it('comes with 4403 when its token expires', async () => {
    const { url, tokens } = await start();
    tokens.set('short', () => ({
      ...graph.world.app(graph.tenant, 'tenant:read'),
      expiresAt: new Date(Date.now() + 50),
    }));
    expect(await connect(url, { authorization: 'Bearer short' }).closed).toMatchObject({
      code: 4403,
      reason: 'The access token has expired',
    });
  });

  it.each<[EventName, Partial<SecurityEvent>]>([
    ['session.revoked', { sessionId: 'session-1' }],
    ['user.disabled', { subjectId: 'user-1' }],
    ['client.deleted', { clientId: 'test-app' }],
    ['tenant.sessions_revoked', {}],
  ])('comes with 4403 after %s, when the token is no longer good (check 52)', async (type, over) => {
    const { url, tokens, sockets } = await start();
    tokens.set('user', () => ({
      ...graph.world.user(graph.tenant, 'user-1', 'user:read:self'),
      sessionId: 'session-1',
    }));
    const { client, closed } = connect(url, { authorization: 'Bearer user' });
    await first(client, '{ who }');
    tokens.delete('user');
    sockets.onEvents([graph.event(type, over)]);
    expect((await closed).code).toBe(4403);
  });

  it('checks only the tokens that the event concerns, each once for all its sockets', async () => {
    const { url, tokens, sockets } = await start();
    const looks = new Map<string, number>();
    for (const name of ['anna', 'berta']) {
      tokens.set(name, () => {
        looks.set(name, (looks.get(name) ?? 0) + 1);
        return graph.world.user(graph.tenant, name, 'user:read:self');
      });
    }
    const clients = ['anna', 'anna', 'anna', 'berta'].map((name) => connect(url, { authorization: `Bearer ${name}` }));
    for (const { client } of clients) await first(client, '{ who }');
    expect([...looks]).toEqual([
      ['anna', 3],
      ['berta', 1],
    ]);
    sockets.onEvents([
      graph.event('token.issued', { subjectId: 'berta', clientId: 'test-app' }),
      graph.event('user.disabled', { subjectId: 'anna' }),
    ]);
    await vi.waitFor(() => expect(looks.get('anna')).toBe(4));
    // Checks for a whole tenant come last, so none of the former event is under way any more.
    sockets.onEvents([graph.event('tenant.sessions_revoked')]);
    await vi.waitFor(() => expect([...looks.values()]).toEqual([5, 2]));
  });

  it('does not come from events of others, nor while the token stays valid', async () => {
    const { url, tokens, sockets, logged } = await start();
    const resolved = vi.fn(() => ({
      ...graph.world.user(graph.tenant, 'user-1', 'user:read:self'),
      sessionId: 'session-1',
    }));
    tokens.set('user', resolved);
    const { client } = connect(url, { authorization: 'Bearer user' });
    await first(client, '{ who }');
    sockets.onEvents([
      graph.event('session.revoked', { sessionId: 'session-2' }),
      graph.event('user.disabled', { subjectId: 'user-2' }),
      graph.event('user.updated', { subjectId: 'user-1' }),
      graph.event('tenant.sessions_revoked', { tenantId: newId() }),
    ]);
    expect(resolved).toHaveBeenCalledTimes(1);
    sockets.onEvents([graph.event('session.revoked', { sessionId: 'session-1' })]);
    await vi.waitFor(() => expect(resolved).toHaveBeenCalledTimes(2));
    expect(await first(client, '{ who }')).toEqual({ data: { who: 'test-app' } });
    expect(logged.join()).not.toContain('"level":"error"');
  });

  it('is not caused by a database that is away when the token is checked again', async () => {
    const { url, tokens, sockets, logged } = await start();
    const { client } = connect(url);
    await first(client, '{ who }');
    tokens.set('good', () => {
      throw kernelErrors.SERVICE_UNAVAILABLE();
    });
    sockets.onEvents([graph.event('tenant.updated')]);
    await vi.waitFor(() => expect(logged.join()).toContain('could not be checked'));
    expect(await first(client, '{ who }')).toEqual({ data: { who: 'test-app' } });
  });

  it('executes the next event of a subscription with the present permissions of the caller', async () => {
    const { url, tokens, sockets, source } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    await results.next();
    const changed = vi.fn(() => ({ ...graph.world.app(graph.tenant), clientId: 'renamed' }));
    tokens.set('good', changed);
    sockets.onEvents([graph.event('tenant.updated')]);
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    await first(client, '{ who }');
    source.push('two');
    expect((await results.next()).value).toEqual({ data: { ticks: 'two for renamed' } });
  });

  it('comes with 1001 when the node drains, and no more are opened', async () => {
    const { url, sockets } = await start();
    const { client, closed } = connect(url);
    await first(client, '{ who }');
    await sockets.stop();
    expect((await closed).code).toBe(1001);
    expect(await upgradeStatus(url, {})).toBe(503);
  });
});
