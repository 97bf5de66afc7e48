import { MasterKey, Sealer } from '../../src/crypto/index.ts';
import { type EventActor, EventEngine, type EventEngineOptions, type FeedItem } from '../../src/events/index.ts';
import { newId, systemClock, type TenantId } from '../../src/kernel/index.ts';
import { EVENT_CATALOGUE } from '../../src/modules.ts';
import type { Database } from '../../src/persistence/index.ts';

/** One key for all nodes of a test, as `MASTER_KEY` is in a deployment. */
const TEST_KEY = MasterKey.fromText('0123456789abcdef'.repeat(4));

/** An event engine on a test's database, not yet started. */
export function testEngine(db: Database, options: Partial<EventEngineOptions> = {}): EventEngine {
  return new EventEngine({
    db,
    clock: systemClock,
    catalogue: EVENT_CATALOGUE,
    sealer: new Sealer(TEST_KEY, 'event-cursor'),
    ...options,
  });
}

export const newTenant = (): { id: TenantId } => ({ id: newId() as TenantId });

/** An application, with the origin of a browser. */
export function testActor(userAgent: string | null = 'test'): EventActor {
  return {
    kind: 'application',
    userId: null,
    clientId: 'test-client',
    clientAuth: 'client_secret_basic',
    sessionId: null,
    origin: { ip: '192.0.2.1', peerIp: '192.0.2.1', userAgent, api: 'oauth', processId: newId() },
  };
}

/** Reads the next `count` events of a feed, without checkpoints. */
export async function takeEvents(feed: AsyncIterator<FeedItem>, count: number): Promise<FeedItem[]> {
  const items: FeedItem[] = [];
  while (items.length < count) {
    const { done, value } = await feed.next();
    if (done === true) break;
    if (value.event !== null) items.push(value);
  }
  return items;
}

/** Waits until a condition holds; the time limit of the test ends a wait that never succeeds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
