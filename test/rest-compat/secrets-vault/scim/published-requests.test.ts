import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../rest-compat/secrets-vault/scim/filter.ts';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { applyPatch, PATCH_SCHEMA, readPatch } from '../../../../rest-compat/secrets-vault/scim/patch.ts';
import { meetsFilter, resolveFilter } from '../../../../rest-compat/secrets-vault/scim/resolved-filter.ts';
import { readResource } from '../../../../rest-compat/secrets-vault/scim/resource.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';

const patch = (...operations: object[]) => readPatch({ schemas: [PATCH_SCHEMA], Operations: operations });

describe('requests that Microsoft publishes for Entra (Develop a SCIM endpoint)', () => {
  const created = readResource(USER_KIND, {
    schemas: [USER_KIND.schema, ENTERPRISE_SCHEMA],
    externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
    userName: 'Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1',
    active: true,
    emails: [{ primary: true, type: 'work', value: 'Test_User_fd0ea19b@testuser.com' }],
    meta: { resourceType: 'User' },
    name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
    roles: [],
  });

  it('make a user, who is found by the name', () => {
    expect(Object.keys(created).sort()).toEqual(['active', 'emails', 'externalId', 'name', 'userName']);
    const filter = parseFilter('userName eq "Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1"');
    expect(meetsFilter(resolveFilter(USER_KIND, filter), created)).toBe(true);
  });

  it('change several attributes, with and without the flag for SCIM compliance', () => {
    const path = 'emails[type eq "work"].value';
    const number = `${ENTERPRISE_SCHEMA}:employeeNumber`;
    const without = patch(
      { op: 'Replace', path: 'displayName', value: 'Bjfe' },
      { op: 'Replace', path, value: 'updatedEmail@microsoft.com' },
      { op: 'Replace', path: 'name.familyName', value: 'Unua' },
      { op: 'Add', path: 'nickName', value: 'Babs' },
      { op: 'Replace', path: number, value: 'Aklq' },
      { op: 'Replace', path: 'active', value: 'False' },
    );
    const value = { displayName: 'Bjfe', 'name.familyName': 'Unua', [number]: 'Aklq', active: false };
    const compliant = patch(
      { op: 'replace', path, value: 'updatedEmail@microsoft.com' },
      { op: 'add', path: 'nickName', value: 'Babs' },
      { op: 'replace', value },
    );
    const expected = {
      ...created,
      displayName: 'Bjfe',
      nickName: 'Babs',
      active: false,
      name: { formatted: 'givenName familyName', familyName: 'Unua', givenName: 'givenName' },
      emails: [{ primary: true, type: 'work', value: 'updatedEmail@microsoft.com' }],
      [ENTERPRISE_SCHEMA]: { employeeNumber: 'Aklq' },
    };
    for (const operations of [without, compliant]) expect(applyPatch(USER_KIND, created, operations)).toEqual(expected);
  });

  it('add members to a group and remove them, in both forms', () => {
    const schemas = [GROUP_KIND.schema, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'];
    const group = readResource(GROUP_KIND, { schemas, displayName: 'displayName', meta: { resourceType: 'Group' } });
    const value = [{ $ref: null, value: 'f648f8d5ea4e4cd38e9c' }];
    const full = applyPatch(GROUP_KIND, group, patch({ op: 'Add', path: 'members', value }));
    expect(full.members).toEqual([{ value: 'f648f8d5ea4e4cd38e9c' }]);
    const removals = [
      { op: 'Remove', path: 'members', value },
      { op: 'remove', path: 'members[value eq "f648f8d5ea4e4cd38e9c"]' },
    ];
    for (const removal of removals) expect(applyPatch(GROUP_KIND, full, patch(removal))).toEqual(group);
  });
});

describe('requests that Okta publishes (SCIM 2.0 protocol)', () => {
  it('make a user and deactivate the user', () => {
    const user = readResource(USER_KIND, {
      schemas: [USER_KIND.schema],
      userName: 'test.user@okta.local',
      name: { givenName: 'Test', familyName: 'User' },
      emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
      displayName: 'Test User',
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    });
    expect(user).not.toHaveProperty('password');
    expect(user).not.toHaveProperty('groups');
    const filter = resolveFilter(USER_KIND, parseFilter('userName eq "test.user@okta.local"'));
    expect(meetsFilter(filter, user)).toBe(true);
    expect(applyPatch(USER_KIND, user, patch({ op: 'replace', value: { active: false } })).active).toBe(false);
  });
});
