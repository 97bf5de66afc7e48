import { defineEntity, p } from '@mikro-orm/core';
import { describe, expect, it } from 'vitest';
import {
  gatherEntities,
  gatherErrors,
  gatherEvents,
  gatherForeignKeys,
  gatherIndexes,
  type ServiceModule,
} from '../../../src/composition/index.ts';
import { defineEvents } from '../../../src/events/index.ts';
import { defineErrors } from '../../../src/kernel/index.ts';
import { byTenant } from '../../../src/persistence/index.ts';

const table = (tableName: string) =>
  defineEntity({ name: tableName, tableName, properties: { tenantId: p.uuid().primary(), id: p.uuid().primary() } });

const apples = {
  name: 'apples',
  entities: [table('apples')],
  foreignKeys: [byTenant('apples', 'tree_id', 'trees')],
  indexes: { apples__color: 'create index "apples__color" on "apples" ("color")' },
  errors: [defineErrors({ APPLE_ROTTEN: { kind: 'refused', message: 'The apple is rotten.' } })],
  events: [defineEvents({ 'apple.eaten': { category: 'fruit', ends: 'nothing', description: 'An apple was eaten.' } })],
} satisfies ServiceModule;

/** A module that takes one name of another one. */
const pears = (taken: Partial<ServiceModule>): ServiceModule => ({ name: 'pears', ...taken });

describe('what modules announce', () => {
  it('is gathered in the order of the modules; an absent member is nothing', () => {
    const trees = { name: 'trees', entities: [table('trees')] } satisfies ServiceModule;
    const modules = [trees, pears({}), apples];
    expect(gatherEntities(modules)).toEqual([...trees.entities, ...apples.entities]);
    expect(gatherForeignKeys(modules)).toEqual(apples.foreignKeys);
    expect(gatherIndexes(modules)).toEqual(apples.indexes);
    expect(gatherErrors(modules)).toEqual(apples.errors);
    expect(gatherEvents(modules)).toEqual(apples.events[0]);
  });

  it.each<[string, (modules: readonly ServiceModule[]) => unknown, Partial<ServiceModule>]>([
    ['table apples', gatherEntities, { entities: [table('apples')] }],
    ['index apples__color', gatherIndexes, { indexes: { apples__color: '' } }],
    [
      'error code APPLE_ROTTEN',
      gatherErrors,
      { errors: [defineErrors({ APPLE_ROTTEN: { kind: 'refused', message: 'Another text.' } })] },
    ],
    [
      'event type apple.eaten',
      gatherEvents,
      { events: [defineEvents({ 'apple.eaten': { category: 'fruit', ends: 'tenant', description: 'Again.' } })] },
    ],
  ])('ends the start when two modules announce the %s', (name, gather, taken) => {
    expect(() => gather([apples, pears(taken)])).toThrow(
      `The ${name} is announced twice: by the modules apples and pears.`,
    );
  });

  it('ends the start when a module announces a foreign key of a table of another module', () => {
    expect(() => gatherForeignKeys([apples, pears({ foreignKeys: [byTenant('apples', 'pear_id', 'pears')] })])).toThrow(
      'The module pears announces a foreign key of apples, which is not one of its tables.',
    );
  });
});
