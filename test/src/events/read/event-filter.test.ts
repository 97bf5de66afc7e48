import { describe, expect, it } from 'vitest';
import {
  compileFilter,
  type EventFilter,
  indexedValues,
  subjectFilter,
} from '../../../../src/events/read/event-filter.ts';
import type { SecurityEvent } from '../../../../src/events/record/event.ts';
import { EVENT_CATALOGUE, EVENT_TYPES, type EventName } from '../../../../src/modules.ts';

const NOON = new Date('2026-11-22T12:00:00.000Z');
const at = (milliseconds: number) => new Date(NOON.getTime() + milliseconds);
const EVENT = {
  type: 'user.created',
  subjectId: 'anna',
  actorId: 'boris',
  clientId: 'portal',
  outcome: 'success',
  occurredAt: NOON,
} as SecurityEvent;
const compiled = (filter: EventFilter) => compileFilter(filter, EVENT_CATALOGUE);
const ofSubject = (filter: EventFilter) => subjectFilter(filter, EVENT_CATALOGUE);
const matches = (filter: EventFilter, over: object = {}) => compiled(filter).matches({ ...EVENT, ...over });
const types = Object.keys(EVENT_TYPES) as EventName[];
const categoryOf = (type: EventName) => EVENT_TYPES[type].category;

describe('a filter of events', () => {
  it('lets every event pass where it restricts nothing', () => {
    for (const filter of [{}, { types: null, categories: null, subjectId: null, from: null, to: null, outcome: null }])
      expect([matches(filter), compiled(filter).wanted]).toEqual([true, [null, null, null, null, null]]);
  });

  it.each(['subjectId', 'actorId', 'clientId', 'outcome'] as const)(
    'compares %s as it is, and never with null',
    (name) => {
      const filter = { [name]: EVENT[name] } as EventFilter;
      expect(matches(filter)).toBe(true);
      for (const value of [null, 'other', String(EVENT[name]).toUpperCase()])
        expect(matches(filter, { [name]: value })).toBe(false);
    },
  );

  it('demands all of its members', () => {
    expect(matches({ subjectId: 'anna', clientId: 'portal', types: ['user.created'] })).toBe(true);
    expect(matches({ subjectId: 'anna', clientId: 'other' })).toBe(false);
    expect(matches({ subjectId: 'anna', types: ['user.deleted'] })).toBe(false);
  });

  it('takes events from the first moment to the last one, both included', () => {
    expect([at(-1), at(0), at(1)].map((from) => matches({ from }))).toEqual([true, true, false]);
    expect([at(-1), at(0), at(1)].map((to) => matches({ to }))).toEqual([false, true, true]);
  });

  it('with no types or categories in its lists lets nothing pass', () => {
    expect([matches({ types: [] }), matches({ categories: [] }), matches({ categories: ['no-such'] })]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('takes the types of its categories, and where it names types too, those that are both', () => {
    const category = categoryOf('user.created');
    const foreign = types.find((type) => categoryOf(type) !== category)!;
    expect([matches({ categories: [category] }), matches({ categories: [categoryOf(foreign)] })]).toEqual([
      true,
      false,
    ]);
    expect(matches({ categories: [category], types: ['user.created', foreign] })).toBe(true);
    expect(matches({ categories: [category], types: [foreign] }, { type: foreign })).toBe(false);
    expect(matches({ categories: [categoryOf(foreign)], types: ['user.created'] })).toBe(false);
  });
});

describe('how a filter is found for an event', () => {
  it('is by the values it demands, in the order of those of the event', () => {
    const { wanted } = compiled({
      outcome: 'success',
      subjectId: 'anna',
      types: ['user.created', 'user.created'],
    });
    expect(wanted).toEqual([['anna'], null, null, ['success'], ['user.created']]);
    expect(indexedValues(EVENT)).toEqual(['anna', 'boris', 'portal', 'success', 'user.created']);
  });

  it('is by at most 32 types; a filter with more is found by its other values', () => {
    expect(compiled({ types: types.slice(0, 32) }).wanted[4]).toHaveLength(32);
    expect(compiled({ types: types.slice(0, 33) }).wanted[4]).toBeNull();
  });
});

describe('a filter by account', () => {
  it('is one only by account, types and time', () => {
    expect(ofSubject({ subjectId: 'anna', types: ['user.created'] })).toMatchObject({
      subjectId: 'anna',
      types: ['user.created'],
    });
    expect(ofSubject({ subjectId: 'anna' })).toMatchObject({ types: null });
    for (const more of [{ actorId: 'boris' }, { clientId: 'portal' }, { outcome: 'failure' as const }])
      expect(ofSubject({ subjectId: 'anna', ...more })).toBeNull();
    expect(ofSubject({ types: ['user.created'] })).toBeNull();
  });

  it('is none for an account that the database refuses as a text', () => {
    for (const subjectId of ['a\0', '\ud800', 'a\nb']) expect(ofSubject({ subjectId })).toBeNull();
  });

  it('has bounds of ids that include both moments', () => {
    const bounds = ofSubject({ subjectId: 'anna', from: NOON, to: NOON })!;
    const hex = NOON.getTime().toString(16).padStart(12, '0');
    expect(bounds.fromId.replaceAll('-', '').slice(0, 12)).toBe(hex);
    expect(bounds.belowId.replaceAll('-', '').slice(0, 12)).toBe((NOON.getTime() + 1).toString(16).padStart(12, '0'));
    const open = ofSubject({ subjectId: 'anna' })!;
    expect(open.fromId < bounds.fromId && bounds.belowId < open.belowId).toBe(true);
  });
});
