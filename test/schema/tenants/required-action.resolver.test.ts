import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const ACTION = {
  alias: 'sign-log',
  name: 'Sign the log',
  providerId: 'log',
  isEnabled: true,
  isDefault: false,
  priority: 4,
  config: {},
};
const TEXTS = {
  add: 'mutation ($input: AddRequiredActionInput!) { done: addRequiredAction(input: $input) { requiredActions { alias priority } } }',
  update:
    'mutation ($input: UpdateRequiredActionInput!) { done: updateRequiredAction(input: $input) { requiredActions { alias name providerId isEnabled priority config } } }',
  remove:
    'mutation ($input: RemoveRequiredActionInput!) { done: removeRequiredAction(input: $input) { requiredActions { alias } } }',
  move: 'mutation ($input: MoveRequiredActionInput!) { done: moveRequiredAction(input: $input) { requiredActions { alias } } }',
};
const INPUTS = {
  add: { alias: 'berth', name: 'Choose a berth', providerId: 'berth' },
  update: { alias: 'sign-log' },
  remove: { alias: 'sign-log' },
  move: { alias: 'sign-log', isEarlier: true },
};
type Way = keyof typeof TEXTS;
const WAYS = Object.keys(TEXTS) as Way[];

describe('the actions that can be required of users, over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
  });
  afterAll(() => world.close());

  const ask = (way: Way, input: object = {}, ...scopes: string[]) =>
    world.graphql(world.app(tenant, ...(scopes.length === 0 ? ['setting:write'] : scopes)), TEXTS[way], {
      input: { ...INPUTS[way], initial: [ACTION], ...input },
    });

  it('begin with those that are named, and change one by one, each with an event', async () => {
    const after = async (way: Way, input?: object) => (await ask(way, input)).data.done.requiredActions;
    expect(await after('add')).toEqual([
      { alias: 'sign-log', priority: 4 },
      { alias: 'berth', priority: 5 },
    ]);
    expect(await after('move', { isEarlier: false, initial: [] })).toEqual([{ alias: 'berth' }, { alias: 'sign-log' }]);
    const [, changed] = await after('update', { newAlias: 'log', isEnabled: false, config: { page: '2' }, name: null });
    expect(changed).toEqual({
      alias: 'log',
      name: 'Sign the log',
      providerId: 'log',
      isEnabled: false,
      priority: 5,
      config: { page: '2' },
    });
    expect(await after('remove', { alias: 'berth' })).toEqual([{ alias: 'log' }]);
    const events = await world.events(tenant);
    expect(events.filter(({ type }) => type === 'setting.changed')).toHaveLength(4);
  });

  it.each(WAYS)('refuse to %s what is unknown, what is taken, and what cannot be stored', async (way) => {
    const invalid = await ask(way, { initial: [ACTION, { ...ACTION, alias: 'bad', priority: -1 }] });
    expect(invalid.code).toBe('TENANT_SETTING_INVALID');
    expect((await ask(way, { initial: null, alias: 'tide' })).code).toBe(
      way === 'add' ? undefined : 'REQUIRED_ACTION_NOT_FOUND',
    );
    expect((await ask(way, {}, 'setting:read')).code).toBe('FORBIDDEN');
  });

  it('have each alias once', async () => {
    const { code, errors } = await ask('add', { alias: 'sign-log' });
    expect([code, errors[0]!.extensions['fields']]).toMatchObject(['REQUIRED_ACTION_TAKEN', [{ path: 'input.alias' }]]);
    await ask('add');
    expect((await ask('update', { newAlias: 'berth' })).code).toBe('REQUIRED_ACTION_TAKEN');
    expect((await ask('update', { newAlias: 'sign-log' })).code).toBeUndefined();
  });
});
