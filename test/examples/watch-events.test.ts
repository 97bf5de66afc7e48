import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../src/kernel/index.ts';
import { EVENT_TYPES } from '../../src/modules.ts';
import { serveSockets, type TestSockets } from '../support/sockets.ts';
import { World } from '../support/world.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/watch-events.mjs', import.meta.url));

describe('the example that watches events', () => {
  let world: World;
  let tenant: TenantRef;
  let served: TestSockets;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    served = await serveSockets(world);
    await world.services.eventEngine.start();
  });
  afterAll(async () => {
    await served.close();
    await world.services.eventEngine.stop();
    await world.close();
  });

  function watch(token: string, ...options: string[]): ChildProcess {
    const url = served.url.replace(/^ws/, 'http').replace('/graphql', '');
    return spawn(process.execPath, [EXAMPLE, '--url', url, ...options], {
      env: { ...process.env, TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  const linesOf = (stream: NodeJS.ReadableStream) => createInterface({ input: stream })[Symbol.asyncIterator]();
  const happen = (subjectId: string) =>
    world.services.events.append(world.app(tenant), tenant, { type: EVENT_TYPES['session.started'], subjectId });

  it('prints each event with its id, reconnects when the connection breaks, and misses no event', async () => {
    served.tokens.set('reader', world.app(tenant, 'event:read'));
    const child = watch('reader', '--count', '2');
    expect((await linesOf(child.stderr!).next()).value).toBe('Watching ...');
    const printed = linesOf(child.stdout!);
    const seen = await happen('seen');
    expect(JSON.parse(String((await printed.next()).value))).toMatchObject({
      id: `evt~${tenant.route}~${seen.id}`,
      subjectId: 'seen',
    });
    served.cut();
    await happen('while away');
    expect(JSON.parse(String((await printed.next()).value))).toMatchObject({ subjectId: 'while away' });
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends with the error when it is refused', async () => {
    served.tokens.set('stranger', world.app(tenant, 'user:read'));
    const child = watch('stranger');
    const [refusal, [code]] = await Promise.all([linesOf(child.stderr!).next(), once(child, 'exit')]);
    expect(refusal.value).toContain('"FORBIDDEN"');
    expect(code).toBe(1);
  });
});
