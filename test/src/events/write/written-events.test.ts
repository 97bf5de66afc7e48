import { describe, expect, it } from 'vitest';
import { toSecurityEvent } from '../../../../src/events/record/event.ts';
import { WrittenEvents } from '../../../../src/events/write/written-events.ts';
import { EVENT_TYPES } from '../../../../src/modules.ts';
import { newTenant, testActor } from '../../../support/events.ts';

const tenant = newTenant();
const makeEvent = (text = '') =>
  toSecurityEvent(
    testActor(),
    tenant,
    { type: EVENT_TYPES['token.issued'], params: { text } },
    new Date('2026-11-22T12:00:00Z'),
  );

describe('the events that a node writes', () => {
  it('are given once, to their tenant', () => {
    const written = new WrittenEvents();
    const event = makeEvent();
    written.add([event, makeEvent()]);
    expect(written.take(newTenant().id, event.id)).toBeUndefined();
    expect(written.take(tenant.id, event.id)).toBe(event);
    expect(written.take(tenant.id, event.id)).toBeUndefined();
  });

  it('are forgotten when they were not written, and leave no size behind', () => {
    const written = new WrittenEvents();
    const [kept, gone] = [makeEvent(), makeEvent()];
    written.add([kept, gone]);
    written.add([gone]);
    written.forget([gone, gone]);
    expect(written.take(tenant.id, gone.id)).toBeUndefined();
    written.take(tenant.id, kept.id);
    expect(written.bytes).toBe(0);
  });

  it('take a bounded number of bytes: the oldest are dropped, a large one after fewer others', () => {
    const written = new WrittenEvents(10_000);
    const small = Array.from({ length: 20 }, () => makeEvent());
    for (const event of small) written.add([event]);
    expect(written.bytes).toBeLessThanOrEqual(10_000);
    const before = written.bytes;
    written.add([makeEvent('x'.repeat(1_500))]);
    expect(written.bytes).toBeLessThanOrEqual(10_000);
    expect(before).toBeGreaterThan(8_000);
    const left = small.filter(({ id }) => written.take(tenant.id, id) !== undefined);
    expect(left.length).toBeGreaterThan(0);
    expect(left).toEqual(small.slice(-left.length));
    written.add([makeEvent('x'.repeat(10_000)), makeEvent('y'.repeat(10_000))]);
    expect(written.bytes).toBeLessThanOrEqual(10_000);
  });
});
