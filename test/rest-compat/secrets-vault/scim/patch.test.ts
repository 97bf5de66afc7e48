import { describe, expect, it } from 'vitest';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { applyPatch, PATCH_SCHEMA, readPatch } from '../../../../rest-compat/secrets-vault/scim/patch.ts';
import type { Resource } from '../../../../rest-compat/secrets-vault/scim/resource.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { refused } from './refused.ts';

const WORK = { value: 'anna@work.example', type: 'work', primary: true };
const HOME = { value: 'anna@home.example', type: 'home' };
const USER: Resource = {
  id: 'U1',
  userName: 'anna',
  name: { givenName: 'Anna', familyName: 'Berg' },
  active: true,
  emails: [WORK, HOME],
  [ENTERPRISE_SCHEMA]: { department: 'Sales' },
};
const GROUP: Resource = { id: 'G1', displayName: 'Team', members: [{ value: 'U1', type: 'User' }, { value: 'U2' }] };

type Operation = Readonly<Record<string, unknown>>;
const body = (...operations: Operation[]) => ({ schemas: [PATCH_SCHEMA], Operations: operations });
const user = (...operations: Operation[]) => applyPatch(USER_KIND, USER, readPatch(body(...operations)));
const group = (...operations: Operation[]) => applyPatch(GROUP_KIND, GROUP, readPatch(body(...operations)));

describe('the body of a PATCH', () => {
  it('names the operations, in any case', () => {
    expect(
      readPatch({ SCHEMAS: [PATCH_SCHEMA.toUpperCase()], operations: [{ OP: 'Add', Path: 'title', VALUE: 'x' }] }),
    ).toEqual([{ op: 'add', path: 'title', value: 'x' }]);
  });

  it.each([
    null,
    [],
    'text',
    {},
    { Operations: [{ op: 'add', path: 'title', value: 'x' }] },
    { schemas: ['urn:other'], Operations: [{ op: 'add', path: 'title', value: 'x' }] },
    { schemas: PATCH_SCHEMA, Operations: [{ op: 'add', path: 'title', value: 'x' }] },
    { schemas: [PATCH_SCHEMA] },
    { schemas: [PATCH_SCHEMA], Operations: [] },
    { schemas: [PATCH_SCHEMA], Operations: {} },
    body({ op: 'move', path: 'title' }),
    body({ op: 1 }),
    body({ path: 'title', value: 'x' }),
    { schemas: [PATCH_SCHEMA], Operations: [null] },
    body(...Array.from({ length: 1001 }, () => ({ op: 'add', path: 'title', value: 'x' }))),
  ])('is refused when malformed (%#)', (malformed) => {
    expect(refused(() => readPatch(malformed))).toBe('invalidSyntax');
  });

  it('has texts for paths, and values for what is added', () => {
    expect(refused(() => readPatch(body({ op: 'add', path: 1, value: 'x' })))).toBe('invalidPath');
    expect(refused(() => readPatch(body({ op: 'add', path: 'title' })))).toBe('invalidValue');
  });
});

