import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];
const BAD_REQUEST = [400, { error: 'HTTP 400 Bad Request' }];

describe('lists of users', () => {
  const realm = kobilOfSuite();
  let reader: string;
  let role: string;
  beforeAll(async () => {
    const { world, acme } = realm;
    reader = realm.token(acme, 'user:read', 'credential:read', 'role-grant:read', 'federation-link:read');
    await world.newUser(acme, {
      id: 'aud-1',
      username: 'audrey',
      email: 'audrey@mill.example',
      emailVerified: true,
      givenName: 'Audrey Jo',
      familyName: 'Fenwick',
      attributes: { badge: ['4711', 'red'], 'eye color': 'Green' },
      requiredActions: ['UPDATE_PASSWORD'],
    });
    world.clock.advance(60);
    const bo = await world.newUser(acme, {
      id: 'bo-1',
      username: 'bo_100',
      email: 'Bo@mill.example',
      givenName: 'Bo',
      familyName: 'Fenn',
      enabled: false,
      attributes: { badge: '4712' },
    });
    world.clock.advance(60);
    await world.newUser(acme, { id: 'cy-1', username: 'cyril', familyName: 'Ash*fen' });
    const granted = await world.newRole(acme, { name: 'miller' });
    role = granted.id;
    await world.grantRole(acme, { roleId: role, holderKind: 'user', holderId: bo.id });
    await world.newUser(await world.tenant(), { username: 'audrey-of-another' });
  });
  const get = (path: string, token = reader) => realm.ask('GET', `/admin/realms/acme/${path}`, { token });
  const namesIn = async (query: string) => {
    const [status, body] = await get(`users?${query}`);
    expect([query, status]).toEqual([query, 200]);
    const found = body.map(({ username }: { username: string }) => username);
    const [, count] = await get(`users/count?${query}`);
    if (!/\b(first|max)=/.test(query)) expect([query, count]).toEqual([query, found.length]);
    return found;
  };
  const ALL = ['audrey', 'bo_100', 'cyril'];

  it.each([
    ['', ALL],
    ['search=', ALL],
    ['search=%20*%20', ALL],
    ['search=FEN', ['audrey', 'bo_100']],
    ['search=fen*', ['audrey', 'bo_100']],
    ['search=%22fen%22', []],
    ['search=%22fenn%22', ['bo_100']],
    ['search=*fen*', ALL],
    ['search=*ENW*', ['audrey']],
    ['search=a*y', ['audrey']],
    ['search=a*ill*', ['audrey']],
    ['search=bo_1', ['bo_100']],
    ['search=bo%25', []],
    ['search=audrey%20fen', ['audrey']],
    ['search=a%20f%20*mill*', ['audrey']],
    ['search=audrey%20fenn', []],
    ['search=cy-1', ['cyril']],
    ['search=id:cy-1', ['cyril']],
    ['search=id:cy-1%20bo-1%20none', ['bo_100', 'cyril']],
    ['search=id:', []],
    ['search=fen&enabled=false', ['bo_100']],
    ['search=fen&emailVerified=true', ['audrey']],
    ['search=fen&username=cyril&q=badge:4711&exact=true', ['audrey', 'bo_100']],
    ['username=UDRE', ['audrey']],
    ['username=UDRE&exact=true', []],
    ['username=AUDREY&exact=true', ['audrey']],
    ['email=@mill&lastName=nwick', ['audrey']],
    ['firstName=audrey%20jo&lastName=FENWICK&exact=true', ['audrey']],
    ['firstName=audrey&exact=true', []],
    ['email=bo@mill.example&exact=true', ['bo_100']],
    ['q=badge:4711', ['audrey']],
    ['q=badge:RED%20badge:4711', ['audrey']],
    ['q=badge:4711%20badge:4712', []],
    ['q=Badge:4711', []],
    ['q=%22eye%20color%22:%22green%22', ['audrey']],
    ['q=lastName:fenn', ['bo_100']],
    ['q=nothing', ALL],
    ['q=badge:4712&username=bo', ['bo_100']],
    ['enabled=true', ['audrey', 'cyril']],
    ['emailVerified=false', ['bo_100', 'cyril']],
    ['createdTimeStart=0&createdTimeEnd=1', []],
    ['sort=username:desc', ['cyril', 'bo_100', 'audrey']],
    ['sort=createdTimestamp:DESC', ['cyril', 'bo_100', 'audrey']],
    ['sort=enabled', ['bo_100', 'audrey', 'cyril']],
    ['sort=unheardOf:desc', ALL],
    ['first=1&max=1', ['bo_100']],
    ['first=-4&max=2', ['audrey', 'bo_100']],
    ['first=2&max=-1', ['cyril']],
    ['first=9', []],
    ['max=0', []],
    ['max=10000', ALL],
    ['unheardOf=true', ALL],
  ])('"%s" finds %j', async (query, expected) => {
    expect(await namesIn(query)).toEqual(expected);
  });

  it('find the users to whom a role is granted, and those made in a time', async () => {
    expect(await namesIn(`filterForRole=${role}`)).toEqual(['bo_100']);
    const [, [bo]] = await get('users?username=bo_100');
    const at = bo.createdTimestamp;
    expect(await namesIn(`createdTimeStart=${at}&createdTimeEnd=${at + 1}`)).toEqual(['bo_100']);
    expect(await namesIn(`createdTimeStart=${at + 1}`)).toEqual(['cyril']);
  });

  it('find the users with an account at an identity provider', async () => {
    const { world, acme } = realm;
    const [harbour, dock] = await Promise.all(['harbour', 'dock'].map((name) => world.newProvider(acme, { name })));
    const link = async (userId: string, providerId: string, externalId: string) => {
      await sql`insert into federation_links (tenant_id, provider_id, external_id, user_id, created_at, updated_at)
        values (${acme.id}::uuid, ${providerId}::uuid, ${externalId}, ${userId}, now(), now())`.execute(
        world.db.read(),
      );
    };
    await link('bo-1', harbour!.id, 'X7');
    await link('cy-1', harbour!.id, 'x8');
    await link('cy-1', dock!.id, 'X7');
    expect(await namesIn('idpAlias=harbour')).toEqual(['bo_100', 'cyril']);
    expect(await namesIn('idpAlias=Harbour')).toEqual([]);
    expect(await namesIn('idpUserId=X7')).toEqual(['bo_100', 'cyril']);
    expect(await namesIn('idpUserId=x7')).toEqual([]);
    expect(await namesIn('idpAlias=dock&idpUserId=X7')).toEqual(['cyril']);
    expect(await namesIn('idpAlias=dock&idpUserId=x8')).toEqual([]);
    expect(await namesIn('idpAlias=&idpUserId=')).toEqual(ALL);
    expect(await namesIn('idpAlias=harbour&search=fen&enabled=false')).toEqual(['bo_100']);
  });

  it('need the permission to read roles and accounts elsewhere where they are asked about', async () => {
    const poor = realm.token(realm.acme, 'user:read', 'credential:read');
    for (const query of [`filterForRole=${role}`, 'idpAlias=harbour', 'idpUserId=X7'])
      expect([query, ...(await get(`users?${query}`, poor))]).toEqual([query, 403, { error: 'HTTP 403 Forbidden' }]);
  });

  it('show users whole, or without attributes and actions', async () => {
    const [, [whole]] = await get('users?username=audrey');
    const [, [brief]] = await get('users?username=audrey&briefRepresentation=true');
    const access = { manageGroupMembership: false, view: true, mapRoles: false, impersonate: false, manage: false };
    const shown = {
      id: 'aud-1',
      username: 'audrey',
      firstName: 'Audrey Jo',
      lastName: 'Fenwick',
      email: 'audrey@mill.example',
      emailVerified: true,
      enabled: true,
      createdTimestamp: expect.any(Number),
      access,
    };
    expect(brief).toEqual(shown);
    expect(whole).toEqual({
      ...shown,
      attributes: { badge: ['4711', 'red'], 'eye color': ['Green'] },
      requiredActions: ['UPDATE_PASSWORD'],
      totp: false,
      disableableCredentialTypes: [],
      notBefore: 0,
    });
  });

  it('show whether a user has an app for codes, and what the caller may do by reach', async () => {
    const { world, acme, master } = realm;
    const user = await world.newUser(acme, { username: 'zed', attributes: { nothing: [null], plan: { hours: 8 } } });
    await world.giveTotp(acme, user.id);
    const everywhere = realm.token(
      master,
      'user:read:all',
      'credential:read:all',
      'user:write',
      'role-grant:write:all',
    );
    const [, shown] = await get(`users/${user.id}`, everywhere);
    expect(shown).toMatchObject({
      totp: true,
      attributes: { nothing: [], plan: ['{"hours":8}'] },
      access: { manageGroupMembership: false, view: true, mapRoles: true, impersonate: false, manage: false },
    });
    await world.services.users.delete(world.system(acme), user.id);
  });

  it.each([
    'first=x',
    'max=1.5',
    `q=${'a'.repeat(1001)}`,
    'max=',
    'max=1&max=2',
    'enabled=maybe',
    'emailVerified=1',
    'exact=yes',
    'exact=false&q=badge:47',
    'createdTimeStart=yesterday',
    'createdTimeEnd=-1',
    'filterForRole=no-uuid',
    'idpAlias=a%00',
    'idpUserId=a%00',
    'groups=deck',
    'username=a%00',
    'search=a%00b',
    `search=${'x%20'.repeat(21)}`,
    `search=id:${'x%20'.repeat(21)}`,
    `q=${'a:b%20'.repeat(101)}`,
  ])('"%s" cannot be used', async (query) => {
    expect(await get(`users?${query}`)).toEqual(BAD_REQUEST);
    if (!/^(first|max)/.test(query)) expect(await get(`users/count?${query}`)).toEqual(BAD_REQUEST);
  });

  it('have at most 10,000 rows', async () => {
    expect(await get('users?max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
    expect(await get('users?includeRolesForClient=x')).toEqual(BAD_REQUEST);
  });

  it('are refused to callers who may not read credentials, unless they are brief', async () => {
    const token = realm.token(realm.acme, 'user:read');
    expect(await get('users', token)).toEqual(FORBIDDEN);
    expect((await get('users?briefRepresentation=true', token))[0]).toBe(200);
  });
});
