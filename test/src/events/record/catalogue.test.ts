import { describe, expect, it } from 'vitest';
import { defineEvents, EventCatalogue, type SecurityEvent } from '../../../../src/events/index.ts';

const fruit = defineEvents({
  'apple.eaten': { category: 'fruit', ends: 'subject', description: 'An apple was eaten.' },
  'apple.washed': { category: 'fruit', ends: 'nothing', description: 'An apple was washed.' },
});
const trees = defineEvents({ 'tree.cut': { category: 'tree', ends: 'tenant', description: 'A tree was cut.' } });
const catalogue = new EventCatalogue([fruit, trees]);

const event = (type: string): SecurityEvent =>
  ({ type, subjectId: 'anna', clientId: null, params: {} }) as SecurityEvent;

describe('the event catalogue', () => {
  it('has the types of all tables, each with its name', () => {
    expect(catalogue.types.map(({ name }) => name)).toEqual(['apple.eaten', 'apple.washed', 'tree.cut']);
    expect(catalogue.find('tree.cut')).toBe(trees['tree.cut']);
    expect(catalogue.find('tree.planted')).toBeUndefined();
    expect(catalogue.find('toString')).toBeUndefined();
  });

  it('lists categories and the types of some of them', () => {
    expect([...catalogue.categories]).toEqual(['fruit', 'tree']);
    expect(catalogue.namesIn(['fruit'])).toEqual(['apple.eaten', 'apple.washed']);
    expect(catalogue.namesIn(['stone'])).toEqual([]);
  });

  it('says whose access an event ends, and that of the tenant for a type that only a newer node knows', () => {
    expect(catalogue.readEndedAccess(event('apple.eaten'))).toMatchObject({ kind: 'subject', userId: 'anna' });
    expect(catalogue.readEndedAccess(event('apple.washed'))).toBeNull();
    expect(catalogue.readEndedAccess(event('tree.planted'))).toEqual({ kind: 'tenant' });
  });

  it('takes only types that are declared: a misspelt one does not compile', () => {
    // @ts-expect-error The event is called `apple.eaten`.
    expect(fruit['apple.eeten']).toBeUndefined();
  });
});