describe('PATCH add and replace', () => {
  it.each(['add', 'replace'])('%s sets a single value, and members of it one by one', (op) => {
    expect(user({ op, path: 'title', value: 'Boss' }).title).toBe('Boss');
    expect(user({ op, path: 'NAME.givenname', value: 'Eva' }).name).toEqual({ givenName: 'Eva', familyName: 'Berg' });
    expect(user({ op, path: 'name', value: { middleName: 'M' } }).name).toEqual({
      givenName: 'Anna',
      familyName: 'Berg',
      middleName: 'M',
    });
    expect(user({ op, path: 'title', value: null })).toEqual(USER);
    expect(user({ op, path: 'name', value: null })).not.toHaveProperty('name');
  });

  it.each(['add', 'replace'])('%s without a path takes each member, with paths and URNs for names', (op) => {
    const value = {
      nickName: 'A',
      'name.givenName': 'Eva',
      [`${ENTERPRISE_SCHEMA}:employeeNumber`]: '7',
      [ENTERPRISE_SCHEMA]: { costCenter: '8', manager: { value: 'M1', displayName: 'dropped' } },
      'emails[type eq "work"].value': 'eva@work.example',
      'urn:ietf:params:scim:schemas:core:2.0:User': { title: 'Boss' },
      'urn:unknown:2.0:User': { a: 1 },
      unknown: 1,
      id: 'U1',
      meta: { created: 'x' },
      groups: [{ value: 'G1' }],
      schemas: ['urn:unknown:2.0:User'],
      password: 'secret',
    };
    expect(user({ op, value })).toEqual({
      ...USER,
      nickName: 'A',
      title: 'Boss',
      name: { givenName: 'Eva', familyName: 'Berg' },
      emails: [{ ...WORK, value: 'eva@work.example' }, HOME],
      [ENTERPRISE_SCHEMA]: { department: 'Sales', employeeNumber: '7', costCenter: '8', manager: { value: 'M1' } },
    });
  });

  it('add appends values that are not there, and the new primary one replaces the old', () => {
    const other = { value: 'a@other.example', type: 'other', primary: true };
    expect(user({ op: 'add', path: 'emails', value: [WORK, other] }).emails).toEqual([
      { ...WORK, primary: false },
      HOME,
      other,
    ]);
    expect(user({ op: 'add', path: 'emails', value: { ...HOME, display: 'h' } }).emails).toEqual([
      WORK,
      { ...HOME, display: 'h' },
    ]);
    expect(
      group({ op: 'add', path: 'members', value: [{ value: 'U2', display: 'x' }, 'U3', { value: 'U3' }] }).members,
    ).toEqual([{ value: 'U1', type: 'User' }, { value: 'U2' }, { value: 'U3' }]);
    expect(
      user(
        { op: 'add', path: 'addresses', value: [{ locality: 'Bern' }] },
        { op: 'add', path: 'addresses', value: [{ locality: 'bern', primary: true }] },
      ).addresses,
    ).toEqual([{ locality: 'bern', primary: true }]);
  });

  it('replace replaces the whole list', () => {
    expect(user({ op: 'replace', path: 'emails', value: [HOME] }).emails).toEqual([HOME]);
    expect(user({ op: 'replace', path: 'emails', value: null })).not.toHaveProperty('emails');
    expect(user({ op: 'replace', path: 'emails', value: [] })).not.toHaveProperty('emails');
  });

  it('change the values that a condition names, or their members', () => {
    expect(user({ op: 'replace', path: 'emails[type eq "work"]', value: HOME }).emails).toEqual([HOME, HOME]);
    expect(user({ op: 'add', path: 'emails[type eq "home"]', value: { display: 'h' } }).emails).toEqual([
      WORK,
      { ...HOME, display: 'h' },
    ]);
    expect(user({ op: 'replace', path: 'emails[type eq "home"].primary', value: 'True' }).emails).toEqual([
      { ...WORK, primary: false },
      { ...HOME, primary: true },
    ]);
    expect(user({ op: 'replace', path: 'emails.type', value: 'other' }).emails).toEqual([
      { ...WORK, type: 'other' },
      { ...HOME, type: 'other' },
    ]);
    expect(refused(() => user({ op: 'replace', path: 'emails[type eq "work"]', value: [HOME, WORK] }))).toBe(
      'invalidValue',
    );
  });

  it('add makes a value of what the condition equals; replace has no target', () => {
    const path = 'phoneNumbers[type eq "mobile" and primary eq true and display pr].value';
    expect(user({ op: 'Add', path, value: '+41 1' }).phoneNumbers).toEqual([
      { type: 'mobile', primary: true, value: '+41 1' },
    ]);
    expect(user({ op: 'add', path: 'phoneNumbers[type eq "fax"]', value: { value: '1' } }).phoneNumbers).toEqual([
      { type: 'fax', value: '1' },
    ]);
    expect(user({ op: 'add', path: 'phoneNumbers[unknown eq "fax"].value', value: '1' }).phoneNumbers).toEqual([
      { value: '1' },
    ]);
    expect(user({ op: 'add', path: 'phoneNumbers.value', value: '1' }).phoneNumbers).toEqual([{ value: '1' }]);
    for (const tail of ['', '.value'])
      expect(refused(() => user({ op: 'replace', path: `phoneNumbers[type eq "fax"]${tail}`, value: 'x' }))).toBe(
        'noTarget',
      );
  });

  it('take what clients write for a single value', () => {
    expect(user({ op: 'Replace', path: 'active', value: 'False' }).active).toBe(false);
    expect(user({ op: 'Replace', path: 'active', value: [{ value: 'False' }] }).active).toBe(false);
    expect(user({ op: 'Add', path: 'externalId', value: [{ value: 'jyoung' }] }).externalId).toBe('jyoung');
    expect(user({ op: 'Add', path: `${ENTERPRISE_SCHEMA}:manager`, value: 'M1' })[ENTERPRISE_SCHEMA]).toEqual({
      department: 'Sales',
      manager: { value: 'M1' },
    });
  });

  it('change a whole extension', () => {
    expect(user({ op: 'add', path: ENTERPRISE_SCHEMA, value: { Division: 'D' } })[ENTERPRISE_SCHEMA]).toEqual({
      department: 'Sales',
      division: 'D',
    });
    expect(user({ op: 'replace', path: ENTERPRISE_SCHEMA, value: null })).not.toHaveProperty([ENTERPRISE_SCHEMA]);
    const { [ENTERPRISE_SCHEMA]: _gone, ...bare } = USER;
    const operations = readPatch(body({ op: 'add', path: `${ENTERPRISE_SCHEMA}:division`, value: 'D' }));
    expect(applyPatch(USER_KIND, bare, operations)[ENTERPRISE_SCHEMA]).toEqual({ division: 'D' });
  });
});

