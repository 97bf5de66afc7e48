import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { positionCursor, type TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const LIST = `query ($first: Int, $after: String, $filter: BlockFilterInput, $orderBy: BlockOrderInput) {
  blocks(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount pageInfo { hasNextPage endCursor } nodes { subjectKind factor address username blockedFrom blockedUntil }
  }
}`;
const NEWEST = { field: 'BLOCKED_FROM', direction: 'DESC' };

describe('lists of blocks', () => {
  let world: World;
  let tenant: TenantRef;
  let count = 0;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  beforeEach(async () => {
    tenant = await world.tenant({ template: 'image', settings: { lockout: { accountLimit: 1, ipLimit: 1 } } });
  });

  /** Blocks an account, or an address, or both; a second later. */
  const block = async (userId: string | null, peerIp: string | null, factor: 'first' | 'reset-code' = 'first') => {
    world.clock.advance(1);
    const attempt = { tenant, factor, userId, name: `nobody-${count++}`, peerIp, knownDeviceId: null };
    await world.services.lockouts.fail(attempt, world.app(tenant));
  };
  const list = async (variables: Record<string, unknown>) => {
    const { data, errors } = await world.graphql(world.app(tenant, 'block:read'), LIST, variables);
    expect(errors).toEqual([]);
    return data.blocks;
  };
  const addresses = (blocks: { nodes: { address: string }[] }) => blocks.nodes.map(({ address }) => address);

  it('have the newest or the oldest first, page by page', async () => {
    for (const last of [3, 1, 2]) await block(null, `192.0.2.${last}`);
    const filter = { subjectKind: 'IP' };
    const oldest = { field: 'BLOCKED_FROM' };
    expect(addresses(await list({ filter, orderBy: oldest }))).toEqual(['192.0.2.3', '192.0.2.1', '192.0.2.2']);
    const page = await list({ filter, orderBy: NEWEST, first: 2 });
    expect(addresses(page)).toEqual(['192.0.2.2', '192.0.2.1']);
    expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const next = await list({ filter, orderBy: NEWEST, first: 2, after: page.pageInfo.endCursor });
    expect(addresses(next)).toEqual(['192.0.2.3']);
    expect(next.pageInfo.hasNextPage).toBe(false);
    expect(addresses(await list({ filter, orderBy: { field: 'SUBJECT' } }))).toEqual(
      [1, 2, 3].map((n) => `192.0.2.${n}`),
    );
  });

  it('name the users who are blocked, and say how long', async () => {
    const { id } = await world.newUser(tenant, { username: 'Ada' });
    await block(id, null);
    const { nodes } = await list({ filter: { subjectKind: 'ACCOUNT' }, orderBy: NEWEST });
    const now = world.clock.now();
    const [from, until] = [now, new Date(now.getTime() + 60_000)].map((time) => time.toISOString());
    expect(nodes).toEqual([
      {
        subjectKind: 'ACCOUNT',
        factor: 'FIRST',
        address: null,
        username: 'Ada',
        blockedFrom: from,
        blockedUntil: until,
      },
    ]);
    await world.services.users.delete(world.system(tenant), id);
    expect((await list({})).nodes).toMatchObject([{ username: null }]);
  });

  it('leave out blocks that have ended and those of other factors', async () => {
    await block(null, '192.0.2.1');
    await block(null, '192.0.2.1', 'reset-code');
    const filter = { subjectKind: 'IP' };
    expect((await list({ filter })).nodes).toHaveLength(2);
    const found = await list({ filter: { ...filter, factor: 'RESET_CODE' } });
    expect(found.nodes.map(({ factor }: { factor: string }) => factor)).toEqual(['RESET_CODE']);
    world.clock.advance(60);
    expect(await list({ filter, orderBy: NEWEST })).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it('end by a username, whether or not a user has it', async () => {
    const { id } = await world.newUser(tenant, { username: 'Ada' });
    await block(id, null);
    world.clock.advance(1);
    const attempt = {
      tenant,
      factor: 'first',
      userId: null,
      name: 'Nobody',
      peerIp: null,
      knownDeviceId: null,
    } as const;
    await world.services.lockouts.fail(attempt, world.app(tenant));
    const LIFT = 'mutation ($input: LiftBlockInput!) { liftBlock(input: $input) { liftedCount } }';
    const lift = async (input: Record<string, unknown>) =>
      world.graphql(world.app(tenant, 'block:lift'), LIFT, { input });
    const counts = [];
    for (const username of ['ada', 'ada', 'nobody', 'nobody'])
      counts.push((await lift({ username })).data.liftBlock.liftedCount);
    expect(counts).toEqual([1, 0, 1, 0]);
    expect((await lift({ username: 'ada', name: 'ada' })).code).toBe('INVALID_INPUT');
    expect((await list({})).nodes).toEqual([]);
  });

  it('begin at a number for documents of the process alone', async () => {
    for (const last of [1, 2, 3]) await block(null, `192.0.2.${last}`);
    const filter = { subjectKind: 'ip' };
    const { rows, hasNextPage } = await world.services.lockouts.page(
      world.system(tenant),
      filter,
      { first: 1, offset: 1, descending: true },
      'blockedFrom',
    );
    expect(rows.map(({ subject }) => subject)).toEqual(['192.0.2.2']);
    expect(hasNextPage).toBe(true);
    const { code } = await world.graphql(world.app(tenant, 'block:read'), LIST, { after: positionCursor(1) });
    expect(code).toBe('INVALID_INPUT');
  });
});
