import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { kernelErrors } from '../../../../src/kernel/index.ts';
import { parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { first, openSocket, tickingSocketsOfSuite } from '../../../support/ticking-sockets.ts';

describe('the graph over WebSocket', () => {
  const { start, connect } = tickingSocketsOfSuite();

  it('executes each event of a subscription in a new context', async () => {
    const { url, source, seen } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    source.push('two');
    expect((await results.next()).value).toEqual({ data: { ticks: 'one for test-app' } });
    expect((await results.next()).value).toEqual({ data: { ticks: 'two for test-app' } });
    expect(new Set(seen.loaders).size).toBe(2);
  });

  it('ends a subscription with the error of an item that fails, and delivers neither the item nor one after it', async () => {
    const { url, source, seen } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    source.push(kernelErrors.FORBIDDEN());
    source.push('three');
    expect((await results.next()).value).toEqual({ data: { ticks: 'one for test-app' } });
    await expect(results.next()).rejects.toMatchObject([{ path: ['ticks'], extensions: { code: 'FORBIDDEN' } }]);
    await vi.waitFor(() => expect(source.released).toBe(true));
    expect(seen.loaders).toHaveLength(2);
    // The connection and its other operations continue.
    expect(await first(client, '{ who }')).toEqual({ data: { who: 'test-app' } });
  });

  it('shows nothing of an unknown error in an item, and logs it', async () => {
    const { url, source, logged } = await start();
    const results = connect(url).client.iterate({ query: 'subscription { ticks }' });
    source.push(new Error('the secret plan'));
    await expect(results.next()).rejects.toMatchObject([
      { message: 'An internal error occurred.', extensions: { code: 'INTERNAL_ERROR' } },
    ]);
    expect(logged.join()).toContain('the secret plan');
  });

  it('also answers queries', async () => {
    const { url } = await start();
    expect(await first(connect(url).client, '{ who }')).toEqual({ data: { who: 'test-app' } });
  });

  it('parses, validates and compiles a document once, and remembers a refusal', async () => {
    const { url, httpUrl, source } = await start();
    const { client } = connect(url);
    for (let use = 0; use < 3; use++) {
      expect(await first(client, '{ who }')).toEqual({ data: { who: 'test-app' } });
      await expect(first(client, '{ nothing }')).rejects.toMatchObject([
        { locations: [{ line: 1, column: 3 }], extensions: { code: 'GRAPHQL_VALIDATION_FAILED', kind: 'invalid' } },
      ]);
      await expect(first(client, '{')).rejects.toMatchObject([{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }]);
    }
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    expect((await results.next()).value).toEqual({ data: { ticks: 'one for test-app' } });
    const text = await (await fetch(`${httpUrl}/metrics`)).text();
    const counts = [...text.matchAll(/^idgraph_graphql_documents_total\{step="(\w+)"\} (\d+)$/gm)];
    expect(Object.fromEntries(counts.map(([, step, count]) => [step, Number(count)]))).toEqual({
      parsed: 3,
      validated: 3,
      refused: 2,
      compiled: 1,
    });
  });

  it('accepts the token in the header of the upgrade', async () => {
    const { url } = await start();
    const socket = await openSocket(url, { authorization: 'Bearer good' });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data)).type).toBe('connection_ack');
    socket.terminate();
  });

  it('accepts the token under any letter case of the name', async () => {
    const { url } = await start();
    expect(await first(connect(url, { Authorization: 'Bearer good' }).client, '{ who }')).toBeDefined();
  });

  it('releases the source and aborts the signal as soon as the client completes', async () => {
    const { url, source, seen } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    await results.next();
    await results.return?.();
    await vi.waitFor(() => expect(source.released).toBe(true));
    await vi.waitFor(() => expect(seen.contexts[0]!.signal.aborted).toBe(true));
  });

  it('releases the source when the connection breaks', async () => {
    const { url, source } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    await results.next();
    client.terminate();
    await vi.waitFor(() => expect(source.released).toBe(true));
  });

  it('shows a refusal with its code', async () => {
    const { url } = await start();
    const { errors } = await first(connect(url).client, 'subscription { refused }');
    expect(errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('shows nothing of an unknown error, and logs it', async () => {
    const { url, logged } = await start();
    const { errors } = await first(connect(url).client, '{ fails }');
    expect(errors![0]!.extensions).toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(JSON.stringify(errors)).not.toContain('secret plan');
    expect(logged.join()).toContain('secret plan');
  });

  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query A { who } query B { who }', 'OPERATION_RESOLUTION_FAILURE'],
    ['{ a: who b: who c: who }', 'DOCUMENT_ALIASES_EXCEEDED'],
    [`{ ${'who '.repeat(60)} }`, 'DOCUMENT_TOO_LONG'],
    ['{ nothing nothing nothing nothing }', 'DOCUMENT_REPEATS_EXCEEDED'],
    ['subscription { nothing a: who b: who c: who }', 'DOCUMENT_ALIASES_EXCEEDED'],
  ])('refuses %s as it would be over HTTP', async (query, code) => {
    const { url } = await start({ limits: parseGraphqlLimits('aliases=2,tokens=50,repeats=3') });
    const results = connect(url).client.iterate({ query });
    const [error] = await results.next().then(
      () => [],
      (errors) => errors,
    );
    expect(error.extensions.code).toBe(code);
  });
});
