import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

/** The reference list of the older API, with all its oddities. */
const LADDER: readonly (readonly [string, string, string, string, string, string])[] = [
  ['A', '986-999', '0.80%', 'OK', '', ''],
  ['E', '949-961', '4.38%', 'OK', 'JBreak[1](300)', 'JBreak[400]'],
  ['G', '877-928', '9.5%', 'HIGH_RISK', 'CodeInjection[6](2),CodeInjection[6](20000)', ''],
  ['H', '800-876', '16.74%', 'HIGH_RISK', 'Manipulation[2](9', 'JBreak[400],JBreak[5455],CodeInjection[6][7]'],
  ['K', '492-638', '41.77%', 'HIGH_RISK', 'Jbreak,Emulator', 'Jbreak,Emulator'],
];
const ladder = LADDER.map(([ratingLevel, score, risk, operation, riskAndroid, riskIos]) => ({
  ratingLevel,
  score,
  risk,
  operation,
  riskAndroid,
  riskIos,
}));

const FIELDS = 'id ratingLevel score risk operation riskAndroid riskIos isEnabled';
const CREATE = `mutation ($input: CreateRiskbitInput!) { createRiskbit(input: $input) { riskbit { ${FIELDS} } } }`;
const CREATE_MANY = `mutation ($input: CreateRiskbitsInput!) {
  createRiskbits(input: $input) { results { riskbitId errorCode riskbit { ratingLevel } given { ratingLevel score riskAndroid tenant } } } }`;
const UPDATE = `mutation ($input: UpdateRiskbitInput!) { updateRiskbit(input: $input) { riskbit { ${FIELDS} } } }`;
const DELETE = 'mutation ($input: DeleteRiskbitInput!) { deleteRiskbit(input: $input) { deletedRiskbitId } }';
const DELETE_ALL = 'mutation ($input: DeleteAllRiskbitsInput!) { deleteAllRiskbits(input: $input) { deletedCount } }';
const LIST = `query ($first: Int, $after: String, $filter: RiskbitFilterInput) {
  riskbits(first: $first, after: $after, filter: $filter) { totalCount nodes { ratingLevel riskAndroid riskIos } pageInfo { hasNextPage endCursor } } }`;
const VERIFY = `mutation ($input: VerifyDeviceRiskInput!) {
  verifyDeviceRisk(input: $input) { deviceRisk { operation riskbits { ratingLevel } } } }`;

