import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { EVENT_TYPES } from '../../../src/modules.ts';
import type { User } from '../../../src/users/index.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const LIST = `query ($userId: ID!, $first: Int, $after: String, $filter: AccountEventFilterInput, $split: Boolean = false) {
  accountEvents(userId: $userId, first: $first, after: $after, filter: $filter) {
    totalCount
    nodes { type occurredAt userAgent @skip(if: $split) parsedUserAgent @include(if: $split) { browser { name version } os { name } device } }
    pageInfo { endCursor hasNextPage }
  }
}`;
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

describe('events of one account', () => {
  let world: World;
  let tenant: TenantRef;
  let anna: User;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    anna = await world.newUser(tenant);
    await world.newUser(tenant);
    for (const type of ['session.started', 'session.ended'] as const) {
      world.clock.advance(60);
      const actor = { ...world.app(tenant), origin: { ...TEST_ORIGIN, userAgent: IPHONE } };
      await world.services.events.append(actor, tenant, { type: EVENT_TYPES[type], subjectId: anna.id });
    }
  });
  afterAll(() => world.close());

  const list = (variables: object = {}, caller = world.app(tenant, 'event:read')) =>
    world.graphql(caller, LIST, { userId: anna.id, ...variables });
  const typesOf = async (variables: object) =>
    (await list(variables)).data.accountEvents.nodes.map(({ type }: { type: string }) => type);

  it('are only those of the account, newest first, in pages', async () => {
    expect(await typesOf({})).toEqual(['session.ended', 'session.started', 'user.created']);
    const { totalCount, nodes, pageInfo } = (await list({ first: 1 })).data.accountEvents;
    expect([totalCount, nodes.length, pageInfo.hasNextPage]).toEqual([3, 1, true]);
    expect(await typesOf({ first: 5, after: pageInfo.endCursor })).toEqual(['session.started', 'user.created']);
  });

  it('are filtered by type, category and time', async () => {
    expect(await typesOf({ filter: { types: ['user.created'] } })).toEqual(['user.created']);
    expect(await typesOf({ filter: { categories: ['sign-in'] } })).toEqual(['session.ended', 'session.started']);
    const now = world.clock.now().getTime();
    const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
    expect(await typesOf({ filter: { from: minutesAgo(0) } })).toEqual(['session.ended']);
    expect(await typesOf({ filter: { from: minutesAgo(1.5), to: minutesAgo(0.5) } })).toEqual(['session.started']);
    expect(await typesOf({ filter: { to: minutesAgo(3) } })).toEqual([]);
    expect((await list({ filter: { types: ['nonsense'] } })).errors[0]?.extensions['fields']).toMatchObject([
      { path: 'filter.types' },
    ]);
  });

  it('have browser and system as separate fields, and follow `@include` and `@skip`', async () => {
    const whole = (await list({ first: 1 })).data.accountEvents.nodes[0];
    expect(whole).toEqual({ type: 'session.ended', occurredAt: expect.any(String), userAgent: IPHONE });
    const { userAgent, parsedUserAgent } = (await list({ first: 1, split: true })).data.accountEvents.nodes[0];
    expect(userAgent).toBeUndefined();
    expect(parsedUserAgent).toEqual({
      browser: { name: 'Mobile Safari', version: '17.5' },
      os: { name: 'iOS' },
      device: 'Apple iPhone',
    });
    const none = await list({ filter: { types: ['user.created'] }, split: true });
    expect(none.data.accountEvents.nodes).toMatchObject([{ type: 'user.created', parsedUserAgent: null }]);
  });

  it('are shown to their user, and to others only with the permission', async () => {
    const own = await list({}, world.user(tenant, anna.id, 'event:read:self'));
    expect(own.data.accountEvents.nodes).toHaveLength(3);
    const boris = await world.newUser(tenant);
    expect((await list({}, world.user(tenant, boris.id, 'event:read:self'))).code).toBe('FORBIDDEN');
    expect((await list({}, world.app(tenant, 'user:read'))).code).toBe('FORBIDDEN');
  });

  it('of a former account with the same id are not the present one’s', async () => {
    const former = await world.newUser(tenant, { id: 'reused' });
    await world.services.endAccess.delete(world.system(tenant), former.id);
    world.clock.advance(1);
    await world.newUser(tenant, { id: 'reused' });
    expect(await typesOf({ userId: 'reused' })).toEqual(['user.created']);
    expect((await list({ userId: 'reused' })).data.accountEvents.totalCount).toBe(1);
    const beginning = new Date(0).toISOString();
    expect(await typesOf({ userId: 'reused', filter: { from: beginning } })).toEqual(['user.created']);
    const own = world.user(tenant, 'reused', 'event:read:self');
    const all = await world.graphql(own, '{ securityEvents { totalCount nodes { type } } }');
    expect(all.data.securityEvents).toEqual({ totalCount: 1, nodes: [{ type: 'user.created' }] });
  });

  it('are refused for an account that does not exist, and for one of another tenant', async () => {
    const other = await world.tenant();
    for (const userId of ['nobody', 'no body', 'x'.repeat(10_000)])
      expect((await list({ userId })).code).toBe('USER_NOT_FOUND');
    expect((await list({ userId: '\0' })).code).toBe('INVALID_INPUT');
    expect((await list({}, world.app(other, 'event:read'))).code).toBe('USER_NOT_FOUND');
  });
});
