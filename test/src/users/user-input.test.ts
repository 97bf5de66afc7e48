import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/index.ts';
import {
  checkedInput,
  isPhoneNumber,
  isSamePhone,
  throwFaults,
  type UserInput,
} from '../../../src/users/user-input.ts';
import { faultsOf } from '../../support/refusal.ts';

const ID = newId();
const checked = (input: UserInput) => checkedInput(input, ID);
const faults = (input: UserInput) => faultsOf(() => checked(input));

describe('a phone number', () => {
  it.each(['+49 30 1', '030/123-45', '(030) 12', '12', '+1 (555) 010-9999', `+${'1'.repeat(32)}`, '1'.repeat(32)])(
    'may be written %j',
    (text) => expect(isPhoneNumber(text)).toBe(true),
  );

  it.each([
    '',
    '1',
    '+',
    '++49 1',
    '49 30 ',
    ' 49',
    'call me',
    '12a',
    '１２',
    '1\n2',
    '()',
    `1${'1'.repeat(32)}`,
    `(${'1'.repeat(32)}`,
  ])('is not %j', (text) => expect(isPhoneNumber(text)).toBe(false));

  it('is the same whatever is between its digits, and another one with other digits or without the plus', () => {
    expect(isSamePhone('+49 (30) 12-34', '+49/30.1234')).toBe(true);
    expect(isSamePhone('+49 30 1234', '+49 30 1235')).toBe(false);
    expect(isSamePhone('+49 30 1234', '49 30 1234')).toBe(false);
  });
});

describe('the input of an account', () => {
  it('keeps what is left out and what is null apart, and takes an empty text for null', () => {
    expect(checked({})).toEqual({});
    expect(checked({ email: '', phone: '', givenName: null, familyName: 'Lee' })).toEqual({
      email: null,
      phone: null,
      givenName: null,
      familyName: 'Lee',
    });
  });

  it('does not take an empty username for none', async () => {
    expect(await faults({ username: '' })).toEqual(['USER_USERNAME_INVALID', 'input.username USER_USERNAME_INVALID']);
  });

  it.each(['givenName', 'middleName', 'familyName', 'displayName', 'externalId'] as const)(
    '%s has at most 255 characters, emoji counted as one, and none that cannot be read',
    async (name) => {
      expect(await faults({ [name]: '\u{1f600}'.repeat(255) })).toBeNull();
      for (const text of ['x'.repeat(256), 'a\0', 'a\nb', '\ud800'])
        expect(await faults({ [name]: text })).toEqual(['INVALID_INPUT', `input.${name} TEXT_INVALID`]);
    },
  );

  it.each(['de', 'de-DE', 'zh-Hant-TW', 'en_US', 'x'.repeat(8), 'de-1996'])(
    'may have the locale %j',
    async (locale) => {
      expect(await faults({ locale })).toBeNull();
    },
  );

  it.each(['d', 'de-', 'de DE', 'de--DE', 'x'.repeat(9), 'de-DE-a-b-c-d', 'дe', 'de\n'])(
    'cannot have the locale %j',
    async (locale) => expect(await faults({ locale })).toEqual(['INVALID_INPUT', 'input.locale LOCALE_INVALID']),
  );

  it('names at most 32 things to do, each once and each by a name', async () => {
    const actions = (count: number) => Array.from({ length: count }, (_, at) => `A${at}`);
    expect(checked({ requiredActions: ['B', 'A', 'B'] }).requiredActions).toEqual(['B', 'A']);
    expect(checked({ requiredActions: [] }).requiredActions).toEqual([]);
    expect(await faults({ requiredActions: actions(32) })).toBeNull();
    for (const requiredActions of [actions(33), [''], ['1A'], ['A B'], ['A'.repeat(65)], ['A\n']])
      expect(await faults({ requiredActions })).toEqual([
        'INVALID_INPUT',
        'input.requiredActions REQUIRED_ACTION_INVALID',
      ]);
    expect(await faults({ requiredActions: ['A'.repeat(64)] })).toBeNull();
  });

  it('may have its own id as the username, and no other', async () => {
    expect(checked({ username: ID.toUpperCase() }).username).toBe(ID.toUpperCase());
    expect(await faults({ username: newId() })).toEqual([
      'USER_USERNAME_INVALID',
      'input.username USER_USERNAME_INVALID',
    ]);
  });
});