describe('riskbits over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let writer: Caller;
  let reader: Caller;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    writer = world.app(tenant, 'riskbit:write', 'riskbit:delete', 'riskbit:verify');
    reader = world.app(tenant, 'riskbit:read');
  });
  afterAll(() => world.close());

  const create = async (riskbit: object, caller = writer) => world.graphql(caller, CREATE, { input: { riskbit } });

  it('keeps every text as written; an empty list of findings is null', async () => {
    const { data, errors } = await create(ladder[3]!);
    expect(errors).toEqual([]);
    expect(data.createRiskbit.riskbit).toMatchObject({ ...ladder[3], isEnabled: true });
    const { data: second } = await create({ ...ladder[0], risk: ' 0.80 % ' });
    expect(second.createRiskbit.riskbit).toMatchObject({ risk: ' 0.80 % ', riskAndroid: null, riskIos: null });
    expect(await world.eventTypes(tenant)).toEqual(['tenant.created', 'riskbit.created', 'riskbit.created']);
  });

  it('refuses a riskbit that lacks a mandatory member, with its path', async () => {
    const { errors } = await create({ ratingLevel: 'A', score: '1', risk: ' ' });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'RISKBIT_INCOMPLETE',
      fields: [{ path: 'input.riskbit.risk' }, { path: 'input.riskbit.operation' }],
    });
  });

  it('refuses a second riskbit with the same rating level and score', async () => {
    await create(ladder[0]!);
    expect((await create({ ...ladder[0], risk: 'other' })).code).toBe('RISKBIT_EXISTS');
  });

  it('refuses one that is meant for another tenant', async () => {
    expect((await create({ ...ladder[0], tenant: 'elsewhere' })).code).toBe('RISKBIT_TENANT_MISMATCH');
    expect((await create({ ...ladder[0], tenant: tenant.name })).code).toBeUndefined();
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['a lone surrogate', 'a\ud800b'],
    ['a text that is too long', 'x'.repeat(256)],
  ])('refuses %s before the database sees it', async (_what, risk) => {
    const { errors } = await create({ ...ladder[0], risk });
    expect(errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', fields: [{ path: 'input.riskbit.risk' }] });
  });

  it('stores a list item by item: refused items give their reason and do not stop others', async () => {
    await create(ladder[4]!);
    const bad = { ...ladder[0], ratingLevel: 'A\0' };
    const list = [ladder[0], ladder[0], ladder[4], { score: '7' }, bad, { ...ladder[2], tenant: 'x' }, ladder[1]];
    const { data, errors } = await world.graphql(writer, CREATE_MANY, { input: { riskbits: list } });
    expect(errors).toEqual([]);
    const { results } = data.createRiskbits;
    expect(results.map(({ errorCode }: { errorCode: string | null }) => errorCode)).toEqual([
      null,
      'RISKBIT_EXISTS',
      'RISKBIT_EXISTS',
      'RISKBIT_INCOMPLETE',
      'INVALID_INPUT',
      'RISKBIT_TENANT_MISMATCH',
      null,
    ]);
    expect(results[0].riskbit).toEqual({ ratingLevel: 'A' });
    expect(results[1]).toMatchObject({ riskbit: null, given: { ratingLevel: 'A', score: '986-999', riskAndroid: '' } });
    expect(new Set(results.map(({ riskbitId }: { riskbitId: string }) => riskbitId)).size).toBe(list.length);
    const created = (await world.eventTypes(tenant)).filter((type) => type === 'riskbit.created');
    expect(created).toHaveLength(3);
  });

  it('lists by rating level, then score, page by page, with a filter', async () => {
    await world.graphql(writer, CREATE_MANY, { input: { riskbits: [...ladder].reverse() } });
    const first = await world.graphql(reader, LIST, { first: 3 });
    expect(first.data.riskbits).toMatchObject({
      totalCount: 5,
      nodes: [{ ratingLevel: 'A' }, { ratingLevel: 'E' }, { ratingLevel: 'G' }],
      pageInfo: { hasNextPage: true },
    });
    const second = await world.graphql(reader, LIST, { first: 3, after: first.data.riskbits.pageInfo.endCursor });
    expect(second.data.riskbits.nodes).toEqual([
      { ratingLevel: 'H', riskAndroid: ladder[3]!.riskAndroid, riskIos: ladder[3]!.riskIos },
      { ratingLevel: 'K', riskAndroid: 'Jbreak,Emulator', riskIos: 'Jbreak,Emulator' },
    ]);
    const narrowed = await world.graphql(reader, LIST, { filter: { operation: 'OK' } });
    expect(narrowed.data.riskbits.totalCount).toBe(2);
  });

  it('changes the given members and writes one event with their names, but none when nothing changes', async () => {
    const { data } = await create(ladder[1]!);
    const { id } = data.createRiskbit.riskbit;
    const change = { operation: 'MEDIUM', riskIos: null };
    const updated = await world.graphql(writer, UPDATE, { input: { riskbitId: id, riskbit: change } });
    expect(updated.data.updateRiskbit.riskbit).toMatchObject({ ...ladder[1], ...change });
    await world.graphql(writer, UPDATE, { input: { riskbitId: id, riskbit: change } });
    const changes = (await world.events(tenant)).filter(({ type }) => type === 'riskbit.updated');
    expect(changes.map(({ params }) => params['changed'])).toEqual([['operation', 'riskIos']]);
  });

  it('refuses a change that empties a mandatory member or collides, and one of an unknown riskbit', async () => {
    await create(ladder[0]!);
    const { data } = await create(ladder[1]!);
    const { id } = data.createRiskbit.riskbit;
    const update = async (riskbit: object, of = id) =>
      (await world.graphql(writer, UPDATE, { input: { riskbitId: of, riskbit } })).code;
    expect(await update({ score: null })).toBe('RISKBIT_INCOMPLETE');
    expect(await update({ ratingLevel: 'A', score: '986-999' })).toBe('RISKBIT_EXISTS');
    expect(await update({ score: '1' }, '0199f0a0-0000-7000-8000-000000000000')).toBe('RISKBIT_NOT_FOUND');
    expect(await update({ score: '1' }, 'nonsense')).toBe('RISKBIT_NOT_FOUND');
  });

  it('deletes one, or all, and refuses when there is none', async () => {
    const { data } = await create(ladder[0]!);
    const { id } = data.createRiskbit.riskbit;
    expect((await world.graphql(writer, DELETE, { input: { riskbitId: id } })).data.deleteRiskbit).toEqual({
      deletedRiskbitId: id,
    });
    expect((await world.graphql(writer, DELETE, { input: { riskbitId: id } })).code).toBe('RISKBIT_NOT_FOUND');
    expect((await world.graphql(writer, DELETE_ALL, { input: {} })).code).toBe('RISKBIT_NOT_FOUND');
    await world.graphql(writer, CREATE_MANY, { input: { riskbits: ladder } });
    const all = await world.graphql(writer, DELETE_ALL, { input: {} });
    expect(all.data.deleteAllRiskbits).toEqual({ deletedCount: 5 });
    const deleted = (await world.eventTypes(tenant)).filter((type) => type === 'riskbit.deleted');
    expect(deleted).toHaveLength(6);
  });

  it('is found through node(id), but not from another tenant', async () => {
    const { data } = await create(ladder[0]!);
    const NODE = 'query ($id: ID!) { node(id: $id) { ... on Riskbit { score } } riskbit(riskbitId: $id) { score } }';
    const { id } = data.createRiskbit.riskbit;
    const found = await world.graphql(reader, NODE, { id });
    expect(found.data).toEqual({ node: { score: '986-999' }, riskbit: { score: '986-999' } });
    const neighbour = world.app(await world.tenant(), 'riskbit:read');
    const foreign = await world.graphql(neighbour, NODE, { id });
    expect(foreign.data).toEqual({ node: null, riskbit: null });
    expect(foreign.errors.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  it('does not let readers write, nor writers delete', async () => {
    expect((await create(ladder[0]!, reader)).code).toBe('FORBIDDEN');
    const onlyWriter = world.app(tenant, 'riskbit:write');
    expect((await world.graphql(onlyWriter, DELETE_ALL, { input: {} })).code).toBe('FORBIDDEN');
    const verify = { input: { platform: 'ios', riskName: 'JBreak' } };
    expect((await world.graphql(reader, VERIFY, verify)).code).toBe('FORBIDDEN');
  });

  describe('the risk of a device', () => {
    const verify = async (platform: string | null, riskName: string | null) =>
      world.graphql(writer, VERIFY, { input: { platform, riskName } });
    beforeEach(async () => {
      await world.graphql(writer, CREATE_MANY, { input: { riskbits: ladder } });
    });

    it('follows the riskbits that list the finding for the platform; the strictest operation decides', async () => {
      const ios = await verify('iOS', 'jbreak [400]');
      expect(ios.data.verifyDeviceRisk.deviceRisk).toEqual({
        operation: 'HIGH_RISK',
        riskbits: [{ ratingLevel: 'E' }, { ratingLevel: 'H' }, { ratingLevel: 'K' }],
      });
      const android = await verify('ANDROID', 'CodeInjection[6](2)');
      expect(android.data.verifyDeviceRisk.deviceRisk.riskbits).toEqual([{ ratingLevel: 'G' }]);
      const bare = await verify('android', 'JBreak');
      expect(bare.data.verifyDeviceRisk.deviceRisk.riskbits).toEqual([{ ratingLevel: 'K' }]);
    });

    it('is unknown when no enabled riskbit lists the finding', async () => {
      const none = await verify('ios', 'Unheard');
      expect(none.data.verifyDeviceRisk.deviceRisk).toEqual({ operation: null, riskbits: [] });
      const listed = await world.graphql(reader, '{ riskbits(filter: { ratingLevel: "K" }) { nodes { id } } }');
      const { id } = listed.data.riskbits.nodes[0];
      await world.graphql(writer, UPDATE, { input: { riskbitId: id, riskbit: { isEnabled: false } } });
      const off = await verify('android', 'Emulator');
      expect(off.data.verifyDeviceRisk.deviceRisk).toEqual({ operation: null, riskbits: [] });
    });

    it('counts an unknown operation as a strict one', async () => {
      await create({ ratingLevel: 'X', score: '0', risk: '99', operation: 'BLOKC', riskIos: 'Fresh' });
      await create({ ratingLevel: 'B', score: '0', risk: '1', operation: 'MEDIUM', riskIos: 'Fresh' });
      expect((await verify('ios', 'Fresh')).data.verifyDeviceRisk.deviceRisk.operation).toBe('BLOKC');
    });

    it.each([
      ['windows', 'JBreak'],
      [null, 'JBreak'],
      ['ios', null],
      ['ios', '  '],
    ])('is not assessed for platform %j and finding %j', async (platform, riskName) => {
      expect((await verify(platform, riskName)).code).toBe('RISK_QUESTION_INCOMPLETE');
    });

    it('is not assessed for a finding that the database cannot store', async () => {
      expect((await verify('ios', 'a\0')).code).toBe('INVALID_INPUT');
    });

    it('records an event with the answer', async () => {
      await verify('ios', 'Emulator');
      const event = (await world.events(tenant)).at(-1);
      expect(event).toMatchObject({
        type: 'device_risk.assessed',
        ip: '203.0.113.7',
        params: { platform: 'ios', risk_name: 'Emulator', operation: 'HIGH_RISK', riskbits: 1 },
      });
    });
  });
});
