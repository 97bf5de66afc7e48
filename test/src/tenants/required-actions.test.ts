import { describe, expect, it } from 'vitest';
import {
  changedActions,
  type RequiredActionChanges,
  withAction,
  withMoved,
} from '../../../src/tenants/required-actions.ts';

const TERMS = {
  alias: 'sign-terms',
  name: 'Sign the terms',
  providerId: 'harbour-terms',
  isEnabled: false,
  isDefault: true,
  priority: 75,
  config: { version: '4' },
};
const BERTH = { ...TERMS, alias: 'berth', name: 'Choose a berth', isEnabled: true };
const NEW = { isEnabled: true, isDefault: false, priority: 0, config: {} };

describe('single actions of the list of required actions', () => {
  it.each<[string, Parameters<typeof changedActions>[0], RequiredActionChanges, object[]]>([
    [
      'are changed by their alias, at their place',
      [TERMS, BERTH],
      { set: [{ alias: 'sign-terms', isEnabled: true, config: {} }] },
      [{ ...TERMS, isEnabled: true, config: {} }, BERTH],
    ],
    [
      'are added behind the others, with defaults',
      [TERMS],
      { set: [{ alias: 'tide', priority: 9 }] },
      [TERMS, { alias: 'tide', name: 'tide', providerId: 'tide', ...NEW, priority: 9 }],
    ],
    [
      'follow on each other',
      [],
      { set: [TERMS, { alias: 'sign-terms', name: 'Terms' }] },
      [{ ...TERMS, name: 'Terms' }],
    ],
    ['begin with what is named where there is no list', null, { initial: [BERTH], set: [TERMS] }, [BERTH, TERMS]],
    ['begin with nothing else', null, { set: [TERMS] }, [TERMS]],
    ['begin with the list where there is one', [TERMS], { initial: [BERTH], set: [] }, [TERMS]],
    ['begin with an empty list, too', [], { initial: [BERTH], set: [] }, []],
  ])('%s', (_, stored, changes, after) => {
    expect(changedActions(stored, changes)).toEqual(after);
  });
});

describe('the order of the list of required actions', () => {
  const action = (alias: string, priority: number) => ({ ...TERMS, alias, priority });
  const order = (actions: readonly { alias: string }[]) => actions.map(({ alias }) => alias);

  it('changes between neighbours of the same priority, too', () => {
    const actions = [action('a', 5), action('b', 5), action('c', 1)];
    expect(order(withMoved(actions, 'b', true))).toEqual(['c', 'b', 'a']);
    expect(order(withMoved(actions, 'b', false))).toEqual(['c', 'a', 'b']);
    expect(order(withMoved(withMoved(actions, 'c', false), 'c', false))).toEqual(['a', 'b', 'c']);
  });

  it('begins at 0', () => {
    expect(withAction([], { alias: 'a', name: 'A', providerId: 'a' })).toEqual([
      { alias: 'a', name: 'A', providerId: 'a', ...NEW },
    ]);
  });
});
