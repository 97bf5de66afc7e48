import { beforeAll, describe, expect, it } from 'vitest';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { PATCH_SCHEMA } from '../../../../rest-compat/secrets-vault/scim/patch.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import type { Ask } from '../../../support/rest.ts';
import { vaultOfSuite } from '../../../support/vault.ts';

const SCOPES = ['read', 'create', 'write', 'delete'].flatMap((verb) => [`user:${verb}`, `group:${verb}`]);

describe('the sequences of requests that providers publish', () => {
  const vault = vaultOfSuite();
  let token: string;
  beforeAll(async () => {
    const { id } = await vault.world.newUser(vault.acme);
    const permissions = [...SCOPES, 'group-member:read', 'group-member:write'];
    const { id: roleId } = await vault.world.newRole(vault.acme, { permissions });
    await vault.world.grantRole(vault.acme, { roleId, holderKind: 'user', holderId: id });
    token = (await vault.world.newApiKey(vault.acme, id, 'SCIM2')).secret;
  });

  const ask = async (method: string, path: string, request: Ask = {}) => {
    const headers = { 'content-type': 'application/scim+json', accept: 'application/scim+json' };
    const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
    const { status, json } = await vault.rest.ask(method, `/scim/v2/acme${path}`, { token, headers, ...body });
    return [status, json];
  };
  const patch = (path: string, ...Operations: object[]) =>
    ask('PATCH', path, { body: { schemas: [PATCH_SCHEMA], Operations } });
  const filtered = (filter: string) => `filter=${encodeURIComponent(filter)}`;

  it('Entra: a user is looked for, made, changed, disabled and deleted', async () => {
    const userName = 'Test_User_ab6490ee-1e48-479e-a20b-2d77186b5dd1';
    const byName = `/Users?${filtered(`userName eq "${userName}"`)}`;
    const nobody = `/Users?${filtered('userName eq "non-existent user"')}`;
    for (const path of [byName, nobody])
      expect(await ask('GET', path)).toEqual([200, expect.objectContaining({ totalResults: 0, Resources: [] })]);
    const body = {
      schemas: [USER_KIND.schema, ENTERPRISE_SCHEMA],
      externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
      userName,
      active: true,
      emails: [{ primary: true, type: 'work', value: 'Test_User_fd0ea19b@testuser.com' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
      roles: [],
    };
    const [created, user] = await ask('POST', '/Users', { body });
    const { meta: _meta, roles: _roles, schemas: _schemas, ...kept } = body;
    expect([created, user]).toEqual([201, expect.objectContaining({ ...kept, schemas: [USER_KIND.schema] })]);
    expect(await ask('POST', '/Users', { body })).toEqual([409, expect.objectContaining({ scimType: 'uniqueness' })]);
    expect(await ask('GET', byName)).toEqual([200, expect.objectContaining({ totalResults: 1, Resources: [user] })]);
    const path = `/Users/${user.id}`;
    expect(await ask('GET', path)).toEqual([200, user]);
    const changed = await patch(
      path,
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updatedEmail@microsoft.com' },
      { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
      { op: 'Add', path: `${ENTERPRISE_SCHEMA}:employeeNumber`, value: 'Aklq' },
    );
    expect(changed).toMatchObject([
      200,
      {
        emails: [{ primary: true, type: 'work', value: 'updatedEmail@microsoft.com' }],
        name: { familyName: 'updatedFamilyName', givenName: 'givenName' },
        [ENTERPRISE_SCHEMA]: { employeeNumber: 'Aklq' },
      },
    ]);
    const renamed = '5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com';
    expect(await patch(path, { op: 'Replace', path: 'userName', value: renamed })).toMatchObject([
      200,
      { userName: renamed },
    ]);
    expect(await patch(path, { op: 'Replace', path: 'active', value: 'False' })).toMatchObject([
      200,
      { active: false },
    ]);
    expect(await ask('DELETE', path)).toEqual([204, undefined]);
    expect((await ask('GET', path))[0]).toBe(404);
  });

  it('Entra: a group is made, found, renamed, filled, emptied and deleted', async () => {
    const [, user] = await ask('POST', '/Users', {
      body: { schemas: [USER_KIND.schema], userName: 'member@testuser.com' },
    });
    const schemas = [GROUP_KIND.schema, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'];
    const body = {
      schemas,
      externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
      displayName: 'displayName',
      meta: { resourceType: 'Group' },
    };
    const [created, group] = await ask('POST', '/Groups', { body });
    expect([created, group]).toMatchObject([201, { displayName: 'displayName', externalId: body.externalId }]);
    const path = `/Groups/${group.id}`;
    expect(await ask('GET', `${path}?excludedAttributes=members`)).toEqual([200, group]);
    const byName = `/Groups?excludedAttributes=members&${filtered('displayName eq "displayName"')}`;
    expect(await ask('GET', byName)).toMatchObject([200, { totalResults: 1, Resources: [group] }]);
    const rename = {
      op: 'Replace',
      path: 'displayName',
      value: '1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName',
    };
    expect(await patch(path, rename)).toMatchObject([200, { displayName: rename.value }]);
    const members = { path: 'members', value: [{ $ref: null, value: user.id }] };
    expect(await patch(path, { op: 'Add', ...members })).toMatchObject([200, { members: [{ value: user.id }] }]);
    const isMember = `/Groups?${filtered(`id eq "${group.id}" and members eq "${user.id}"`)}`;
    expect(await ask('GET', isMember)).toMatchObject([200, { totalResults: 1 }]);
    const [removed, emptied] = await patch(path, { op: 'Remove', ...members });
    expect([removed, 'members' in emptied]).toEqual([200, false]);
    expect(await ask('GET', isMember)).toMatchObject([200, { totalResults: 0 }]);
    expect(await ask('DELETE', path)).toEqual([204, undefined]);
  });

  it('Okta: a user is looked for, made, read, replaced and deactivated', async () => {
    expect((await ask('GET', '/Users?startIndex=1&count=2'))[0]).toBe(200);
    const byName = `/Users?${filtered('userName eq "test.user@okta.local"')}&startIndex=1&count=100`;
    expect(await ask('GET', byName)).toMatchObject([200, { totalResults: 0, startIndex: 1, itemsPerPage: 0 }]);
    const body = {
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
    };
    const [created, user] = await ask('POST', '/Users', { body });
    const { groups: _groups, password: _password, ...kept } = body;
    expect([created, user]).toEqual([201, { ...kept, id: user.id, meta: user.meta }]);
    const path = `/Users/${user.id}`;
    expect(await ask('GET', path)).toEqual([200, user]);
    const another = { ...user, name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' } };
    expect(await ask('PUT', path, { body: another })).toMatchObject([200, { name: another.name, active: true }]);
    expect(await ask('PUT', path, { body: { ...another, active: false } })).toMatchObject([200, { active: false }]);
    expect(await patch(path, { op: 'replace', value: { active: true } })).toMatchObject([200, { active: true }]);
    expect(await patch(path, { op: 'replace', value: { active: false } })).toMatchObject([200, { active: false }]);
  });

  it('Okta: a group is listed, made, read, renamed, filled, emptied and deleted', async () => {
    expect((await ask('GET', '/Groups?startIndex=1&count=100'))[0]).toBe(200);
    const [, user] = await ask('POST', '/Users', {
      body: { schemas: [USER_KIND.schema], userName: 'group.member@okta.local' },
    });
    const [created, group] = await ask('POST', '/Groups', {
      body: { schemas: [GROUP_KIND.schema], displayName: 'Test SCIMv2', members: [] },
    });
    expect([created, group]).toMatchObject([201, { displayName: 'Test SCIMv2' }]);
    const path = `/Groups/${group.id}`;
    expect(await ask('GET', path)).toEqual([200, group]);
    const renamed = { op: 'replace', value: { id: group.id, displayName: 'Test SCIMv2 renamed' } };
    expect(await patch(path, renamed)).toMatchObject([200, { displayName: 'Test SCIMv2 renamed' }]);
    const member = { value: user.id, display: 'group.member@okta.local' };
    const filled = await patch(
      path,
      { op: 'remove', path: 'members[value eq "89bb1940-b905-4575-9e7f-6f887cfb368e"]' },
      { op: 'add', path: 'members', value: [member] },
    );
    expect(filled).toMatchObject([200, { members: [{ value: user.id }] }]);
    const replaced = { schemas: [GROUP_KIND.schema], id: group.id, displayName: 'Test SCIMv2', members: [member] };
    expect(await ask('PUT', path, { body: replaced })).toMatchObject([200, { members: [{ value: user.id }] }]);
    const emptied = await patch(path, { op: 'replace', path: 'members', value: [] });
    expect([emptied[0], 'members' in emptied[1]]).toEqual([200, false]);
    expect(await ask('DELETE', path)).toEqual([204, undefined]);
    expect((await ask('GET', path))[0]).toBe(404);
  });
});
