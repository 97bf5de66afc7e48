import { describe, expect, it } from 'vitest';
import type { AllServices, InOrder } from '../../../src/composition/index.ts';
import { composeModules } from '../../../src/composition/index.ts';
import { defineEvents } from '../../../src/events/index.ts';
import { defineErrors } from '../../../src/kernel/index.ts';

interface Base {
  readonly clock: () => number;
}

const trees = {
  name: 'trees',
  events: [defineEvents({ 'tree.grown': { category: 'wood', ends: 'nothing', description: 'A tree grew.' } })],
  create: ({ clock }: Base) => ({
    services: { trees: { age: () => clock() } },
    internals: { treeStore: new Set<string>() },
    caches: [() => undefined],
    sweeps: [async () => 1],
  }),
} as const;

const apples = {
  name: 'apples',
  errors: [defineErrors({ APPLE_ROTTEN: { kind: 'refused', message: 'The apple is rotten.' } })],
  indexes: { apples__color: 'create index "apples__color" on "apples" ("color")' },
  create: ({ treeStore, trees: service }: { treeStore: Set<string>; trees: { age: () => number } }) => ({
    services: { apples: { ripen: () => treeStore.add('apple').size + service.age() } },
    sweeps: [async (limit: number) => limit],
  }),
} as const;

/** A module that only announces. */
const soil = { name: 'soil' } as const;

const base: Base = { clock: () => 41 };

describe('the composition of modules', () => {
  it('creates each module from the base and what the modules before it made', () => {
    const { services } = composeModules([soil, trees, apples], base, () => undefined);
    expect(services.apples.ripen()).toBe(42);
  });

  it('shows the services of all modules, and nothing that is for other modules alone', () => {
    const { services } = composeModules([trees, apples, soil], base, () => undefined);
    expect(Object.keys(services)).toEqual(['trees', 'apples']);
  });

  it('registers every cache and gathers every sweep, in the order of the modules', async () => {
    const caches: unknown[] = [];
    const { sweeps } = composeModules([trees, apples], base, (cache) => caches.push(cache));
    expect(caches).toHaveLength(1);
    expect(await Promise.all(sweeps.map((sweep) => sweep(7)))).toEqual([1, 7]);
  });

  it('refuses a module that makes what is there already', () => {
    const more = { name: 'more', create: () => ({ services: { trees: null } }) } as const;
    const taking = { name: 'taking', create: () => ({ internals: { clock: null } }) } as const;
    expect(() => composeModules([trees, more], base, () => undefined)).toThrow(
      'The module more makes trees, which is made before it.',
    );
    expect(() => composeModules([taking], base, () => undefined)).toThrow(
      'The module taking makes clock, which is made before it.',
    );
  });
});

/** Takes its argument only if the type is exactly the given one. */
const isExactly = <T>(value: T & ([T] extends [string | true] ? unknown : never)): T => value;

describe('a list of modules, to the compiler', () => {
  it('is in order when each need is filled', () => {
    expect(isExactly<InOrder<[typeof soil, typeof trees, typeof apples], Base>>(true)).toBe(true);
  });

  it('is wrong when a module comes before one that it needs', () => {
    type Wrong = InOrder<[typeof apples], Base>;
    // @ts-expect-error The list is wrong, so its type is a sentence.
    isExactly<Wrong>(true);
    const needs = isExactly<InOrder<[typeof apples, typeof trees], Base>>;
    expect([
      needs('The module apples needs treeStore, which neither the base nor a module before it makes.'),
      needs('The module apples needs trees, which neither the base nor a module before it makes.'),
    ]).toHaveLength(2);
  });

  it('is wrong when what a module needs has another type', () => {
    type Wrong = InOrder<[typeof trees], { readonly clock: string }>;
    expect(
      isExactly<Wrong>('The module trees needs clock, which neither the base nor a module before it makes.'),
    ).toContain('clock');
  });

  it('is in order when an optional need is not filled', () => {
    const modest = { name: 'modest', create: (_: { readonly shade?: number }) => ({}) } as const;
    expect(isExactly<InOrder<[typeof modest], Base>>(true)).toBe(true);
  });

  it('is wrong when a module makes what is there already', () => {
    const taking = { name: 'taking', create: () => ({ internals: { clock: null } }) } as const;
    type Wrong = InOrder<[typeof taking], Base>;
    expect(isExactly<Wrong>('The module taking makes clock, which is made before it.')).toContain('clock');
  });

  it.each([
    isExactly<InOrder<[typeof trees, { name: 'b'; events: (typeof trees)['events'] }], Base>>(
      'The module b announces the event type tree.grown, which a module before it announces.',
    ),
    isExactly<
      InOrder<
        [{ name: 'a'; errors: (typeof apples)['errors'] }, { name: 'b'; errors: (typeof apples)['errors'] }],
        Base
      >
    >('The module b announces the error code APPLE_ROTTEN, which a module before it announces.'),
    isExactly<InOrder<[{ name: 'a'; indexes: { i: 'x' } }, { name: 'b'; indexes: { i: 'y' } }], Base>>(
      'The module b announces the index i, which a module before it announces.',
    ),
    isExactly<
      InOrder<[{ name: 'a'; entities: [{ tableName: 't' }] }, { name: 'b'; entities: [{ tableName: 't' }] }], Base>
    >('The module b announces the table t, which a module before it announces.'),
    isExactly<InOrder<[typeof soil, typeof soil], Base>>(
      'The module soil announces the module soil, which a module before it announces.',
    ),
  ])('is wrong when a name is announced twice: %s', (sentence) => {
    expect(sentence).toContain('announces');
  });

  it('has the services of all its modules', () => {
    const names: Record<keyof AllServices<[typeof trees, typeof soil, typeof apples]>, true> = {
      trees: true,
      apples: true,
    };
    expect(Object.keys(names)).toHaveLength(2);
  });
});
