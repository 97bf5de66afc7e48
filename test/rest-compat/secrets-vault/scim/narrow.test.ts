import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../../rest-compat/secrets-vault/scim/filter.ts';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { narrowGroups } from '../../../../rest-compat/secrets-vault/scim/narrow-groups.ts';
import { narrowUsers } from '../../../../rest-compat/secrets-vault/scim/narrow-users.ts';
import { resolveFilter } from '../../../../rest-compat/secrets-vault/scim/resolved-filter.ts';
import { USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';

const UUID = '01a22101-6fa3-704c-8ef3-ea6c03c14828';
const users = (filter: string) => narrowUsers(resolveFilter(USER_KIND, parseFilter(filter)));
const groups = (filter: string) => narrowGroups(resolveFilter(GROUP_KIND, parseFilter(filter)));
const NOBODY = { userIds: [] };
const EMAIL = { or: [{ email: 'a' }, { profile: { name: 'emails', value: 'a' } }] };

describe('what the graph is asked for a filter of users', () => {
  it.each<[string, unknown]>([
    ['userName eq "a"', { username: 'a' }],
    ['userName sw "a"', { search: 'a' }],
    ['userName co "a"', { contains: { username: 'a' } }],
    ['userName ew "a"', { contains: { username: 'a' } }],
    ['userName sw ""', null],
    ['userName gt "a"', null],
    ['id eq "a"', { anyOf: [{ allOf: [{ field: 'SUBJECT', value: 'a' }] }] }],
    [`id eq "${'a'.repeat(129)}"`, NOBODY],
    ['externalId eq "a"', { externalId: 'a' }],
    ['externalId ne "a"', null],
    ['externalId eq null', null],
    ['externalId pr', null],
    ['emails eq "a"', EMAIL],
    ['emails[type eq "work" and value eq "a"]', EMAIL],
    ['emails[type eq "work"].value eq "a"', EMAIL],
    ['emails[not (value eq "a")]', null],
    [
      'phoneNumbers eq "1"',
      { or: [{ attribute: { name: 'phone_number', value: '1' } }, { profile: { name: 'phoneNumbers', value: '1' } }] },
    ],
    ['displayName eq "a"', { search: 'a' }],
    ['displayName co "a"', null],
    ['name.givenName eq "a"', { attribute: { name: 'given_name', value: 'a' } }],
    ['name.givenName co "a"', { contains: { givenName: 'a' } }],
    ['name.familyName sw "a"', { search: 'a' }],
    ['title eq "a"', { profile: { name: 'title', value: 'a' } }],
    ['active eq true', { isEnabled: true }],
    ['active ne true', { isEnabled: false }],
    ['active pr', null],
    [`groups.value eq "${UUID}"`, { groupId: UUID }],
    ['groups.value eq "a"', NOBODY],
    ['nothing eq "a"', NOBODY],
    ['nothing eq null', null],
    ['userName eq "\\u0000"', NOBODY],
    ['userName ne "\\u0000"', null],
    [
      'id eq "a" and userName eq "b"',
      { and: [{ anyOf: [{ allOf: [{ field: 'SUBJECT', value: 'a' }] }] }, { username: 'b' }] },
    ],
    ['externalId eq "a" and title pr', { externalId: 'a' }],
    ['externalId eq "a" or userName eq "b"', { or: [{ externalId: 'a' }, { username: 'b' }] }],
    ['externalId eq "a" or title pr', null],
    ['not (externalId eq "a")', null],
  ])('%s', (filter, expected) => {
    expect(users(filter)).toEqual(expected);
  });

  it('bounds the time of creation a little wider', () => {
    const moment = '2030-01-01T00:00:00.000Z';
    const from = { createdFrom: '2029-12-31T23:59:59.999Z' };
    const before = { createdBefore: '2030-01-01T00:00:00.001Z' };
    for (const [operator, expected] of [
      ['eq', { ...from, ...before }],
      ['gt', from],
      ['ge', from],
      ['lt', before],
      ['le', before],
      ['ne', null],
    ] as const)
      expect(users(`meta.created ${operator} "${moment}"`)).toEqual(expected);
  });

  it('is a part of a filter that is too large for the graph, or nothing', () => {
    const many = Array.from({ length: 11 }, (_, at) => `externalId eq "${at}"`).join(' or ');
    expect(users(many)).toBeNull();
    expect(users(`(${many}) and userName eq "a"`)).toEqual({ username: 'a' });
    const deep =
      'externalId eq "1" and (externalId eq "2" or (externalId eq "3" and (externalId eq "4" or userName eq "b")))';
    expect(users(`${deep} or userName eq "c"`)).toBeNull();
    expect(users(deep)).not.toBeNull();
  });
});

describe('what the graph is asked for a filter of groups', () => {
  it.each<[string, object]>([
    [`id eq "${UUID}"`, { groupIds: [UUID] }],
    ['id eq "a"', { groupIds: [] }],
    ['displayName eq "a/b"', { path: 'a/b' }],
    [`displayName eq "${'a'.repeat(1025)}"`, { groupIds: [] }],
    ['externalId eq "a"', { externalId: 'a' }],
    ['members eq "a"', { memberId: 'a' }],
    ['members[value eq "a"]', { memberId: 'a' }],
    ['externalId eq "a" and members eq "b" and externalId eq "c"', { externalId: 'a', memberId: 'b' }],
    ['externalId eq "a" or externalId eq "b"', {}],
    ['not (externalId eq "a")', {}],
    ['displayName co "a"', {}],
    ['nothing pr', { groupIds: [] }],
    ['nothing eq null', {}],
  ])('%s', (filter, expected) => {
    expect(groups(filter)).toEqual({ profile: 'groups', ...expected });
  });
});
