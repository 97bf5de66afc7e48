/**
 * A node of the event log as a separate process, for tests that kill it: an engine, and writers that record, append and roll
 * back. Prints a line of JSON for each event once it is acknowledged, `{"acknowledged": subjectId}`, and `{"ready":true}` when
 * it runs. Arguments: database URL, tenant id, name, number of events (0: it only sequences).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantId } from '../../src/kernel/index.ts';
import { ENTITIES, EVENT_TYPES } from '../../src/modules.ts';
import { Database } from '../../src/persistence/index.ts';
import { testActor, testEngine } from './events.ts';

const WRITERS = 4;

async function main(url: string, tenantId: string, name: string, count: number): Promise<void> {
  const db = await Database.open({ location: { kind: 'server', url, poolMax: WRITERS }, entities: ENTITIES });
  const engine = testEngine(db);
  await engine.start();
  const tenant = { id: tenantId as TenantId };
  const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
  say({ ready: true });

  const write = async (subjectId: string, i: number) => {
    if (i % 3 === 0) {
      await engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], subjectId });
      return;
    }
    await db.transaction(async () => {
      engine.log.record(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId });
      await db.em.flush();
      // A slow transaction, which commits after others that began later.
      if (i % 7 === 0) await sleep(i % 20);
    });
  };
  const failing = (subjectId: string) =>
    db.transaction(async () => {
      engine.log.record(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId });
      await sleep(1);
      throw new Error('rolled back');
    });
  const writer = async (k: number) => {
    for (let i = k; i < count; i += WRITERS) {
      const subjectId = `${name}-${i}`;
      if (i % 5 === 4) {
        await failing(`rolled-back-${subjectId}`).catch(() => undefined);
        continue;
      }
      await write(subjectId, i);
      say({ acknowledged: subjectId });
    }
  };
  if (count === 0) return;
  await Promise.all(Array.from({ length: WRITERS }, (_, k) => writer(k)));
  await engine.stop();
  await db.close();
}

const [url, tenantId, name, count] = process.argv.slice(2);
await main(url!, tenantId!, name!, Number(count));
