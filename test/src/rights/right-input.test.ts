import { describe, expect, it } from 'vitest';
import { checkChange, checkRightsInput, type RightsInput } from '../../../src/rights/right-input.ts';
import { faultsOf } from '../../support/refusal.ts';

const sides = { subject: { kind: 'user', id: 'anna' }, object: { kind: 'user', id: 'ben' } } as const;
const texts = (count: number, prefix = 'n') => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
const pair = (over: Partial<RightsInput> = {}): RightsInput => ({ ...sides, names: ['read'], ...over });
const faults = (...inputs: RightsInput[]) => faultsOf(() => checkRightsInput(inputs));
const changeFaults = (change: Parameters<typeof checkChange>[0]) => faultsOf(() => checkChange(change));

/** Texts that cannot be names or tags, whatever their length. */
const UNSOUND = ['', ' ', '\t', '\u00a0', 'a\0', 'a\nb', '\ud800', '__proto__'];

describe('rights to give or take', () => {
  it('come in at most 50 pairs', async () => {
    const pairs = (count: number) => Array.from({ length: count }, () => pair());
    expect(await faults(...pairs(50))).toBeNull();
    expect(await faults(...pairs(51))).toEqual(['INVALID_INPUT', 'input.rights LIST_LENGTH']);
  });

  it('have 1 to 50 names each', async () => {
    expect(await faults(pair({ names: texts(50) }))).toBeNull();
    expect(await faults(pair(), pair({ names: texts(51) }))).toEqual([
      'INVALID_INPUT',
      'input.rights.1.names LIST_LENGTH',
    ]);
    expect(await faults(pair({ names: [] }))).toEqual(['INVALID_INPUT', 'input.rights.0.names LIST_LENGTH']);
  });

  it('have at most 20 tags each, or none', async () => {
    for (const tags of [texts(20), [], null, undefined]) expect(await faults(pair({ tags }))).toBeNull();
    expect(await faults(pair({ tags: texts(21) }))).toEqual(['INVALID_INPUT', 'input.rights.0.tags LIST_LENGTH']);
  });

  it('have names of at most 128 characters and tags of at most 64', async () => {
    expect(await faults(pair({ names: ['x'.repeat(128)], tags: ['x'.repeat(64)] }))).toBeNull();
    expect(await faults(pair({ names: ['x'.repeat(129)], tags: ['x'.repeat(65)] }))).toEqual([
      'INVALID_INPUT',
      'input.rights.0.names TEXT_INVALID',
      'input.rights.0.tags TEXT_INVALID',
    ]);
  });

  it.each(UNSOUND)('are not called %j', async (text) => {
    expect(await faults(pair({ names: ['read', text] }))).toEqual([
      'INVALID_INPUT',
      'input.rights.0.names TEXT_INVALID',
    ]);
    expect(await faults(pair({ tags: [text] }))).toEqual(['INVALID_INPUT', 'input.rights.0.tags TEXT_INVALID']);
  });

  it('are refused with every fault at once, but not with more faults than pairs that are read', async () => {
    expect(await faults(pair({ names: [] }), pair(), pair({ names: [''], tags: [''] }))).toEqual([
      'INVALID_INPUT',
      'input.rights.0.names LIST_LENGTH',
      'input.rights.2.names TEXT_INVALID',
      'input.rights.2.tags TEXT_INVALID',
    ]);
    const many = await faults(...Array.from({ length: 10_000 }, () => pair({ names: [] })));
    expect(many).toHaveLength(1 + 50 + 1);
    expect(many?.at(-1)).toBe('input.rights LIST_LENGTH');
  });
});

describe('a change of the rights of one pair', () => {
  it('adds and removes at most 50 names each, and may do neither', async () => {
    expect(await changeFaults({ ...sides })).toBeNull();
    expect(await changeFaults({ ...sides, add: null, remove: null })).toBeNull();
    expect(await changeFaults({ ...sides, add: texts(50), remove: texts(50, 'r') })).toBeNull();
    expect(await changeFaults({ ...sides, add: texts(51), remove: texts(51, 'r') })).toEqual([
      'INVALID_INPUT',
      'input.add LIST_LENGTH',
      'input.remove LIST_LENGTH',
    ]);
  });

  it.each([...UNSOUND, 'x'.repeat(129)])('has no name %j', async (text) => {
    expect(await changeFaults({ ...sides, add: [text] })).toEqual(['INVALID_INPUT', 'input.add TEXT_INVALID']);
    expect(await changeFaults({ ...sides, remove: [text] })).toEqual(['INVALID_INPUT', 'input.remove TEXT_INVALID']);
  });

  it('does not add and remove the same name', async () => {
    expect(await changeFaults({ ...sides, add: ['a', 'b'], remove: ['c', 'b'] })).toEqual([
      'INVALID_INPUT',
      'input.remove NAME_REPEATED',
    ]);
    expect(await changeFaults({ ...sides, add: ['a', 'a'], remove: ['A'] })).toBeNull();
  });
});
