import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import type { RiskbitInput } from '../../../src/risk/index.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('riskbits', () => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant();
  });

  const service = () => world.services.riskbits;
  const sound: RiskbitInput = { ratingLevel: '1', score: '10', risk: 'Root', operation: 'HIGH_RISK' };
  const create = (over: object = {}, where = tenant) => service().create(world.system(where), { ...sound, ...over });
  const faults = (over: object) => faultsOf(() => create(over));
  const riskbitEvents = async () => (await world.events(tenant)).filter(({ type }) => type.startsWith('riskbit.'));

  describe('that are made', () => {
    it.each(['ratingLevel', 'score', 'risk', 'operation'])(
      'have a %s of 1 to 255 characters that is more than blanks',
      async (name) => {
        for (const text of [null, undefined, '', ' ', '\t\n'])
          expect(await faults({ [name]: text })).toEqual([
            'RISKBIT_INCOMPLETE',
            `input.riskbit.${name} RISKBIT_INCOMPLETE`,
          ]);
        for (const text of ['x'.repeat(256), 'a\0', 'a\nb', '\ud800'])
          expect(await faults({ [name]: text })).toEqual(['INVALID_INPUT', `input.riskbit.${name} TEXT_INVALID`]);
        expect(await faults({ [name]: 'x'.repeat(255) })).toBeNull();
      },
    );

    it.each(['riskAndroid', 'riskIos'])(
      'may list findings in %s: up to 16,384 characters, null when empty',
      async (name) => {
        expect(await faults({ [name]: 'x'.repeat(16_385) })).toEqual([
          'INVALID_INPUT',
          `input.riskbit.${name} TEXT_INVALID`,
        ]);
        expect(await create({ [name]: '' })).toMatchObject({ [name]: null });
        expect(await faults({ [name]: 'x'.repeat(16_384), score: '11' })).toBeNull();
      },
    );

    it('name every missing member', async () => {
      expect(await faults({ score: '', operation: null, riskIos: '\0' })).toEqual([
        'RISKBIT_INCOMPLETE',
        'input.riskbit.score RISKBIT_INCOMPLETE',
        'input.riskbit.operation RISKBIT_INCOMPLETE',
      ]);
    });

    it('are enabled unless the input says otherwise, and keep their texts as written', async () => {
      expect(await create({ risk: ' Root ', enabled: null })).toMatchObject({ enabled: true, risk: ' Root ' });
      expect(await create({ score: '11', enabled: false })).toMatchObject({ enabled: false });
    });

    it('are meant for the tenant acted on, where they name one', async () => {
      expect(await refusalOf(create({ tenant: 'another' }))).toBe('RISKBIT_TENANT_MISMATCH');
      expect(await refusalOf(create({ tenant: tenant.name.toUpperCase() }))).toBe('RISKBIT_TENANT_MISMATCH');
      expect(await refusalOf(create({ tenant: tenant.name }))).toBeNull();
    });

    it('have one pair of rating level and score each, in one tenant', async () => {
      await create();
      expect(await refusalOf(create({ risk: 'Other' }))).toBe('RISKBIT_EXISTS');
      expect(await refusalOf(create({ score: '11' }))).toBeNull();
      expect(await refusalOf(create({}, await world.tenant()))).toBeNull();
    });
  });

  it('of a list are stored one by one: each has its own answer and, when it is stored, its event', async () => {
    await create();
    const inputs = [
      { ...sound, score: '1' },
      { ...sound, score: '' },
      sound,
      { ...sound, score: '1', risk: 'Second' },
      { ...sound, score: '2' },
    ];
    const results = await service().createMany(world.system(tenant), inputs);
    expect(results.map(({ error }) => error?.code)).toEqual([
      undefined,
      'RISKBIT_INCOMPLETE',
      'RISKBIT_EXISTS',
      'RISKBIT_EXISTS',
      undefined,
    ]);
    expect(results.map(({ riskbit, given }, at) => [riskbit?.score, given === inputs[at]])).toEqual([
      ['1', true],
      [undefined, true],
      [undefined, true],
      [undefined, true],
      ['2', true],
    ]);
    expect(new Set(results.map(({ id }) => id)).size).toBe(5);
    expect((await riskbitEvents()).map(({ params }) => params['score']).sort()).toEqual(['1', '10', '2']);
    expect(await service().createMany(world.system(tenant), [])).toEqual([]);
  });

  describe('that change', () => {
    const update = (id: string, input: RiskbitInput, where = tenant) =>
      service().update(world.system(where), id, input);

    it('keep what is not given, and are checked as a whole', async () => {
      const { id } = await create({ riskIos: 'JBreak' });
      expect(await update(id, { score: undefined, risk: 'New' })).toMatchObject({
        score: '10',
        risk: 'New',
        riskIos: 'JBreak',
      });
      expect(await update(id, { riskIos: null })).toMatchObject({ riskIos: null });
      expect(await faultsOf(() => update(id, { operation: null }))).toEqual([
        'RISKBIT_INCOMPLETE',
        'input.riskbit.operation RISKBIT_INCOMPLETE',
      ]);
      expect(await refusalOf(update(id, { tenant: 'another', risk: 'x' }))).toBe('RISKBIT_TENANT_MISMATCH');
      expect(await service().find(world.system(tenant), id)).toMatchObject({ risk: 'New', operation: 'HIGH_RISK' });
    });

    it('are one event that names what is new, and none when nothing is', async () => {
      const { id } = await create();
      await update(id, { ...sound });
      await update(id, {});
      await update(id, { risk: 'New', enabled: false, score: '10' });
      const changes = (await riskbitEvents()).filter(({ type }) => type === 'riskbit.updated');
      expect(changes.map(({ params }) => params['changed'])).toEqual([['risk', 'enabled']]);
    });

    it('do not take the pair of another one', async () => {
      await create();
      const { id } = await create({ score: '11' });
      expect(await refusalOf(update(id, { score: '10' }))).toBe('RISKBIT_EXISTS');
      expect(await service().find(world.system(tenant), id)).toMatchObject({ score: '11' });
    });
  });

  it('of another tenant are unknown by their id, and are kept when all are deleted', async () => {
    const neighbour = await world.tenant();
    const { id } = await create({ riskIos: 'JBreak' });
    const there = world.system(neighbour);
    expect(await service().find(there, id)).toBeNull();
    expect(await refusalOf(service().update(there, id, { risk: 'x' }))).toBe('RISKBIT_NOT_FOUND');
    expect(await refusalOf(service().delete(there, id))).toBe('RISKBIT_NOT_FOUND');
    expect((await service().verifyDevice(there, 'ios', 'JBreak')).riskbits).toEqual([]);
    await create({}, neighbour);
    expect(await service().deleteAll(there)).toBe(1);
    expect(await service().find(world.system(tenant), id)).toMatchObject({ risk: 'Root' });
  });

  it('are deleted once, each with an event; when there is none, the call says so', async () => {
    const [one] = [await create(), await create({ score: '11' }), await create({ score: '12' })];
    expect((await service().delete(world.system(tenant), one.id)).id).toBe(one.id);
    expect(await service().deleteAll(world.system(tenant))).toBe(2);
    expect((await riskbitEvents()).filter(({ type }) => type === 'riskbit.deleted')).toHaveLength(3);
    expect(await refusalOf(service().deleteAll(world.system(tenant)))).toBe('RISKBIT_NOT_FOUND');
    for (const id of [one.id, newId(), 'no uuid'])
      expect(await refusalOf(service().delete(world.system(tenant), id))).toBe('RISKBIT_NOT_FOUND');
  });

  describe('about a device', () => {
    const verify = (riskName: string, platform = 'ios') =>
      service().verifyDevice(world.system(tenant), platform, riskName);

    it.each<[readonly string[], string | null]>([
      [[], null],
      [['OK'], 'OK'],
      [['MEDIUM', 'OK'], 'MEDIUM'],
      [['OK', 'HIGH_RISK', 'MEDIUM'], 'HIGH_RISK'],
      [[' medium ', 'ok'], ' medium '],
      [['MEDIUM', 'HIHG_RISK'], 'HIHG_RISK'],
      [['HIGH_RISK', 'block'], 'HIGH_RISK'],
    ])('with the operations %j ask for the strictest: %j', async (operations, expected) => {
      for (const [at, operation] of operations.entries())
        await create({ score: `${at}`, operation, riskIos: 'JBreak' });
      expect((await verify('jbreak')).operation).toBe(expected);
    });

    it('count for the platform that lists the finding, while they are enabled', async () => {
      await create({ riskIos: 'JBreak', riskAndroid: 'Rooted' });
      await create({ score: '11', riskIos: 'JBreak', enabled: false, operation: 'OK' });
      expect((await verify('JBreak')).riskbits).toHaveLength(1);
      expect((await verify('JBreak', ' Android ')).riskbits).toEqual([]);
      expect((await verify('Rooted', 'ANDROID')).riskbits).toHaveLength(1);
    });

    it.each([
      ['JBreak', '', 'platform'],
      ['JBreak', 'windows', 'platform'],
      ['', 'ios', 'riskName'],
      [' ', 'ios', 'riskName'],
      ['x'.repeat(256), 'ios', 'riskName'],
      ['a\0', 'ios', 'riskName'],
    ])('are not asked about %j on %j', async (riskName, platform, member) => {
      expect(await faultsOf(() => verify(riskName, platform))).toEqual([
        'RISK_QUESTION_INCOMPLETE',
        `input.${member} RISK_QUESTION_INCOMPLETE`,
      ]);
      expect(await world.eventTypes(tenant)).not.toContain('device_risk.assessed');
    });

    it('are an event with the question and the answer, also when nothing lists the finding', async () => {
      expect((await verify('x'.repeat(255))).operation).toBeNull();
      const [event] = (await world.events(tenant)).filter(({ type }) => type === 'device_risk.assessed');
      expect(event?.params).toEqual({ platform: 'ios', risk_name: 'x'.repeat(255), operation: null, riskbits: 0 });
    });
  });
});
