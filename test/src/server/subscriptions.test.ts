import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SecurityEvent } from '../../../src/events/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { EVENT_TYPES } from '../../../src/modules.ts';
import { serveSockets, type TestSockets } from '../../support/sockets.ts';
import { testGraph, World } from '../../support/world.ts';

/** Every field of a type and of all types below it, as clients with normalised caches ask for them. */
function selectAll(schema: GraphQLSchema, type: GraphQLNamedType, above: readonly string[] = []): string {
  if (isAbstractType(type)) {
    const possible = schema.getPossibleTypes(type);
    return `{ __typename ${possible.map((each) => `... on ${each.name} ${selectAll(schema, each, above)}`).join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const selections = Object.values(type.getFields()).flatMap((field) => {
    const below = getNamedType(field.type);
    if (above.includes(below.name) || field.args.some(isRequiredArgument)) return [];
    return [`${field.name} ${selectAll(schema, below, [...above, type.name])}`];
  });
  return `{ __typename ${selections.join(' ')} }`;
}

function document(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): string {
  return `subscription All($after: String) {
    item: ${field.name}(after: $after) ${selectAll(schema, getNamedType(field.type))}
  }`;
}

interface Item {
  readonly kind: string;
  readonly cursor: string;
  readonly event: Readonly<Record<string, unknown>> | null;
}

describe('every subscription of the SDL', () => {
  let world: World;
  let tenant: TenantRef;
  let served: TestSockets;
  let schema: GraphQLSchema;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    schema = await testGraph();
    served = await serveSockets(world);
    served.tokens.set('reader', world.app(tenant, 'event:read'));
    await world.services.eventEngine.start();
  });
  afterAll(async () => {
    await served.close();
    await world.services.eventEngine.stop();
    await world.close();
  });

  const subscriptions = () => Object.values(schema.getSubscriptionType()!.getFields());
  const securityEvents = () => subscriptions().find(({ name }) => name === 'securityEvents')!;

  const happen = (subjectId: string) =>
    world.services.events.append({ ...world.user(tenant, 'actor'), clientAuth: 'Basic' }, tenant, {
      type: EVENT_TYPES['sign_in.failed'],
      subjectId,
      sessionId: newId(),
      outcome: 'failure',
      reason: 'PASSWORD_WRONG',
    });

  async function* follow(token: string, after?: string, client = served.connect(token)): AsyncGenerator<Item> {
    const query = document(schema, securityEvents());
    for await (const { data, errors } of client.iterate({ query, variables: { after } })) {
      if (errors !== undefined) throw errors;
      yield (data as { item: Item }).item;
    }
  }

  it('has an event source in these tests', () => {
    expect(subscriptions().map(({ name }) => name)).toEqual(['securityEvents']);
  });

  it('gives every field of every reachable type, including ids and type names, for each item', async () => {
    const feed = follow('reader');
    expect((await feed.next()).value).toMatchObject({
      __typename: 'SecurityEventFeedItem',
      kind: 'CHECKPOINT',
      event: null,
    });
    for (const subjectId of ['anna', 'berta']) {
      const event = await happen(subjectId);
      const item: Item = (await feed.next()).value;
      expect(item).toMatchObject({
        kind: 'EVENT',
        event: { __typename: 'SecurityEvent', id: `evt~${tenant.route}~${event.id}`, subjectId, api: 'graphql' },
      });
      expect(Object.entries(item.event!).filter(([, value]) => value === null)).toEqual([]);
    }
    await feed.return(undefined);
  });

  it('ends with the error of an item that its caller may not see, and delivers that item after the last cursor', async () => {
    served.tokens.set('changing', world.app(tenant, 'event:read'));
    const client = served.connect('changing');
    const feed = follow('changing', undefined, client);
    const { cursor } = (await feed.next()).value as Item;
    served.tokens.set('changing', world.app(tenant, 'user:read'));
    served.sockets.onEvents([{ tenantId: tenant.id, type: 'role.updated' } as unknown as SecurityEvent]);
    const mayStillRead = async () => {
      const { value } = await client.iterate({ query: '{ securityEvents(first: 1) { nodes { type } } }' }).next();
      return (value as { errors?: unknown }).errors === undefined;
    };
    await expect.poll(mayStillRead).toBe(false);
    await happen('unseen');
    await expect(feed.next()).rejects.toMatchObject([{ path: ['item'], extensions: { code: 'FORBIDDEN' } }]);
    served.tokens.set('changing', world.app(tenant, 'event:read'));
    const again = follow('changing', cursor);
    expect((await again.next()).value).toMatchObject({ kind: 'CHECKPOINT' });
    expect((await again.next()).value).toMatchObject({ kind: 'EVENT', event: { subjectId: 'unseen' } });
    await again.return(undefined);
  });

  it('ends with the error of an item when its tenant is disabled in the meantime', async () => {
    const other = await world.tenant();
    served.tokens.set('other', world.app(other, 'event:read'));
    const feed = follow('other');
    await feed.next();
    await world.services.tenants.update(world.system(other), { enabled: false });
    await expect(feed.next()).rejects.toMatchObject([{ extensions: { code: 'TENANT_DISABLED' } }]);
  });

  /** Runs `act` and counts how often an item is executed meanwhile. */
  async function countExecutions(act: () => Promise<void>): Promise<number> {
    const field = getNamedType(securityEvents().type) as GraphQLObjectType;
    const { cursor } = field.getFields();
    const { resolve } = cursor!;
    let count = 0;
    cursor!.resolve = (...args) => {
      count += 1;
      return (resolve ?? defaultFieldResolver)(...args);
    };
    try {
      await act();
    } finally {
      if (resolve === undefined) delete cursor!.resolve;
      else cursor!.resolve = resolve;
    }
    return count;
  }

  const SHARED = `subscription ($tenant: String, $filter: SecurityEventFilterInput) {
    item: securityEvents(tenant: $tenant, filter: $filter) { kind cursor event { subjectId } }
  }`;

  async function* followShared(token: string, variables: Record<string, unknown> = {}): AsyncGenerator<Item> {
    for await (const { data } of served.connect(token).iterate({ query: SHARED, variables }))
      yield (data as { item: Item }).item;
  }

  const begin = async (...feeds: readonly AsyncGenerator<Item>[]) => {
    for (const feed of feeds) expect((await feed.next()).value).toMatchObject({ kind: 'CHECKPOINT' });
  };
  const subjectsOf = async (feed: AsyncGenerator<Item>, count: number) => {
    const subjects: unknown[] = [];
    while (subjects.length < count) subjects.push(((await feed.next()).value as Item).event?.['subjectId']);
    return subjects;
  };

  it('executes an event once for all equal subscriptions: same token, tenant and filter (check 55)', async () => {
    const other = await world.tenant();
    served.tokens.set('both', world.app(tenant, 'event:read:all'));
    served.tokens.set('second', world.app(tenant, 'event:read:all'));
    const feedsBefore = world.services.eventEngine.feed.size;
    const variants: [string, Record<string, unknown>][] = [
      ['both', {}],
      ['second', {}],
      ['both', { filter: { types: ['sign_in.failed'] } }],
      ['both', { tenant: other.name }],
    ];
    const feeds = variants.map(([token, variables]) => [1, 2, 3].map(() => followShared(token, variables)));
    await begin(...feeds.flat());
    expect(world.services.eventEngine.feed.size - feedsBefore).toBe(4);
    const [plain, ofSecond, filtered, ofOther] = feeds as [AsyncGenerator<Item>[], ...AsyncGenerator<Item>[][]];
    const inTenant = [...plain, ...ofSecond!, ...filtered!];
    const executions = await countExecutions(async () => {
      for (const subject of ['carla', 'dora']) await happen(subject);
      for (const feed of inTenant) expect(await subjectsOf(feed, 2)).toEqual(['carla', 'dora']);
    });
    expect(executions).toBe(2 * 3);
    const executionsOfOther = await countExecutions(async () => {
      await world.services.events.append(world.app(other), other, {
        type: EVENT_TYPES['sign_in.failed'],
        subjectId: 'emma',
      });
      for (const feed of ofOther!) expect(await subjectsOf(feed, 1)).toEqual(['emma']);
    });
    expect(executionsOfOther).toBe(1);
    for (const feed of feeds.flat()) await feed.return(undefined);
    await expect.poll(() => world.services.eventEngine.feed.size).toBe(feedsBefore);
  });

  it('resumes after the cursor of a shared event, with every later event', async () => {
    served.tokens.set('resuming', world.app(tenant, 'event:read'));
    const feeds = [1, 2].map(() => followShared('resuming'));
    await begin(...feeds);
    for (const subject of ['frida', 'greta', 'heidi']) await happen(subject);
    const cursors = new Set<string>();
    for (const feed of feeds) {
      cursors.add(((await feed.next()).value as Item).cursor);
      await feed.return(undefined);
    }
    expect(cursors.size).toBe(1);
    const resumed = follow('resuming', [...cursors][0]);
    await begin(resumed);
    expect(await subjectsOf(resumed, 2)).toEqual(['greta', 'heidi']);
    await resumed.return(undefined);
  });

  it('sends the checkpoints of an idle tenant to all equal subscriptions', async () => {
    const idle = await world.tenant();
    served.tokens.set('idle', world.app(idle, 'event:read'));
    const feeds = [1, 2].map(() => followShared('idle'));
    await begin(...feeds);
    const { feed, follower } = world.services.eventEngine;
    const before = follower.position!.position;
    await happen('elsewhere');
    await expect.poll(() => follower.position!.position).toBeGreaterThan(before);
    const executions = await countExecutions(async () => {
      feed.checkpoint();
      await begin(...feeds);
    });
    expect(executions).toBe(1);
    for (const each of feeds) await each.return(undefined);
  });

  it('does not let a caller whose permissions were narrowed join the feed that its token had before', async () => {
    const anna = await world.newUser(tenant);
    served.tokens.set('narrowed', world.user(tenant, anna.id, 'event:read'));
    const wide = followShared('narrowed');
    await begin(wide);
    served.tokens.set('narrowed', world.user(tenant, anna.id, 'event:read:self'));
    const narrow = followShared('narrowed');
    await begin(narrow);
    await happen('ines');
    expect(await subjectsOf(wide, 1)).toEqual(['ines']);
    await happen(anna.id);
    expect(await subjectsOf(narrow, 1)).toEqual([anna.id]);
    for (const feed of [wide, narrow]) await feed.return(undefined);
  });
});
