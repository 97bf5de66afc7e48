import { describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { checkedProfile, type UserProfile } from '../../../src/tenants/index.ts';
import {
  countingAttributes,
  countingColumns,
  isRequired,
  mayEdit,
  mayView,
  profileFaults,
  profileRoleOf,
} from '../../../src/users/profile-rules.ts';
import { refusalOf } from '../../support/refusal.ts';

const ROOT = [{ name: 'username' }, { name: 'email' }];
const BOTH = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const profileOf = (attribute: object, others: object = {}): UserProfile =>
  checkedProfile({ attributes: [...ROOT, { name: 'badge', permissions: BOTH, ...attribute }], ...others });
const faultsOf = (attribute: object, badge: unknown, role: 'admin' | 'user' = 'admin') =>
  profileFaults(profileOf(attribute), role, { username: 'ada', attributes: { badge } }, () => true).map(
    ({ code, parameters }) => [code, ...(parameters ?? [])],
  );
const judged = (validator: string, config: object, value: unknown) =>
  faultsOf({ validations: { [validator]: config } }, value);

describe('validations of attributes', () => {
  it.each([
    ['length', { min: 2, max: '3' }, 'abcd', 'error-invalid-length', 2, 3],
    ['length', { min: 2 }, ' a ', 'error-invalid-length-too-short', 2, null],
    ['length', { max: 2, 'trim-disabled': 'true' }, ' a ', 'error-invalid-length-too-long', null, 2],
    ['integer', {}, '1.5', 'error-invalid-number'],
    ['integer', { min: 2, max: 3 }, '4', 'error-number-out-of-range', 2, 3],
    ['integer', { min: 2 }, 1, 'error-number-out-of-range-too-small', 2, null],
    ['double', { max: '1.5' }, '1.75', 'error-number-out-of-range-too-big', null, 1.5],
    ['email', {}, 'ada', 'error-invalid-email', 'ada'],
    ['pattern', { pattern: 'a+' }, 'aab', 'error-pattern-no-match', 'a+'],
    ['pattern', { pattern: '(a+)+b', 'error-message': 'own' }, 'a'.repeat(900), 'own', '(a+)+b'],
    ['options', { options: ['a', 'b'] }, 'c', 'error-invalid-value'],
    ['uri', {}, 'tide', 'error-invalid-uri', 'tide'],
    ['uri', {}, 'ftp://x', 'error-invalid-uri-scheme', 'ftp://x', 'ftp'],
    ['uri', { allowFragment: false }, 'https://x/#y', 'error-invalid-uri-fragment', 'https://x/#y', 'y'],
    ['iso-date', {}, '2026-02-30', 'error-invalid-date', '2026-02-30'],
    ['iso-date', {}, '30.2.2026', 'error-invalid-date', '30.2.2026'],
    ['person-name-prohibited-characters', {}, 'Ada <b>', 'error-person-name-invalid-character'],
    ['username-prohibited-characters', {}, 'ada fern', 'error-username-invalid-character'],
    ['up-username-not-idn-homograph', {}, 'аda', 'error-username-invalid-character'],
    ['multivalued', { min: 1, max: 2 }, ['a', 'b', 'c'], 'error-invalid-multivalued-size', 1, 2],
  ])('%s %j refuses %j', (validator, config, value, ...refusal) => {
    const [code, ...parameters] = refusal;
    expect(judged(validator, config, value)).toEqual([[code, 'badge', ...parameters]]);
  });

  it.each([
    ['length', { min: 2 }, 'ab'],
    ['integer', { min: -2 }, '-1'],
    ['double', {}, '1.5'],
    ['email', {}, 'ada@example.com'],
    ['pattern', { pattern: '^a+$' }, 'aa'],
    ['options', { options: ['a'] }, 'a'],
    ['uri', { allowedSchemes: ['ftp'] }, 'ftp://x/#y'],
    ['iso-date', {}, '2024-02-29'],
    ['local-date', {}, 'tide'],
    ['person-name-prohibited-characters', {}, "Ada O'Fern-Ödön"],
    ['username-prohibited-characters', {}, 'ada.fern@x'],
    ['up-username-not-idn-homograph', {}, 'ada-7'],
    ['multivalued', { max: 2 }, ['a', 'b']],
  ])('%s %j accepts %j, and no value', (validator, config, value) => {
    expect(judged(validator, config, value)).toEqual([]);
    expect(judged(validator, config, '')).toEqual([]);
  });

  it('look at each of several values, and tell one fault of each validation', () => {
    const validations = { length: { max: 2 }, integer: {} };
    expect(faultsOf({ validations, multivalued: true }, ['abc', 'abcd', 'ab'])).toEqual([
      ['error-invalid-length-too-long', 'badge', null, 2],
      ['error-invalid-number', 'badge'],
    ]);
    expect(faultsOf({}, ['a', 'b'])).toEqual([['error-invalid-multivalued-size', 'badge', 0, 1]]);
  });

  it('count the items of lists in lists, and blank ones', () => {
    for (const badge of [[['a', 'b']], ['a', ' '], [' ', ''], [[['a'], []], 'b'], ['a', null]])
      expect([badge, ...faultsOf({}, badge)]).toEqual([badge, ['error-invalid-multivalued-size', 'badge', 0, 1]]);
    for (const badge of [[['a']], [], [[]], [null], '  ', { a: 1 }])
      expect([badge, ...faultsOf({}, badge)]).toEqual([badge]);
    const required = { multivalued: true, required: {} };
    for (const badge of [[], [['', ' ']], [null]])
      expect(faultsOf(required, badge)).toEqual([['error-user-attribute-required', 'badge']]);
    expect(faultsOf({ ...required, validations: { length: { max: 1 } } }, [['', 'a'], ['bc']])).toEqual([
      ['error-invalid-length-too-long', 'badge', null, 1],
    ]);
  });

  it('of the name of a column hold for the column and for the attribute of that name', () => {
    const profile = profileOf({ name: 'phone', validations: { length: { max: 3 } }, required: {} });
    const faults = (user: object) =>
      profileFaults(profile, 'user', { username: 'ada', email: 'a@b.c', ...user }, () => true).map(({ code, path }) => [
        code,
        path,
      ]);
    expect(faults({ phone: '+4930' })).toEqual([['error-invalid-length-too-long', 'input.phone']]);
    expect(faults({ attributes: { phone: '+4930' } })).toEqual([['error-invalid-length-too-long', 'input.phone']]);
    expect(faults({ phone: '110', attributes: { phone: '112' } })).toEqual([]);
    expect(faults({ phone: '110' })).toEqual([]);
    expect(faults({ attributes: { phone: '112' } })).toEqual([]);
    expect(faults({})).toEqual([['error-user-attribute-required', 'input.phone']]);
  });

  it('are more than the service compiles at once', () => {
    for (let at = 0; at < 250; at++) expect(judged('pattern', { pattern: `a{${at + 1}}` }, 'b')).toHaveLength(1);
    expect(judged('pattern', { pattern: 'a{1}' }, 'a')).toEqual([]);
  });
});

describe('who may do what with attributes', () => {
  it('is what the permissions say; the name and the address are open where nothing is said', () => {
    const profile = profileOf({ permissions: { view: ['user'], edit: ['admin'] } });
    const may = (name: string) => [
      mayEdit(profile, 'admin', name),
      mayEdit(profile, 'user', name),
      mayView(profile, 'admin', name),
      mayView(profile, 'user', name),
    ];
    expect(may('badge')).toEqual([true, false, true, true]);
    expect(may('email')).toEqual([true, true, true, true]);
    expect(may('tide')).toEqual([false, false, false, false]);
    expect(mayEdit(profileOf({ permissions: null }), 'admin', 'badge')).toBe(false);
    expect(mayView(profileOf({ permissions: {} }), 'admin', 'badge')).toBe(false);
  });

  it.each([
    ['DISABLED', [false, false, false, false]],
    ['ENABLED', [true, true, true, true]],
    ['ADMIN_VIEW', [false, false, true, false]],
    ['ADMIN_EDIT', [true, false, true, false]],
  ])('is %s for those that are not defined', (unmanagedAttributePolicy, expected) => {
    const profile = profileOf({}, { unmanagedAttributePolicy });
    expect([
      mayEdit(profile, 'admin', 'tide'),
      mayEdit(profile, 'user', 'tide'),
      mayView(profile, 'admin', 'tide'),
      mayView(profile, 'user', 'tide'),
    ]).toEqual(expected);
  });

  it('leaves out what does not count, and keeps what may not be written', () => {
    const profile = profileOf({ permissions: { edit: ['user'] } });
    const stored = { badge: '1', tide: 'low' };
    expect(countingAttributes(profile, 'user', { badge: '2', tide: 'high' }, stored, true)).toEqual({
      badge: '2',
      tide: 'low',
    });
    expect(countingAttributes(profile, 'admin', { tide: 'high' }, stored, true)).toEqual(stored);
    expect(countingAttributes(profile, 'admin', { tide: 'high' }, stored, false)).toEqual({});
  });

  it.each([
    ['DISABLED', 'admin', ['givenName', 'email']],
    ['ADMIN_VIEW', 'admin', ['givenName', 'email']],
    ['ADMIN_EDIT', 'user', ['givenName', 'email']],
    ['ADMIN_EDIT', 'admin', ['givenName', 'email', 'phone', 'familyName']],
    ['ENABLED', 'user', ['givenName', 'email', 'phone', 'familyName']],
  ] as const)('is %s for columns that are not defined: %s', (unmanagedAttributePolicy, role, expected) => {
    const profile = profileOf({ name: 'firstName', permissions: { edit: ['admin'] } }, { unmanagedAttributePolicy });
    const given = { givenName: 'Ada', email: 'a@b.c', phone: null, familyName: 'Fern' };
    expect(Object.keys(countingColumns(profile, role, given))).toEqual(expected);
    const named = profileOf({ name: 'phone' }, { unmanagedAttributePolicy });
    expect(countingColumns(named, role, { phone: '1' })).toEqual({ phone: '1' });
  });

  it('refuses a change of what may not be written, and demands what is required of the role', () => {
    const admins = { permissions: { edit: ['admin'] }, required: { roles: ['admin'] } };
    expect(faultsOf(admins, '1', 'user')).toEqual([['error-user-attribute-read-only', 'badge']]);
    expect(profileFaults(profileOf(admins), 'user', {}, () => false)).toEqual([]);
    expect(faultsOf(admins, null)).toEqual([['error-user-attribute-required', 'badge']]);
    const required = (rule: object | null) => isRequired({ name: 'badge', required: rule }, 'user');
    expect([null, {}, { roles: ['user'] }, { roles: ['admin'] }, { scopes: ['tide'] }].map(required)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a profile that is sent', () => {
  const badge = { name: 'badge' };
  it.each([
    [null, ''],
    [{}, 'attributes'],
    [{ attributes: [badge] }, "The attribute 'username' can not be removed"],
    [{ attributes: [...ROOT, badge, badge] }, "Attribute configuration already exists with 'name':'badge'"],
    [{ attributes: [...ROOT, { name: 'a b' }] }, 'Invalid attribute name'],
    [{ attributes: [...ROOT, { ...badge, group: 'tide' }] }, "references unknown group 'tide'"],
    [{ attributes: [...ROOT, { ...badge, permissions: { view: ['x'] } }] }, "'permissions.view' configuration"],
    [{ attributes: [...ROOT, { ...badge, permissions: { edit: ['x'] } }] }, "'permissions.edit' configuration"],
    [{ attributes: [...ROOT, { ...badge, required: { roles: ['x'] } }] }, "'required.roles' configuration"],
    [{ attributes: [...ROOT, { ...badge, annotations: { a: Number.MAX_VALUE } }] }, 'attributes.2.annotations'],
    [{ attributes: [...ROOT, { ...badge, annotations: { a: 'x'.repeat(65_536) } }] }, 'at most 65536 bytes'],
    [{ attributes: ROOT, unmanagedAttributePolicy: 'SOME' }, 'unmanagedAttributePolicy'],
  ])('is refused: %j', async (sent, message) => {
    await expect(refusalOf((async () => checkedProfile(sent))())).resolves.toBe('USER_PROFILE_INVALID');
    const messages = (() => {
      try {
        checkedProfile(sent);
      } catch (error) {
        return (error as { fields: { message: string }[] }).fields.map((field) => field.message).join();
      }
    })();
    expect(messages).toContain(message);
  });

  it.each([
    ['tide', {}],
    ['toString', {}],
    ['length', {}],
    ['length', null],
    ['length', { min: 3, max: 2 }],
    ['length', { max: 'x' }],
    ['integer', { min: [] }],
    ['pattern', {}],
    ['pattern', { pattern: '(a' }],
    ['pattern', { pattern: 'a'.repeat(2_049) }],
    ['options', {}],
    ['options', { options: [1] }],
    ['multivalued', {}],
    ['multivalued', { max: 'x' }],
  ])('is refused with the validation %s %j', async (validator, config) => {
    const sent = { attributes: [...ROOT, { name: 'badge', validations: { [validator]: config } }] };
    await expect(refusalOf((async () => checkedProfile(sent))())).resolves.toBe('USER_PROFILE_INVALID');
  });

  it('is stored without members that are unknown or null', () => {
    const sent = { attributes: [...ROOT, { name: 'badge', displayName: null, tide: 1, annotations: { a: [null] } }] };
    expect(checkedProfile(sent)).toEqual({
      attributes: [...ROOT, { name: 'badge', annotations: { a: [null] } }],
      groups: [],
    });
  });
});

describe('a validation without options', () => {
  it('acts as one with none', () => {
    expect(faultsOf({ validations: { email: null } }, 'ada')).toEqual([['error-invalid-email', 'badge', 'ada']]);
  });
});

describe('the costs of a profile', () => {
  it('are bounded: too many values are not looked at, and patterns share their steps', () => {
    const pattern = `(?:${Array.from({ length: 120 }, () => '.').join('|')})*`;
    const validations = { pattern: { pattern }, multivalued: { max: 3 } };
    const badge = Array.from({ length: 1_000 }, () => 'x'.repeat(1_000));
    expect(faultsOf({ validations, multivalued: true }, badge)).toEqual([
      ['error-invalid-multivalued-size', 'badge', 0, 3],
    ]);
    const many = { pattern: { pattern }, multivalued: { max: 1_000 } };
    expect(faultsOf({ validations: many, multivalued: true }, badge)).toEqual([
      ['error-pattern-no-match', 'badge', pattern],
    ]);
  });

  it('concern as its user who makes an account without a token', () => {
    const tenant = { id: 't', name: 'acme', route: 'r' } as never;
    const roleOf = (kind: string, reach: 'self' | 'tenant') =>
      profileRoleOf(new Authority({ kind } as never, tenant, reach));
    expect(roleOf('anonymous', 'tenant')).toBe('user');
    expect(roleOf('user', 'self')).toBe('user');
    expect(roleOf('user', 'tenant')).toBe('admin');
    expect(roleOf('application', 'tenant')).toBe('admin');
  });
});
