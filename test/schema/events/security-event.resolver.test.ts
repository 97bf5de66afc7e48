import { type ExecutionResult, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../../schema/context.ts';
import { formatError } from '../../../schema/errors/format.ts';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { EVENT_TYPES } from '../../../src/modules.ts';
import { testGraph, World } from '../../support/world.ts';

const FEED = `subscription ($tenant: String, $filter: SecurityEventFilterInput, $after: String) {
  securityEvents(tenant: $tenant, filter: $filter, after: $after) { cursor event { type subjectId params } }
}`;
const LIST = `query ($first: Int, $after: String, $filter: SecurityEventFilterInput) {
  securityEvents(first: $first, after: $after, filter: $filter) { totalCount nodes { id type subjectId actorId ip userAgent outcome } pageInfo { endCursor hasNextPage } }
}`;

interface Item {
  readonly cursor: string;
  readonly event: { readonly type: string; readonly subjectId: string | null } | null;
}

describe('security events over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  let neighbour: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    neighbour = await world.tenant();
    await world.services.eventEngine.start();
  });
  afterAll(async () => {
    await world.services.eventEngine.stop();
    await world.close();
  });

  const happen = (tenant: TenantRef, subjectId: string) =>
    world.services.events.append(world.app(tenant), tenant, { type: EVENT_TYPES['session.started'], subjectId });

  async function follow(caller: Caller, variables: Record<string, unknown> = {}) {
    const schema = await testGraph();
    const ended = new AbortController();
    const contextValue = createContext(world.services, caller, ended.signal);
    const feed = await subscribe({ schema, document: parse(FEED), variableValues: variables, contextValue });
    if (!(Symbol.asyncIterator in feed))
      return { refusal: feed.errors?.[0]?.originalError as { code?: string } | undefined };
    const next = async (): Promise<Item> => {
      const { value } = (await (feed as AsyncGenerator<ExecutionResult>).next()) as { value: ExecutionResult };
      if (value.errors !== undefined) throw value.errors[0]!;
      return (value.data as { securityEvents: Item }).securityEvents;
    };
    return { next, end: () => ended.abort() };
  }

  it('lists events newest first, page by page, with totals only of the tenant', async () => {
    const tenant = await world.tenant();
    await happen(tenant, 'u1');
    await happen(tenant, 'u2');
    const caller = world.app(tenant, 'event:read');
    const first = await world.graphql(caller, LIST, { first: 1 });
    expect(first.data.securityEvents).toMatchObject({
      totalCount: 3,
      nodes: [{ subjectId: 'u2', ip: '203.0.113.7', userAgent: 'Tests/1.0', outcome: 'SUCCESS' }],
    });
    const second = await world.graphql(caller, LIST, { first: 5, after: first.data.securityEvents.pageInfo.endCursor });
    expect(second.data.securityEvents.nodes.map((event: { type: string }) => event.type)).toEqual([
      'session.started',
      'tenant.created',
    ]);
  });

  it('filters by type, category, subject and outcome, and refuses unknown words', async () => {
    const tenant = await world.tenant();
    await happen(tenant, 'u1');
    const caller = world.app(tenant, 'event:read');
    const count = async (filter: object) =>
      (await world.graphql(caller, LIST, { filter })).data.securityEvents.totalCount;
    expect(await count({ types: ['session.started'] })).toBe(1);
    expect(await count({ categories: ['tenant'] })).toBe(1);
    expect(await count({ subjectId: 'u1' })).toBe(1);
    expect(await count({ outcome: 'FAILURE' })).toBe(0);
    expect((await world.graphql(caller, LIST, { filter: { types: ['nonsense'] } })).code).toBe('INVALID_INPUT');
    expect((await world.graphql(caller, LIST, { filter: { categories: ['nonsense'] } })).code).toBe('INVALID_INPUT');
  });

  it('begins the feed with a checkpoint and then gives each event once', async () => {
    const { next, end } = await follow(world.app(acme, 'event:read'));
    expect((await next!()).event).toBeNull();
    await happen(acme, 'a');
    await happen(neighbour, 'not ours');
    await happen(acme, 'b');
    expect((await next!()).event).toMatchObject({ type: 'session.started', subjectId: 'a' });
    expect((await next!()).event).toMatchObject({ subjectId: 'b' });
    end!();
  });

  it('continues after a cursor without losing or repeating an event', async () => {
    const { next, end } = await follow(world.app(acme, 'event:read'));
    const { cursor } = await next!();
    end!();
    await happen(acme, 'while away');
    const again = await follow(world.app(acme, 'event:read'), { after: cursor });
    expect((await again.next!()).event).toBeNull();
    expect((await again.next!()).event).toMatchObject({ subjectId: 'while away' });
    again.end!();
  });

  it('shows a user with reach `self` only events of the user’s account', async () => {
    const tenant = await world.tenant();
    await world.newUser(tenant, { id: 'anna' });
    const { next, end } = await follow(world.user(tenant, 'anna', 'event:read:self'));
    await next!();
    await happen(tenant, 'somebody');
    await happen(tenant, 'anna');
    expect((await next!()).event).toMatchObject({ subjectId: 'anna' });
    end!();
    expect(
      (await world.graphql(world.user(tenant, 'anna', 'event:read:self'), LIST, { filter: { subjectId: 'somebody' } }))
        .code,
    ).toBe('FORBIDDEN');
    const nobody = await follow(world.user(tenant, 'deleted', 'event:read:self'));
    expect(nobody.refusal?.code).toBe('USER_NOT_FOUND');
  });

  it('refuses feeds without the permission, of another tenant, and with a cursor of another tenant (check 55)', async () => {
    expect((await follow(world.app(acme, 'user:read'))).refusal?.code).toBe('FORBIDDEN');
    expect((await follow(world.app(acme, 'event:read'), { tenant: neighbour.name })).refusal?.code).toBe('FORBIDDEN');
    const theirs = await follow(world.app(neighbour, 'event:read'));
    const { cursor } = await theirs.next!();
    theirs.end!();
    const ours = await follow(world.app(acme, 'event:read'), { after: cursor });
    expect(ours.refusal?.code).toBe('EVENT_CURSOR_INVALID');
  });

  it('finds an event by its global id, with the cursor after which the feed continues', async () => {
    const event = await happen(acme, 'looked up');
    const caller = world.app(acme, 'event:read');
    const NODE = 'query ($id: ID!) { node(id: $id) { ... on SecurityEvent { subjectId feedCursor } } }';
    const id = `evt~${acme.route}~${event.id}`;
    await expect
      .poll(async () => (await world.graphql(caller, NODE, { id })).data.node.feedCursor)
      .toEqual(expect.any(String));
    expect((await world.graphql(world.app(neighbour, 'event:read'), NODE, { id })).code).toBe('FORBIDDEN');
  });

  it('keeps events as long as the tenant’s setting says, and refuses cursors before deleted events', async () => {
    const old = await World.open();
    try {
      const [brief, long] = [await old.tenant(), await old.tenant()];
      await old.services.tenants.updateSettings(old.system(brief), { eventRetentionDays: 1 });
      await old.services.eventEngine.start();
      const nodes = async (tenant: TenantRef) =>
        (await old.graphql(old.app(tenant, 'event:read'), '{ securityEvents { nodes { type feedCursor } } }')).data
          .securityEvents.nodes as { readonly type: string; readonly feedCursor: string | null }[];
      await expect.poll(async () => (await nodes(brief))[1]?.feedCursor).toEqual(expect.any(String));
      const [last, first] = await nodes(brief);
      await old.services.eventEngine.stop();
      old.clock.advance(3 * 86_400);
      // The first deletion of expired events runs at the start.
      await old.services.eventEngine.start();
      await expect.poll(() => nodes(brief)).toEqual([]);
      expect((await nodes(long)).map(({ type }) => type)).toEqual(['tenant.created']);
      const context = createContext(old.services, old.app(brief, 'event:read'), new AbortController().signal);
      const feed = await subscribe({
        schema: await testGraph(),
        document: parse(FEED),
        variableValues: { after: first!.feedCursor },
        contextValue: context,
      });
      const [error] = (feed as ExecutionResult).errors!;
      expect(formatError(error!.toJSON(), error).extensions).toEqual({
        code: 'EVENT_CURSOR_EXPIRED',
        kind: 'refused',
        oldestCursor: expect.any(String),
      });
      expect(last!.type).toBe('setting.changed');
    } finally {
      await old.services.eventEngine.stop();
      await old.close();
    }
  });

  it('refuses a subscription while the log is not followed yet', async () => {
    const early = await World.open();
    try {
      const tenant = await early.tenant();
      const contextValue = createContext(early.services, early.app(tenant, 'event:read'), new AbortController().signal);
      const { errors } = (await subscribe({
        schema: await testGraph(),
        document: parse(FEED),
        contextValue,
      })) as ExecutionResult;
      expect(errors![0]!.originalError).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    } finally {
      await early.close();
    }
  });

  it('holds nothing for a subscription before it is iterated over', async () => {
    const { feed } = world.services.eventEngine;
    const before = feed.size;
    const contextValue = createContext(world.services, world.app(acme, 'event:read'), new AbortController().signal);
    const items = await subscribe({ schema: await testGraph(), document: parse(FEED), contextValue });
    expect(feed.size).toBe(before);
    await (items as AsyncGenerator).next();
    expect(feed.size).toBe(before + 1);
    await (items as AsyncGenerator).return(undefined);
    expect(feed.size).toBe(before);
  });
});
