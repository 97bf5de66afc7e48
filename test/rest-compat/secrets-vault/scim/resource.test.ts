import { describe, expect, it } from 'vitest';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { readResource } from '../../../../rest-compat/secrets-vault/scim/resource.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { refused } from './refused.ts';

const SCHEMAS = [USER_KIND.schema, ENTERPRISE_SCHEMA];

describe('a resource that a client sends', () => {
  it('keeps what clients write, under the names of the schema', () => {
    expect(
      readResource(USER_KIND, {
        SCHEMAS: [USER_KIND.schema.toUpperCase(), 'urn:unknown'],
        USERNAME: 'anna',
        id: 'chosen',
        meta: { resourceType: 'User' },
        groups: [],
        roles: [],
        addresses: null,
        password: '1mz050nq',
        unknown: 1,
        'not a path': 1,
        nickName: '',
        name: { GivenName: 'Anna', unknown: 1, middleName: '' },
        emails: [{ Value: 'a@b.example', primary: 'True', $ref: null }, {}],
        'urn:ietf:params:scim:schemas:core:2.0:User:title': 'Boss',
        [USER_KIND.schema]: { userType: 'Employee' },
        [ENTERPRISE_SCHEMA.toLowerCase()]: { Department: 'Sales', manager: { value: 'M1', displayName: 'M' } },
      }),
    ).toEqual({
      userName: 'anna',
      title: 'Boss',
      userType: 'Employee',
      name: { givenName: 'Anna' },
      emails: [{ value: 'a@b.example', primary: true }],
      [ENTERPRISE_SCHEMA]: { department: 'Sales', manager: { value: 'M1' } },
    });
    const bare = { schemas: SCHEMAS, userName: 'anna', [ENTERPRISE_SCHEMA]: null };
    expect(readResource(USER_KIND, bare)).toEqual({ userName: 'anna' });
  });

  it.each([
    null,
    'text',
    [],
    {},
    { schemas: [] },
    { schemas: 'x' },
    { schemas: [1, GROUP_KIND.schema], userName: 'a' },
  ])('is an object with the URN of its schema (%#)', (body) => {
    expect(refused(() => readResource(USER_KIND, body))).toBe('invalidSyntax');
  });

  it.each([
    {},
    { userName: null },
    { userName: '' },
    { userName: 1 },
    { userName: 'a', active: 2 },
    { userName: 'a', name: 'x' },
    {
      userName: 'a',
      emails: [
        { primary: true, value: 'a' },
        { primary: true, value: 'b' },
      ],
    },
    { userName: 'a', [ENTERPRISE_SCHEMA]: 'x' },
  ])('is refused for a value (%#)', (members) => {
    expect(refused(() => readResource(USER_KIND, { schemas: SCHEMAS, ...members }))).toBe('invalidValue');
  });
});