describe('attributes that mean a column', () => {
  it.each([
    ['firstName', 'givenName'],
    ['given_name', 'givenName'],
    ['lastName', 'familyName'],
    ['family_name', 'familyName'],
    ['middle_name', 'middleName'],
    ['locale', 'locale'],
  ] as const)('%s becomes %s, and is no attribute any more', (name, column) => {
    expect(checked({ attributes: { [name]: 'de', other: 1 } })).toEqual({ [column]: 'de', attributes: { other: 1 } });
    expect(checked({ attributes: { [name]: null } })).toEqual({ [column]: null, attributes: {} });
  });

  it('may be lists of one text; an empty list clears', () => {
    expect(checked({ attributes: { phoneNumber: ['+49 30 1'] } })).toEqual({ phone: '+49 30 1', attributes: {} });
    expect(checked({ attributes: { phone_number: [] } })).toEqual({ phone: null, attributes: {} });
    expect(checked({ attributes: { phone_number: [null] } })).toEqual({ phone: null, attributes: {} });
  });

  it.each([7, true, {}, ['a', 'b'], [['a']], [7]])('are no %j', async (value) => {
    expect(await faults({ attributes: { firstName: value } })).toEqual([
      'USER_ATTRIBUTE_INVALID',
      'input.attributes.firstName USER_ATTRIBUTE_INVALID',
    ]);
  });

  it('say the same as the column and as each other', async () => {
    expect(checked({ givenName: 'A', attributes: { firstName: 'A', given_name: ['A'] } })).toEqual({
      givenName: 'A',
      attributes: {},
    });
    const fault = ['USER_ATTRIBUTE_INVALID', 'input.attributes.given_name USER_ATTRIBUTE_INVALID'];
    expect(await faults({ attributes: { firstName: 'A', given_name: 'B' } })).toEqual(fault);
    expect(await faults({ attributes: { firstName: null, given_name: 'B' } })).toEqual(fault);
    expect(await faults({ givenName: null, attributes: { given_name: 'B' } })).toEqual(fault);
  });

  it('are checked as the column is', async () => {
    expect(await faults({ attributes: { email: 'no address' } })).toEqual([
      'USER_EMAIL_INVALID',
      'input.email USER_EMAIL_INVALID',
    ]);
    expect(await faults({ attributes: { username: 'a/b' } })).toEqual([
      'USER_USERNAME_INVALID',
      'input.username USER_USERNAME_INVALID',
    ]);
  });

  it('are only names of this list, not of members that every object has', () => {
    const attributes = { constructor: 'x', toString: 'y', last_name: 'z', FirstName: 'w' };
    expect(checked({ attributes })).toEqual({ attributes });
  });
});

describe('the faults of an input', () => {
  it('are thrown as the error of their kind when all are of one kind', async () => {
    expect(await faults({ phone: 'x', attributes: { ' a': 1 } })).toEqual([
      'INVALID_INPUT',
      'input.phone USER_PHONE_INVALID',
      'input.attributes USER_ATTRIBUTE_INVALID',
    ]);
    expect(await faults({ attributes: { ' a': 1, b: '\0' } })).toEqual([
      'USER_ATTRIBUTE_INVALID',
      'input.attributes USER_ATTRIBUTE_INVALID',
      'input.attributes.b USER_ATTRIBUTE_INVALID',
    ]);
  });

  it('are INVALID_INPUT when their kind has no error, also when it is named like a member of every object', async () => {
    for (const code of ['LOCALE_INVALID', 'constructor', 'toString', '__proto__']) {
      const fields = [{ path: 'input.a', code, message: 'No.' }];
      expect(await faultsOf(() => throwFaults(fields))).toEqual(['INVALID_INPUT', `input.a ${code}`]);
    }
  });

  it('are none when there are none', async () => expect(await faultsOf(() => throwFaults([]))).toBeNull());

  it('say the first one in the message', () => {
    expect(() => checked({ phone: 'x', locale: 'x' })).toThrow('This is not a phone number.');
  });
});
