import { describe, expect, it } from 'vitest';
import type { SecurityEvent } from '../../../../src/events/index.ts';
import { compileFilter, type EventFilter, indexedValues } from '../../../../src/events/read/event-filter.ts';
import { FilterIndex } from '../../../../src/events/read/filter-index.ts';
import { EVENT_CATALOGUE, EVENT_TYPES, type EventName } from '../../../../src/modules.ts';

const event = (over: Partial<SecurityEvent> = {}): SecurityEvent =>
  ({
    type: 'session.started',
    subjectId: 'anna',
    actorId: 'anna',
    clientId: 'app',
    outcome: 'success',
    occurredAt: new Date(0),
    ...over,
  }) as SecurityEvent;

const found = <T>(index: FilterIndex<T>, happened: SecurityEvent): T[] => {
  const members: T[] = [];
  index.visit(indexedValues(happened), (member) => members.push(member));
  return members;
};

const FILTERS: readonly EventFilter[] = [
  {},
  { subjectId: 'anna' },
  { subjectId: 'berta' },
  { types: ['session.started'] },
  { types: ['session.ended', 'session.started', 'session.started'] },
  { types: [] },
  { categories: ['sign-in'] },
  { categories: ['tenant'] },
  { subjectId: 'anna', types: ['session.ended'] },
  { actorId: 'anna', clientId: 'app' },
  { clientId: 'other' },
  { outcome: 'failure' },
  { subjectId: 'anna', actorId: 'berta', clientId: 'app', outcome: 'failure', types: ['session.ended'] },
  { types: Object.keys(EVENT_TYPES) as EventName[] },
];

const EVENTS = [
  event(),
  event({ type: 'session.ended' }),
  event({ type: 'session.ended', actorId: 'berta', outcome: 'failure' }),
  event({ type: 'tenant.created', subjectId: null, actorId: null, clientId: null }),
  event({ subjectId: 'berta', clientId: 'other' }),
];

describe('the index of filters', () => {
  it('finds the members whose filter matches an event, each once, and no others', () => {
    const index = new FilterIndex<EventFilter>();
    for (const filter of FILTERS) index.add(compileFilter(filter, EVENT_CATALOGUE).wanted, filter);
    for (const happened of EVENTS) {
      const expected = FILTERS.filter((filter) => compileFilter(filter, EVENT_CATALOGUE).matches(happened));
      expect(new Set(found(index, happened))).toEqual(new Set(expected));
      expect(found(index, happened)).toHaveLength(expected.length);
    }
  });

  it('indexes at most 32 types of a filter; a filter with more is offered every type', () => {
    const types = Object.keys(EVENT_TYPES) as EventName[];
    expect(compileFilter({ types: types.slice(0, 32) }, EVENT_CATALOGUE).wanted.at(-1)).toHaveLength(32);
    expect(compileFilter({ types: types.slice(0, 33) }, EVENT_CATALOGUE).wanted.at(-1)).toBeNull();
  });

  it('is empty again after all members are deleted, and ignores the deletion of unknown members', () => {
    const index = new FilterIndex<EventFilter>();
    for (const filter of FILTERS) index.add(compileFilter(filter, EVENT_CATALOGUE).wanted, filter);
    expect(index.isEmpty).toBe(false);
    for (const filter of FILTERS) {
      index.delete(compileFilter(filter, EVENT_CATALOGUE).wanted, filter);
      index.delete(compileFilter(filter, EVENT_CATALOGUE).wanted, filter);
    }
    expect(index.isEmpty).toBe(true);
  });
});