describe('PATCH remove', () => {
  it('removes a value, a member, all values, those of a condition and a member of these', () => {
    expect(user({ op: 'remove', path: 'name.givenName' }).name).toEqual({ familyName: 'Berg' });
    expect(user({ op: 'remove', path: 'name' })).not.toHaveProperty('name');
    expect(user({ op: 'remove', path: 'emails' })).not.toHaveProperty('emails');
    expect(user({ op: 'remove', path: 'emails[type eq "work"]' }).emails).toEqual([HOME]);
    expect(user({ op: 'remove', path: 'emails[type eq "work"].primary' }).emails).toEqual([
      { value: WORK.value, type: 'work' },
      HOME,
    ]);
    expect(user({ op: 'remove', path: 'emails.display' }).emails).toEqual([WORK, HOME]);
    expect(user({ op: 'remove', path: ENTERPRISE_SCHEMA })).not.toHaveProperty([ENTERPRISE_SCHEMA]);
    expect(user({ op: 'remove', path: `${ENTERPRISE_SCHEMA}:department` })).not.toHaveProperty([ENTERPRISE_SCHEMA]);
    expect(user({ op: 'remove', path: 'title' })).toEqual(USER);
  });

  it('removes just the values that it names', () => {
    expect(group({ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'U1' }] }).members).toEqual([
      { value: 'U2' },
    ]);
    expect(user({ op: 'remove', path: 'emails', value: [HOME] }).emails).toEqual([WORK]);
    expect(group({ op: 'remove', path: 'members', value: [] })).not.toHaveProperty('members');
  });

  it('finds nothing to remove, which is no fault for members', () => {
    expect(refused(() => user({ op: 'remove', path: 'emails[type eq "fax"]' }))).toBe('noTarget');
    expect(group({ op: 'remove', path: 'members[value eq "U9"]' })).toEqual(GROUP);
    expect(refused(() => user({ op: 'remove' }))).toBe('noTarget');
  });
});

