import { type Channel, channel } from 'node:diagnostics_channel';
import {
  buildSchema,
  createSourceEventStream,
  execute,
  type GraphQLObjectType,
  type GraphQLSchema,
  parse,
  subscribe,
} from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishErrors } from '../../../schema/errors/observe.ts';
import { type Live, type LiveSource, toLiveSource } from '../../../schema/live-source.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { userErrors } from '../../../src/users/index.ts';
import { World } from '../../support/world.ts';

const SDL = `
  type Query { thrown: String awaited: String returned: String listed: [String] unexpected: String fine: Inner }
  type Inner { refused: String, plain: String }
  type Subscription { never: String fails: String waits: String shared: String }
`;

/** Fails after its first item. */
async function* failing(): AsyncGenerator<{ fails: string }> {
  yield { fails: 'an item' };
  throw userErrors.USER_NOT_FOUND();
}

function makeSchema(): GraphQLSchema {
  const schema = buildSchema(SDL);
  const resolve = (type: GraphQLObjectType | undefined | null, name: string, resolver: () => unknown) => {
    type!.getFields()[name]!.resolve = resolver;
  };
  const query = schema.getQueryType();
  resolve(query, 'thrown', () => {
    throw userErrors.USER_NOT_FOUND();
  });
  resolve(query, 'awaited', async () => {
    throw userErrors.USER_EMAIL_TAKEN();
  });
  resolve(query, 'returned', () => kernelErrors.FORBIDDEN());
  resolve(query, 'listed', async () => ['one', kernelErrors.NOT_FOUND()]);
  resolve(query, 'unexpected', () => {
    throw new TypeError('a slip');
  });
  resolve(query, 'fine', () => ({ plain: 'yes' }));
  resolve(schema.getType('Inner') as GraphQLObjectType, 'refused', () => {
    throw userErrors.USER_USERNAME_TAKEN();
  });
  const { never, fails, waits, shared } = schema.getSubscriptionType()!.getFields();
  never!.subscribe = async () => {
    throw kernelErrors.TOO_MANY_REQUESTS();
  };
  fails!.subscribe = failing;
  waits!.subscribe = () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: async () => ({ done: true, value: undefined }),
    }),
  });
  const live: Live = { key: '', checkpoint: () => 'here', isAfter: () => true, follow: failing };
  shared!.subscribe = () => toLiveSource(live, new AbortController().signal);
  return schema;
}

describe('the errors of fields', () => {
  const out: Channel = channel('test:field-error');
  const seen: unknown[] = [];
  const see = (error: unknown): void => void seen.push(error);
  let schema: GraphQLSchema;
  beforeAll(() => {
    out.subscribe(see);
    schema = publishErrors(makeSchema(), out);
  });
  afterAll(() => void out.unsubscribe(see));
  beforeEach(() => void seen.splice(0));

  it('are published with the field and the code, whether thrown, awaited, returned or in a list', async () => {
    const { errors } = await execute({ schema, document: parse('{ thrown awaited returned listed }') });
    expect(errors).toHaveLength(4);
    expect(seen).toHaveLength(4);
    expect(seen).toEqual(
      expect.arrayContaining([
        { field: 'Query.thrown', code: 'USER_NOT_FOUND' },
        { field: 'Query.awaited', code: 'USER_EMAIL_TAKEN' },
        { field: 'Query.returned', code: 'FORBIDDEN' },
        { field: 'Query.listed', code: 'NOT_FOUND' },
      ]),
    );
  });

  it('name the field that threw, not the root field above it and not its alias', async () => {
    const result = await execute({ schema, document: parse('{ above: fine { alias: refused plain } }') });
    expect(result.data).toEqual({ above: { alias: null, plain: 'yes' } });
    expect(seen).toEqual([{ field: 'Inner.refused', code: 'USER_USERNAME_TAKEN' }]);
  });

  it('are internal when nothing in the code declares them', async () => {
    await execute({ schema, document: parse('{ unexpected }') });
    expect(seen).toEqual([{ field: 'Query.unexpected', code: 'INTERNAL_ERROR' }]);
  });

  it('are published when a subscription does not begin, and when an item of it fails', async () => {
    await subscribe({ schema, document: parse('subscription { never }') });
    expect(seen).toEqual([{ field: 'Subscription.never', code: 'TOO_MANY_REQUESTS' }]);
    const items = (await subscribe({ schema, document: parse('subscription { fails }') })) as AsyncGenerator;
    expect(await items.next()).toMatchObject({ value: { data: { fails: 'an item' } } });
    await expect(items.next()).rejects.toThrow();
    expect(seen).toContainEqual({ field: 'Subscription.fails', code: 'USER_NOT_FOUND' });
  });

  it('are published when a source that subscriptions share fails', async () => {
    const document = parse('subscription { shared }');
    const source = await createSourceEventStream({ schema, document });
    const { live } = source as LiveSource;
    const items = live.follow('here', new AbortController().signal)[Symbol.asyncIterator]();
    await items.next();
    expect(seen).toEqual([]);
    await expect(items.next()).rejects.toThrow();
    expect(seen).toEqual([{ field: 'Subscription.shared', code: 'USER_NOT_FOUND' }]);
  });

  it('do not keep a subscription open that waits for an item', async () => {
    const items = (await subscribe({ schema, document: parse('subscription { waits }') })) as AsyncGenerator;
    void items.next();
    expect(await items.return(undefined)).toMatchObject({ done: true });
  });

  it('cost nothing without a subscriber: no resolver is wrapped', () => {
    const plain = makeSchema();
    const resolvers = Object.values(plain.getQueryType()!.getFields()).map(({ resolve }) => resolve);
    publishErrors(plain, channel('test:field-error-unheard'));
    expect(Object.values(plain.getQueryType()!.getFields()).map(({ resolve }) => resolve)).toEqual(resolvers);
  });

  it('of the served graph reach the channel that the test run listens to', async () => {
    const served = channel('idgraph:field-error');
    served.subscribe(see);
    const world = await World.open();
    try {
      const tenant = await world.tenant();
      const input = { userId: '00000000-0000-4000-8000-000000000000' };
      const document = 'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { subject } }';
      const { code } = await world.graphql(world.app(tenant, 'user:delete'), document, { input });
      expect(code).toBe('USER_NOT_FOUND');
      expect(seen).toEqual([{ field: 'Mutation.deleteUser', code: 'USER_NOT_FOUND' }]);
    } finally {
      served.unsubscribe(see);
      await world.close();
    }
  });
});
