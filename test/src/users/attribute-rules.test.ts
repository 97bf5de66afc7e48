import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Authority } from '../../../src/access/index.ts';
import { IdentityError, type TenantRef } from '../../../src/kernel/index.ts';
import type { AttributeDefinition } from '../../../src/tenants/index.ts';
import { attributeRulesOf } from '../../support/attributes.ts';
import { World } from '../../support/world.ts';

const INN = attributeRulesOf('INN', {
  characters: '0-9',
  min: 10,
  max: 10,
  code: 'bad_inn',
  message: 'An INN has ten digits.',
});

describe('attributes that a tenant defines', () => {
  let world: World;
  let tenant: TenantRef;
  let system: Authority;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant();
    system = world.system(tenant);
  });

  const define = (...attributes: AttributeDefinition[]) =>
    world.services.tenants.updateSettings(system, { attributes });
  const faultsOf = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof IdentityError)) return error;
    return [error.code, ...(error.fields ?? []).map(({ path, code }) => `${path} ${code}`)];
  };
  const create = (attributes: Record<string, unknown>) => world.services.users.create(system, { attributes });
  const update = (id: string, attributes: Record<string, unknown>) =>
    world.services.users.update(system, id, { attributes });

  it('are refused in the words of the tenant, whether the account is made or changed', async () => {
    await define(INN);
    const refused = ['USER_ATTRIBUTE_REFUSED', 'input.attributes.INN bad_inn'];
    expect(await faultsOf(create({ INN: '12' }))).toEqual(refused);
    const { id } = await create({ INN: '7700000001', other: [1, {}] });
    for (const INN of ['7700000001x', ' 7700000001', '', 7_700_000_001, ['7700000001', 'x'], {}, true])
      expect([INN, await faultsOf(update(id, { INN }))]).toEqual([INN, refused]);
    expect((await update(id, { INN: ['7700000001', '7700000002'] })).attributes).toMatchObject({
      INN: ['7700000001', '7700000002'],
    });
    expect((await update(id, { INN: null })).attributes).toEqual({ other: [1, {}] });
  });

  it('may be fields under the names that mean them', async () => {
    const rule = { max: 3, code: 'too_long', message: 'Three letters.' };
    await define(attributeRulesOf('lastName', rule), attributeRulesOf('email', { ...rule, max: 12, min: 9 }));
    const faults = await faultsOf(
      world.services.users.create(system, { familyName: 'Orlova', email: 'anna@example.com' }),
    );
    expect(faults).toEqual(['USER_ATTRIBUTE_REFUSED', 'input.familyName too_long', 'input.email too_long']);
    expect(await faultsOf(create({ family_name: 'Orlova' }))).toContain('input.familyName too_long');
  });

  it.each([
    ['text', 'x', 5],
    ['number', 5, '5'],
    ['boolean', false, 'false'],
    ['object', { a: 1 }, [1]],
  ] as const)('of type %s hold nothing else, alone or in lists', async (type, good, bad) => {
    await define(
      { ...attributeRulesOf('one'), type },
      { ...attributeRulesOf('many'), type, isList: true },
      attributeRulesOf('any'),
    );
    await create({ one: good, many: [good, good], any: bad });
    await create({ many: [] });
    for (const [name, value] of [
      ['one', bad],
      ['one', [good]],
      ['many', good],
      ['many', [good, bad]],
    ] as const)
      expect(await faultsOf(create({ [name]: value }))).toEqual([
        'USER_ATTRIBUTE_INVALID',
        `input.attributes.${name} USER_ATTRIBUTE_INVALID`,
      ]);
  });

  it('are held against bounds of numbers and of lengths, and against lists of texts', async () => {
    const bad = (rule: object) => ({ ...rule, code: 'bad', message: 'No.' });
    await define(
      attributeRulesOf('level', bad({ min: 1, max: 3 })),
      attributeRulesOf('colour', bad({ oneOf: ['red', 'green'] })),
    );
    for (const good of [
      { level: 1 },
      { level: 3 },
      { level: 'abc' },
      { level: '🦊🦊🦊' },
      { colour: ['red', 'green'] },
    ])
      expect(await faultsOf(create(good))).toBeNull();
    for (const refused of [{ level: 0 }, { level: 4 }, { level: 'abcd' }, { level: true }, { colour: 'blue' }])
      expect(await faultsOf(create(refused))).toContain('USER_ATTRIBUTE_REFUSED');
  });

  it('cannot be changed where the tenant says so, once the account is there', async () => {
    await define({ ...INN, isUnmodifiable: true }, { ...attributeRulesOf('email'), isUnmodifiable: true });
    const { id } = await world.services.users.create(system, {
      email: 'anna@example.com',
      attributes: { INN: '7700000001' },
    });
    for (const value of ['7700000002', null])
      expect(await faultsOf(update(id, { INN: value }))).toEqual([
        'USER_ATTRIBUTE_UNMODIFIABLE',
        'input.attributes.INN USER_ATTRIBUTE_UNMODIFIABLE',
      ]);
    expect(await faultsOf(world.services.users.update(system, id, { email: 'b@example.com' }))).toEqual([
      'USER_ATTRIBUTE_UNMODIFIABLE',
      'input.email USER_ATTRIBUTE_UNMODIFIABLE',
    ]);
    const same = await world.services.users.update(system, id, {
      email: 'anna@example.com',
      emailVerified: true,
      attributes: { INN: '7700000001', other: 1 },
    });
    expect(same).toMatchObject({ emailVerified: true, attributes: { INN: '7700000001', other: 1 } });
  });

  it('hold the characters that the tenant allows, and no others', async () => {
    const of = (name: string, characters: string) =>
      attributeRulesOf(name, { characters, code: 'bad', message: 'No.' });
    await define(of('letters', "\\p{L} '-"), of('brackets', '\\[\\]\\\\'), of('others', '^0-9'));
    expect(await faultsOf(create({ letters: "Ännchen d'Or-Ly", brackets: '[\\]', others: '' }))).toBeNull();
    for (const refused of [{ letters: 'R2' }, { letters: 'a\nb' }, { brackets: '()' }, { others: 'a1' }])
      expect(await faultsOf(create(refused))).toContain('USER_ATTRIBUTE_REFUSED');
    // Would take years were it tried in more than one way.
    expect(await faultsOf(create({ letters: `${'a'.repeat(60_000)}!` }))).toContain('USER_ATTRIBUTE_REFUSED');
  });

  it('are defined once each, in words that can be stored, within bounds', async () => {
    const rule = { characters: 'x', code: 'bad', message: 'No.' };
    for (const [attributes, path] of [
      [[INN, INN], 'attributes'],
      [[attributeRulesOf('')], 'attributes.0.name'],
      [[attributeRulesOf('nul\0')], 'attributes.0.name'],
      ...['a]+[b', 'z-a', '\\', ']', ''].map(
        (characters) =>
          [[attributeRulesOf('a', { ...rule, characters })], 'attributes.0.validators.0.characters'] as const,
      ),
      [[attributeRulesOf('a', { ...rule, code: 'two words' })], 'attributes.0.validators.0.code'],
      [[attributeRulesOf('a', { ...rule, message: '' })], 'attributes.0.validators.0.message'],
      [[attributeRulesOf('a', ...Array.from({ length: 9 }, () => rule))], 'attributes.0.validators'],
      [Array.from({ length: 101 }, (_, at) => attributeRulesOf(`a${at}`)), 'attributes'],
      [
        Array.from({ length: 8 }, (_, at) =>
          attributeRulesOf(`a${at}`, { ...rule, oneOf: Array.from({ length: 200 }, () => 'x'.repeat(60)) }),
        ),
        'attributes',
      ],
    ] as const)
      expect(await faultsOf(define(...attributes))).toContain(`input.settings.${path} TENANT_SETTING_INVALID`);
  });

  it('of one tenant mean nothing to another', async () => {
    await define(INN);
    const other = world.system(await world.tenant());
    expect((await world.services.users.create(other, { attributes: { INN: 'x' } })).attributes).toEqual({ INN: 'x' });
  });
});
