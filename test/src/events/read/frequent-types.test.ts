import { expect, it } from 'vitest';
import { FREQUENT_TYPES } from '../../../../src/events/read/event-filter.ts';
import { EVENT_CATALOGUE } from '../../../../src/modules.ts';

it('the types that the index of the log leaves out are types of events', () => {
  expect(FREQUENT_TYPES.filter((type) => EVENT_CATALOGUE.find(type) === undefined)).toEqual([]);
});
