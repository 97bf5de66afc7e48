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
    roles: [],
    groups: [],
    credentials: [CREDENTIAL],
    links: [],
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
  });

  it('leaves those alone that are there, and reports those that a rule refuses', async () => {
    const { outcomes } = await write([
      user('many0'),
      { ...user('FEW1'), input: { ...user('few1').input, groups: ['/none'] } } as ImportRow,
      ...numbered(2, 'other'),
      user('other1-of-bad/name'),
    ]);
    expect(outcomes).toEqual(['same', 'skipped', 'added', 'added', 'refused']);
  });
});
