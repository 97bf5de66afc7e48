import { describe, expect, it } from 'vitest';
import type { SecurityEvent } from '../../../../src/events/index.ts';
import { compileFilter, type EventFilter } from '../../../../src/events/read/event-filter.ts';
import { Follower, type Tail } from '../../../../src/events/read/follower.ts';
import type { Look, PositionReader } from '../../../../src/events/read/positions.ts';
import { EVENT_CATALOGUE } from '../../../../src/modules.ts';
import { until } from '../../../support/events.ts';

/** A subscriber that counts the events it is offered. */
class CountingTail implements Tail {
  readonly tenantId: string;
  readonly wanted: Tail['wanted'];
  looked = 0;

  constructor(tenantId: string, filter: EventFilter) {
    this.tenantId = tenantId;
    this.wanted = compileFilter(filter, EVENT_CATALOGUE).wanted;
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
  it('offers an event only to the subscribers whose filter it matches, however many others there are', async () => {
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
    expect(follower.generation).toBe(0);
    await follower.start();
    await until(() => follower.position?.position === happened.length);
    await follower.stop();
    expect(follower.generation).toBe(1);
    expect(idle.reduce((sum, { looked }) => sum + looked, 0)).toBe(0);
    expect([anna.looked, tokens.looked, all.looked, gone.looked]).toEqual([1, 1, 2, 0]);
  });

  describe('at a gap between positions', () => {
    /** A log without its third event; `deletedUpTo` tells what retention deleted. */
    const withHole = (deletedUpTo: () => Promise<number>) => {
      const events = Array.from({ length: 4 }, () => event('acme', { type: 'session.started' }));
      const whole = readerOf(events);
      const look = async (after: { generation: number; position: number }): Promise<Look> => {
        const found = await whole.look(after);
        return { ...found, events: found.events.filter(({ position }) => position !== 3) };
      };
      const onError = (error: unknown) => {
        throw error;
      };
      return new Follower({ reader: { ...whole, look, deletedUpTo } as PositionReader, pollMs: 5, onError });
    };

    it('has the position of the last delivered event when a subscriber is attached meanwhile, so that it misses none', async () => {
      const stoodAt: (number | undefined)[] = [];
      const late = new CountingTail('acme', {});
      const follower = withHole(async () => {
        stoodAt.push(follower.position?.position);
        if (stoodAt.length > 1) return 3;
        follower.attach(late);
        return 0;
      });
      await follower.start();
      await until(() => follower.position?.position === 4);
      await follower.stop();
      expect(stoodAt).toEqual([2, 2]);
      // The lapse and the fourth event.
      expect(late.looked).toBe(2);
    });

    it('does not report that it has read the log to its end', async () => {
      let asked = 0;
      const follower = withHole(async () => {
        asked += 1;
        return 0;
      });
      await follower.start();
      await until(() => asked > 2 && !follower.isFresh(250));
      await follower.stop();
      expect(follower.position?.position).toBe(2);
    });
  });
});
