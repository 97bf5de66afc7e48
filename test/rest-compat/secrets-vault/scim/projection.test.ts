import { describe, expect, it } from 'vitest';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { isShown, projectResource, readProjection } from '../../../../rest-compat/secrets-vault/scim/projection.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { refused } from './refused.ts';

const USER = {
  schemas: [USER_KIND.schema],
  id: 'U1',
  userName: 'anna',
  name: { givenName: 'Anna', familyName: 'Berg' },
  emails: [{ value: 'a@b.example', type: 'work' }],
  [ENTERPRISE_SCHEMA]: { department: 'Sales', division: 'D' },
};
const only = (attributes: string) => projectResource(USER, readProjection(USER_KIND, attributes, null));
const without = (excluded: string) => projectResource(USER, readProjection(USER_KIND, null, excluded));
const ALWAYS = { schemas: USER.schemas, id: 'U1' };

describe('attributes and excludedAttributes (RFC 7644 section 3.9)', () => {
  it('show all attributes by default, and none but the constant ones for unknown names', () => {
    expect(projectResource(USER, readProjection(USER_KIND, null, null))).toEqual(USER);
    expect(projectResource(USER, readProjection(USER_KIND, '', ''))).toEqual(USER);
    expect(only('unknown, ,a b')).toEqual(ALWAYS);
    expect(projectResource({ userName: 'x' }, readProjection(USER_KIND, 'title', null))).toEqual({});
  });

  it('show the attributes that are named, by names, paths and URNs in any case', () => {
    expect(only('USERNAME, name.givenname,urn:ietf:params:scim:schemas:core:2.0:User:emails.value')).toEqual({
      ...ALWAYS,
      userName: 'anna',
      name: { givenName: 'Anna' },
      emails: [{ value: 'a@b.example' }],
    });
    expect(only('name,name.givenName').name).toEqual(USER.name);
    expect(only(`${ENTERPRISE_SCHEMA}:department`)).toEqual({
      ...ALWAYS,
      [ENTERPRISE_SCHEMA]: { department: 'Sales' },
    });
    expect(only(ENTERPRISE_SCHEMA)).toEqual({ ...ALWAYS, [ENTERPRISE_SCHEMA]: USER[ENTERPRISE_SCHEMA] });
    expect(only('userName.x')).toEqual(ALWAYS);
  });

  it('leave out what is named, but never the constant ones', () => {
    expect(without(`id,schemas,emails.type,name,${ENTERPRISE_SCHEMA}:division,title`)).toEqual({
      ...ALWAYS,
      userName: 'anna',
      emails: [{ value: 'a@b.example' }],
      [ENTERPRISE_SCHEMA]: { department: 'Sales' },
    });
  });

  it('are not given together', () => {
    expect(refused(() => readProjection(USER_KIND, 'title', 'name'))).toBe('invalidValue');
    expect(refused(() => readProjection(USER_KIND, 'x,'.repeat(1025), null))).toBe('invalidValue');
  });

  it('say whether members of a group are read at all', () => {
    const shows = (attributes: string | null, excluded: string | null) =>
      isShown(readProjection(GROUP_KIND, attributes, excluded), 'members');
    expect(shows(null, null)).toBe(true);
    expect(shows(null, 'members')).toBe(false);
    expect(shows(null, 'members.display')).toBe(true);
    expect(shows('members.value', null)).toBe(true);
    expect(shows('displayName', null)).toBe(false);
  });
});
