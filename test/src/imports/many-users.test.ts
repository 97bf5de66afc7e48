import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportRow } from '../../../src/imports/import-row.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

const CREDENTIAL = {
  type: 'password',
  credentialData: JSON.stringify({ hashIterations: 1_000, algorithm: 'pbkdf2-sha256' }),
  secretData: JSON.stringify({
    value: Buffer.alloc(32, 7).toString('base64'),
    salt: Buffer.alloc(16, 9).toString('base64'),
  }),
};
const user = (username: string): ImportRow => ({
  kind: 'user',
  owner: '',
  name: username,
  input: {
    user: { username, email: `${username}@reeds.example` },
    roles: [{ name: 'sailor' }, { name: 'steer', clientId: 'boat' }],
    groups: ['/crew'],
    credentials: [CREDENTIAL],
    links: [{ provider: 'corp', externalId: username }],
  },
});
const numbered = (count: number, name: string) => Array.from({ length: count }, (_, at) => user(`${name}${at}`));

describe.each(ENGINES)('an import of many users, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await open((statement) => statements.push(statement)));
    tenant = await world.tenant();
    const { client } = await world.newClient(tenant, { clientId: 'boat' });
    await world.newRole(tenant, { name: 'sailor' });
    await world.newRole(tenant, { name: 'steer', clientUuid: client.id });
    await world.newGroup(tenant, { name: 'crew' });
    await world.newProvider(tenant, { name: 'corp' });
  });
  afterAll(() => world.close());

  async function write(rows: readonly ImportRow[]) {
    const { imports } = world.services;
    const { id } = await imports.begin(world.system(tenant));
    statements.length = 0;
    const written = await imports.write(world.system(tenant), id, rows);
    return { outcomes: written.map(({ outcome }) => outcome), count: statements.length };
  }

  it('costs few statements, whatever their number', async () => {
    const few = await write(numbered(2, 'few'));
    const many = await write(numbered(200, 'many'));
    expect(new Set([...few.outcomes, ...many.outcomes])).toEqual(new Set(['added']));
    expect(many.count).toBe(few.count);
    const { federationLinks, groupMembers, roles, users } = world.services;
    const { id } = (await users.findByUsername(world.system(tenant), 'many199'))!;
    expect(await federationLinks.list(world.system(tenant), id)).toMatchObject([{ externalId: 'many199' }]);
    const granted = (await roles.grantedTo(tenant.id, 'user', [id], null)).get(id) ?? [];
    expect(granted).toMatchObject([{ name: 'sailor' }, { name: 'steer' }]);
    const crew = (await world.services.groups.find(world.system(tenant), { path: '/crew' }))!;
    expect((await groupMembers.firstOf(tenant.id, [crew.id], 1_000)).get(crew.id)).toHaveLength(202);
  });

  it('leaves those alone that are there, and reports those that a rule refuses', async () => {
    const { outcomes } = await write([
      user('many0'),
      { ...user('FEW1'), input: { ...user('few1').input, groups: ['/none'] } } as ImportRow,
      ...numbered(2, 'other'),
      user('other1-of-bad/name'),
      {
        ...user('bound'),
        input: { ...user('bound').input, links: [{ provider: 'corp', externalId: 'many0' }] },
      } as ImportRow,
      user('last'),
    ]);
    expect(outcomes).toEqual(['same', 'skipped', 'added', 'added', 'refused', 'refused', 'added']);
  });
});
