import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const USERS = 12_000;

describe('a list of 12,000 users', () => {
  let world: World;
  let tenant: TenantRef;
  let caller: Caller;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    caller = world.app(tenant, 'user:read');
    // The last 3,000 have a verified address.
    await sql`insert into users (tenant_id, id, username, email_verified, created_at, updated_at)
      select ${tenant.id}::uuid, 'u' || n, 'u' || n, n > ${USERS - 3_000}, timestamptz '2026-01-01' + n * interval '1 second', now()
      from generate_series(1, ${USERS}::int) n`.execute(world.db.read());
  });
  afterAll(() => world.close());

  it('counts to 10,000, and says that there are at least so many', async () => {
    const { data } = await world.graphql(caller, '{ users(first: 1) { totalCount isTotalCountExact } }');
    expect(data.users).toEqual({ totalCount: 10_000, isTotalCountExact: false });
    const few = await world.graphql(
      caller,
      '{ users(first: 1, filter: { createdFrom: "2026-01-01T00:00:07Z", createdBefore: "2026-01-01T00:00:08Z" }) { isTotalCountExact totalCount } }',
    );
    expect(few.data.users).toEqual({ totalCount: 1, isTotalCountExact: true });
    const alone = await world.graphql(caller, '{ users(first: 1) { isTotalCountExact } }');
    expect(alone.data.users).toEqual({ isTotalCountExact: false });
  });

  it('ends a page early for a caller who selects where it ended', async () => {
    const LIST = `query ($after: String) { users(first: 2, after: $after, filter: { emailVerified: true }) {
      nodes { subject } pageInfo { hasNextPage endCursor } } }`;
    const list = async (after: string | null) => (await world.graphql(caller, LIST, { after })).data.users;
    await sql`update users set email_verified = false where tenant_id = ${tenant.id}::uuid and id <> 'u11500'`.execute(
      world.db.read(),
    );
    const first = await list(null);
    expect(first).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true } });
    const second = await list(first.pageInfo.endCursor);
    expect(second).toMatchObject({ nodes: [{ subject: 'u11500' }], pageInfo: { hasNextPage: false } });
  });

  it('reads on for a caller who does not', async () => {
    const { data } = await world.graphql(
      caller,
      '{ users(first: 2, filter: { emailVerified: true }) { nodes { subject } } }',
    );
    expect(data.users.nodes).toEqual([{ subject: 'u11500' }]);
  });
});