describe('PATCH refuses', () => {
  it.each([
    ['id', 'mutability'],
    ['meta', 'mutability'],
    ['meta.created', 'mutability'],
    ['groups', 'mutability'],
    ['schemas', 'mutability'],
    ['unknown', 'invalidPath'],
    ['name.unknown', 'invalidPath'],
    ['emails[type eq "work"].unknown', 'invalidPath'],
    ['unknown[type eq "work"]', 'invalidPath'],
    ['urn:unknown:2.0:User:title', 'invalidPath'],
    [`${ENTERPRISE_SCHEMA}:unknown`, 'invalidPath'],
    ['a b', 'invalidPath'],
    ['.', 'invalidPath'],
    ['title[', 'invalidFilter'],
    ['title[value eq "x"]', 'invalidPath'],
    ['name[givenName eq "x"]', 'invalidPath'],
    ['emails.value[type eq "x"]', 'invalidPath'],
    ['emails[type eq "work"]x', 'invalidPath'],
    ['emails[type eq "work"].', 'invalidPath'],
    ['emails[type eq "work"].a.b', 'invalidPath'],
    ['emails[type foo "work"]', 'invalidFilter'],
    ['emails[primary gt true]', 'invalidFilter'],
  ])('the path %s', (path, scimType) => {
    expect(refused(() => user({ op: 'replace', path, value: 'x' }))).toBe(scimType);
  });

  it('to change ids of members, and another id in a value', () => {
    expect(refused(() => group({ op: 'replace', path: 'members[value eq "U1"].value', value: 'U2' }))).toBe(
      'mutability',
    );
    expect(refused(() => group({ op: 'replace', path: 'members.display', value: 'x' }))).toBe('mutability');
    expect(refused(() => user({ op: 'replace', value: { id: 'U2' } }))).toBe('mutability');
    expect(user({ op: 'replace', value: { id: null } })).toEqual(USER);
  });

  it('values of the wrong type', () => {
    for (const [path, value] of [
      ['title', 1],
      ['title', ['a', 'b']],
      ['title', {}],
      ['active', 'yes'],
      ['active', 1],
      ['name', 'Anna'],
      ['name', []],
      ['emails', [1]],
      ['emails', [['a@b.example']]],
      ['emails[type eq "work"].value', 1],
      ['addresses', ['Bern']],
      [ENTERPRISE_SCHEMA, 'x'],
    ])
      expect(
        refused(() => user({ op: 'replace', path, value })),
        String(path),
      ).toBe('invalidValue');
    expect(refused(() => user({ op: 'replace', value: 'x' }))).toBe('invalidValue');
    expect(refused(() => user({ op: 'add', value: [{ title: 'x' }] }))).toBe('invalidValue');
  });

  it('to remove what is required, and two primary values', () => {
    expect(refused(() => user({ op: 'remove', path: 'userName' }))).toBe('mutability');
    expect(refused(() => user({ op: 'replace', path: 'userName', value: '' }))).toBe('invalidValue');
    const two = [WORK, { ...HOME, primary: true }];
    expect(refused(() => user({ op: 'replace', path: 'emails', value: two }))).toBe('invalidValue');
  });

  it('all operations when one fails, and leaves the resource as it was', () => {
    const before = structuredClone(USER);
    expect(
      refused(() =>
        user({ op: 'replace', path: 'emails[type eq "work"].value', value: 'x' }, { op: 'remove', path: 'userName' }),
      ),
    ).toBe('mutability');
    expect(USER).toEqual(before);
  });
});

describe('PATCH of many members', () => {
  it('takes time in proportion to them', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => ({ value: `U${at}` }));
    expect(group({ op: 'add', path: 'members', value: many }).members).toHaveLength(20_000);
    const large: Resource = { ...GROUP, members: many };
    const operations = readPatch(body({ op: 'remove', path: 'members', value: many.slice(1) }));
    expect(applyPatch(GROUP_KIND, large, operations).members).toEqual([{ value: 'U0' }]);
  });
});
