import { describe, expect, it } from 'vitest';
import { compileFilter, type EventFilter } from '../../../src/events/event-filter.ts';
import { Follower, type Tail } from '../../../src/events/follower.ts';
import type { SecurityEvent } from '../../../src/events/index.ts';
import type { Look, PositionReader } from '../../../src/events/positions.ts';
import { until } from '../../support/events.ts';

/** A subscriber that counts what it is asked to look at. */
class CountingTail implements Tail {
  readonly tenantId: string;
  readonly wanted: Tail['wanted'];
  looked = 0;

  constructor(tenantId: string, filter: EventFilter) {
    this.tenantId = tenantId;
    this.wanted = compileFilter(filter).wanted;
  }
  offer(): void {
    this.looked += 1;
  }
  lapse(): void {
    this.looked += 1;
  }
}

/** A log of these events. */
function readerOf(events: readonly SecurityEvent[]): PositionReader {
  const look = async ({ position }: { position: number }): Promise<Look> => ({
    generation: 1,
    from: position,
    events: events.map((event, at) => ({ position: at + 1, event })).slice(position),
  });
  return { tail: async () => ({ generation: 1, position: 0 }), look } as unknown as PositionReader;
}

const event = (tenantId: string, over: Partial<SecurityEvent>): SecurityEvent =>
  ({ tenantId, subjectId: null, actorId: null, clientId: null, outcome: 'success', ...over }) as SecurityEvent;

describe('the follower', () => {
  it('asks only those subscribers about an event whom it concerns, however many there are', async () => {
    const happened = [
      event('acme', { type: 'session.started', subjectId: 'anna' }),
      event('acme', { type: 'token.issued', clientId: 'app' }),
      event('other', { type: 'session.started', subjectId: 'anna' }),
    ];
    const follower = new Follower({
      reader: readerOf(happened),
      pollMs: 10,
      onError: (error) => {
        throw error;
      },
    });
    const idle = [
      ...Array.from({ length: 1_000 }, (_, i) => new CountingTail('acme', { subjectId: `user-${i}` })),
      ...Array.from({ length: 1_000 }, () => new CountingTail('acme', { types: ['tenant.deleted'] })),
      ...Array.from({ length: 1_000 }, () => new CountingTail('elsewhere', {})),
    ];
    const anna = new CountingTail('acme', { subjectId: 'anna' });
    const tokens = new CountingTail('acme', { categories: ['token'] });
    const all = new CountingTail('acme', {});
    const gone = new CountingTail('acme', {});
    for (const tail of [...idle, anna, tokens, all, gone]) follower.attach(tail);
    follower.detach(gone);
    await follower.start();
    await until(() => follower.position?.position === happened.length);
    await follower.stop();
    expect(idle.reduce((sum, { looked }) => sum + looked, 0)).toBe(0);
    expect([anna.looked, tokens.looked, all.looked, gone.looked]).toEqual([1, 1, 2, 0]);
  });
});
