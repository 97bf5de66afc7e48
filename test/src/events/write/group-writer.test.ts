import { describe, expect, it } from 'vitest';
import { type SecurityEvent, toSecurityEvent } from '../../../../src/events/record/event.ts';
import { type EventSink, GroupWriter } from '../../../../src/events/write/group-writer.ts';
import { EVENT_TYPES } from '../../../../src/modules.ts';
import { newTenant, testActor } from '../../../support/events.ts';

const event = () => toSecurityEvent(testActor(), newTenant(), { type: EVENT_TYPES['token.issued'] }, new Date());
const writer = (write: EventSink, maxWaiting?: number) =>
  new GroupWriter({
    write: async (events: readonly SecurityEvent[]) => {
      await write(events);
      return events;
    },
    onWritten: () => undefined,
    detached: (work) => work(),
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  });

describe('group commit', () => {
  it('refuses events beyond the bound of waiting ones', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const group = writer(() => held, 2);
    const waiting = [group.append(event()), group.append(event())];
    await expect(group.append(event())).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
    release();
    await Promise.all(waiting);
  });

  it('fails a whole group when the fault is not one of a row, without trying again', async () => {
    let calls = 0;
    const group = writer(async () => {
      calls++;
      throw new Error('disk full');
    });
    const results = await Promise.allSettled([group.append(event()), group.append(event())]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toBe(1);
  });

  it('accepts further events after a failure, and drains the waiting ones', async () => {
    const written: number[] = [];
    const group = writer(async (events) => {
      written.push(events.length);
      if (written.length === 1) throw new Error('once');
    });
    await expect(group.append(event())).rejects.toThrow('once');
    const waiting = Array.from({ length: 1_200 }, () => group.append(event()));
    await group.drain();
    await Promise.all(waiting);
    expect(written).toEqual([1, 500, 500, 200]);
  });

  it.each([0, 1, 2, 3, 4, 5])('takes an event that comes %d microtasks after a drain began', async (microtasks) => {
    const group = writer(async () => undefined);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    // More items than `LARGE_GROUP`, so that the next group is growing when the drain begins.
    await Promise.all(Array.from({ length: 5 }, () => group.append(event())));
    await turn();
    const drained = group.drain();
    for (let i = 0; i < microtasks; i++) await undefined;
    let isWritten = false;
    const late = group.append(event()).then(() => {
      isWritten = true;
    });
    await drained;
    for (let i = 0; i < 10 && !isWritten; i++) await turn();
    expect(isWritten).toBe(true);
    await late;
  });

  it('writes no more groups at the same time than allowed; events that come meanwhile share the next group', async () => {
    const begun: { readonly size: number; readonly end: () => void }[] = [];
    const group = new GroupWriter<number, number>({
      write: (items) =>
        new Promise((resolve) => {
          begun.push({ size: items.length, end: () => resolve(items.map((item) => item * 2)) });
        }),
      onWritten: () => undefined,
      detached: (work) => work(),
      maxParallel: 2,
    });
    const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const answers = [group.append(1), group.append(2)];
    await turn();
    answers.push(group.append(3));
    await turn();
    answers.push(group.append(4), group.append(5));
    await turn();
    expect(begun.map(({ size }) => size)).toEqual([2, 1]);
    begun[1]!.end();
    await answers[2];
    await turn();
    expect(begun.map(({ size }) => size)).toEqual([2, 1, 2]);
    const drained = group.drain();
    begun[0]!.end();
    begun[2]!.end();
    await drained;
    expect(await Promise.all(answers)).toEqual([2, 4, 6, 8, 10]);
  });
});
