import {
  type GraphQLField,
  type GraphQLNamedType,
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
});
