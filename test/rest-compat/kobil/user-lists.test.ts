import { beforeAll, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 5 });
const NO_USER = [404, answer('User does not exist', 'USER_NOT_FOUND')];
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') }];

describe('KOBIL: users that are found', () => {
  const kobil = kobilOfSuite();
  let token: string;
  const scopes = ['user:read', 'role-grant:read', 'block:read'];
  beforeAll(() => {
    token = kobil.token(kobil.acme, ...scopes, 'group:read', 'group-member:read');
  });
  const ask = (path: string, as = token) => kobil.ask('GET', `/auth/realms/acme/${path}`, { token: as });

  describe('9', () => {
    const infoOf = async (name: string) => {
      const [status, body] = await ask(`v3_user/${name}`);
      expect(status).toBe(200);
      return body.data;
    };

    it('shows a user whole, named by its username in any case or by its id', async () => {
      const user = await kobil.world.newUser(kobil.acme, {
        username: 'Bell.Ringer',
        email: 'Bell@tower.example',
        emailVerified: true,
        givenName: 'Bell',
        familyName: 'Ringer',
        requiredActions: ['UPDATE_PASSWORD'],
        attributes: { bells: [3, '7th'], keys: 'all of them', night: true, plan: { hours: 8 } },
      });
      const shown = {
        ...answer('User info fetched successfully'),
        data: {
          id: user.id,
          username: 'Bell.Ringer',
          createdTimestamp: user.createdAt.getTime(),
          email: 'Bell@tower.example',
          firstName: 'Bell',
          lastName: 'Ringer',
          emailVerified: true,
          enabled: true,
          attributes: {
            bells: ['3', '7th'],
            keys: ['all of them'],
            night: ['true'],
            plan: ['{"hours":8}'],
            username: ['Bell.Ringer'],
            email: ['Bell@tower.example'],
            firstName: ['Bell'],
            lastName: ['Ringer'],
          },
          requiredActions: ['UPDATE_PASSWORD'],
          admin: false,
        },
      };
      expect(await ask('v3_user/BELL.ringer?firstName=x&limit=y&pageNumber=z')).toEqual([200, shown]);
      const headers = { host: 'acme.id.example.com' };
      expect(await kobil.ask('GET', `/digitanium/v4/users/${user.id}/profile`, { token, headers })).toEqual([
        200,
        shown,
      ]);
    });

    it('leaves out names and an address that are not set, but mirrors them', async () => {
      const user = await kobil.world.newUser(kobil.acme, { username: 'bare', enabled: false });
      expect(await infoOf('bare')).toEqual({
        id: user.id,
        username: 'bare',
        createdTimestamp: user.createdAt.getTime(),
        emailVerified: false,
        enabled: false,
        attributes: { username: ['bare'], email: [null], firstName: [null], lastName: [null] },
        requiredActions: [],
        admin: false,
      });
    });

    it('shows the sign-ins of a user once there was an attempt', async () => {
      const { world, acme } = kobil;
      const { id } = await world.newUser(acme, { username: 'caller.of.tides' });
      const fail = async (times: number) => {
        const attempt = {
          tenant: acme,
          factor: 'first',
          userId: id,
          name: '',
          peerIp: null,
          knownDeviceId: null,
        } as const;
        for (let i = 0; i < times; i++) {
          await world.services.lockouts.fail(attempt, world.app(acme));
          world.clock.advance(1);
        }
      };
      const signInsOf = async () => {
        const { username: _u, email: _e, firstName: _f, lastName: _l, ...rest } = (await infoOf(id)).attributes;
        return rest;
      };
      await fail(3);
      expect(await signInsOf()).toEqual({
        NUMBER_OF_FAILED_ATTEMPTS: ['3'],
        NEXT_PASSWORD_ENTRY_PASSWORD_IN: ['N/A'],
      });
      await fail(7);
      const { NEXT_PASSWORD_ENTRY_PASSWORD_IN: wait } = await signInsOf();
      expect(Number(wait)).toBeGreaterThan(0);
      await world.services.blockLifts.lift(world.system(acme), { userId: id });
      await world.signedIn(acme, id);
      const now = world.clock.now();
      await world.stores.userStore.noteSignIn(acme.id, id, now);
      expect(await signInsOf()).toEqual({
        LAST_SUCCESSFUL_LOGIN_TIMESTAMP: [String(now.getTime())],
        NUMBER_OF_FAILED_ATTEMPTS: ['0'],
        NEXT_PASSWORD_ENTRY_PASSWORD_IN: ['N/A'],
      });
    });

    it('shows an administrator, also one by a role inside a role of a group', async () => {
      const { world, acme } = kobil;
      const { id } = await world.newUser(acme, { username: 'harbour.master' });
      const [builtin] = [await world.services.roles.findByName(acme.id, 'tenant-administrator')];
      const outer = await world.newRole(acme, { childIds: [builtin!.id] });
      const group = await world.newGroup(acme);
      await world.services.groupMembers.add(world.system(acme), group.id, [id]);
      expect((await infoOf(id)).admin).toBe(false);
      await world.grantRole(acme, { roleId: outer.id, holderKind: 'group', holderId: group.id });
      expect((await infoOf(id)).admin).toBe(true);
    });

    it('refuses an unknown user, and one of another tenant', async () => {
      const theirs = await kobil.world.newUser(kobil.master);
      for (const name of ['nobody', 'a~b~c', '%00', theirs.id, theirs.username])
        expect(await ask(`v3_user/${name}`)).toEqual(NO_USER);
    });

    it('needs all the permissions of what it shows', async () => {
      const { id } = await kobil.world.newUser(kobil.acme);
      for (const left of scopes)
        expect(await ask(`v3_user/${id}`, kobil.token(kobil.acme, ...scopes.filter((one) => one !== left)))).toEqual(
          FORBIDDEN,
        );
    });
  });

  /** The usernames of a page, and the page. */
  const listOf = async (path: string, as = token) => {
    const [status, body] = await ask(path, as);
    expect([status, body]).toMatchObject([200, answer('Users fetched successfully')]);
    const { userList, page } = body.data;
    return { names: userList.map(({ username }: { username: string }) => username), page };
  };
  const namesOf = async (path: string) => (await listOf(path)).names;

  describe('lists', () => {
    const crew = ['Abel', 'boris', 'Cleo', 'dora', 'Edda'];
    let group: { id: string };
    beforeAll(async () => {
      const { world, acme } = kobil;
      const system = world.system(acme);
      const { client } = await world.newClient(acme, { clientId: 'lighthouse' });
      const tenantRole = await world.newRole(acme, { name: 'keeper' });
      const appRole = await world.newRole(acme, { name: 'keeper', clientUuid: client.id });
      const other = await world.newRole(acme, { name: 'stoker' });
      group = await world.newGroup(acme, { name: 'north pier' });
      for (const [n, name] of crew.entries()) {
        const { id } = await world.newUser(acme, {
          username: name,
          email: `${name}@${n % 2 === 0 ? 'pier' : 'mole'}.example`,
          emailVerified: n > 2,
          givenName: `G${crew.length - n}`,
          ...(n === 4 ? {} : { familyName: n < 2 ? 'smith' : 'Wright_50%' }),
          enabled: n !== 1,
          attributes: { Berth: ['12', `b${n}`], shift: n % 2 === 0 ? 'Late' : 'late', kit: { berth: '12' } },
        });
        world.clock.advance(1);
        await world.grantRole(acme, { roleId: tenantRole.id, holderKind: 'user', holderId: id });
        if (n < 3) await world.grantRole(acme, { roleId: appRole.id, holderKind: 'user', holderId: id });
        if (n > 1) await world.services.groupMembers.add(system, group.id, [id]);
      }
      // One who has the role through the group alone is none of its users.
      await world.grantRole(acme, { roleId: other.id, holderKind: 'group', holderId: group.id });
      await world.newUser(acme, { username: 'stranger', givenName: 'G9', familyName: 'Smith' });
    });
    const of = (query: string) => `v3_role/keeper/users?${query}`;

    it('8 shows the users of a role, by username, with the number of the page', async () => {
      expect(await listOf('v3_role/keeper/users')).toEqual({
        names: crew,
        page: { currentPage: 1, pageSize: 20, totalPages: 1, totalRecords: 5 },
      });
      expect(await listOf(of('limit=2&offset=2'))).toEqual({
        names: ['Cleo', 'dora'],
        page: { currentPage: 2, pageSize: 2, totalPages: 3, totalRecords: 5 },
      });
      expect(await listOf(of('limit=2&offset=4'))).toEqual({
        names: [],
        page: { currentPage: 4, pageSize: 2, totalPages: 3, totalRecords: 5 },
      });
      expect((await listOf('v3_role/stoker/users')).names).toEqual([]);
    });

    it('8 shows each user whole', async () => {
      const [, body] = await ask(of('limit=1'));
      const [, info] = await ask('v3_user/abel');
      expect(body.data.userList).toEqual([info.data]);
    });

    it('count pages that are none as the first one, and sizes that are none as 20', async () => {
      for (const [query, page] of [
        ['limit=0&offset=0', [1, 20]],
        ['limit=-3&offset=-3', [1, 20]],
        ['limit=1001&offset=x', [1, 20]],
        ['limit=1000&offset=1.5', [1, 1000]],
        ['limit=ten&offset=', [1, 20]],
        ['limit=3&offset=999999999999999', [999_999_999_999_999, 3]],
        ['limit=3&offset=9999999999999999', [1, 3]],
      ] as const) {
        const { page: shown } = await listOf(of(query));
        expect([query, shown.currentPage, shown.pageSize, shown.totalRecords]).toEqual([query, ...page, 5]);
      }
    });

    it('are ordered by a name in any case, and by username where the name is none', async () => {
      const reversed = crew.toReversed();
      expect(await namesOf(of('orderByKey=firstName'))).toEqual(reversed);
      expect(await namesOf(of('orderByKey=FIRSTNAME&orderBy=DESC'))).toEqual(crew);
      expect(await namesOf(of('orderByKey=email&orderBy=desc&limit=2&offset=2'))).toEqual(['Cleo', 'boris']);
      expect((await namesOf(of('orderByKey=lastname')))[0]).toBe('Edda');
      expect((await namesOf(of('orderByKey=lastname&limit=2&offset=2'))).includes('boris')).toBe(true);
      expect(await namesOf(of('orderByKey=constructor&orderBy=sideways'))).toEqual(crew);
      expect(await namesOf(of('orderByKey=createdTimestamp&orderBy=desc'))).toEqual(reversed);
    });

    it('are narrowed by texts in their fields, of which all have to be there', async () => {
      expect(await namesOf(of('firstName=g&lastName=SMI'))).toEqual(['Abel', 'boris']);
      expect(await namesOf(of('lastName=SMI&email=mole'))).toEqual(['boris']);
      expect(await namesOf(of('username=o'))).toEqual(['boris', 'Cleo', 'dora']);
      expect(await namesOf(of('lastName=t_5'))).toEqual(['Cleo', 'dora']);
      expect(await namesOf(of('lastName=w%25'))).toEqual([]);
      expect(await namesOf(of('lastName=t_50%25'))).toEqual(['Cleo', 'dora']);
      expect(await namesOf(of('firstName=&lastName='))).toEqual(crew);
    });

    it('ignore those texts where there is a text to be found anywhere', async () => {
      expect(await namesOf(of('genericSearchVal=IER.ex&lastName=nobody'))).toEqual(['Abel', 'Cleo', 'Edda']);
      expect(await namesOf(of('genericSearchVal=g1'))).toEqual(['Edda']);
      expect(await namesOf(of('genericSearchVal=&lastName=nobody'))).toEqual([]);
    });

    it('are narrowed by state and verified address; other values count as absent', async () => {
      expect(await namesOf(of('isUserEnabled=false'))).toEqual(['boris']);
      expect(await namesOf(of('isUserEnabled=TRUE&isEmailVerified=true'))).toEqual(['dora', 'Edda']);
      expect(await namesOf(of('isUserEnabled=1&isEmailVerified=no'))).toEqual(crew);
    });

    it('7 shows the users of the role of an app, which may have the name of one of the tenant', async () => {
      expect(await namesOf('v3_client/lighthouse/keeper/users')).toEqual(['Abel', 'boris', 'Cleo']);
      const headers = { host: 'acme.id.example.com' };
      const path = '/digitanium/v4/apps/lighthouse/keeper/users?limit=1&offset=3';
      expect(await kobil.ask('GET', path, { token, headers })).toMatchObject([
        200,
        { data: { userList: [{ username: 'Cleo' }], page: { currentPage: 3, totalPages: 3 } } },
      ]);
      const created = (await kobil.world.stores.userStore.findByUsername(kobil.acme.id, 'boris'))!.createdAt.getTime();
      expect(await namesOf(`v3_client/lighthouse/keeper/users?fromDate=${created}`)).toEqual(['boris', 'Cleo']);
    });

    it('7 and 8 refuse an unknown role or app, and a role of another place', async () => {
      const noRole = [404, answer('ROLE_NOT_FOUND', 'NOT_FOUND')];
      for (const name of ['nobody', 'KEEPER', '%00', 'a%2Fb'])
        expect(await ask(`v3_role/${name}/users`)).toEqual(noRole);
      expect(await ask('v3_client/lighthouse/stoker/users')).toEqual(noRole);
      const noApp = [404, answer('App does not exist', 'APP_NOT_FOUND_STATUS')];
      expect(await ask('v3_client/windmill/keeper/users')).toEqual(noApp);
    });

    it('10 shows the direct members of a group, by its id or its name, of a time', async () => {
      const members = ['Cleo', 'dora', 'Edda'];
      expect(await namesOf(`v3_client/groups/${group.id}/users`)).toEqual(members);
      expect(await namesOf('v3_client/groups/North%20Pier/users?orderByKey=createdTimestamp&orderBy=desc')).toEqual(
        members.toReversed(),
      );
      const created = (await kobil.world.stores.userStore.findByUsername(kobil.acme.id, 'dora'))!.createdAt.getTime();
      const ofTime = (from: unknown, to: unknown) =>
        namesOf(`v3_client/groups/${group.id.toUpperCase()}/users?from=${from}&to=${to}`);
      expect(await ofTime(created, created)).toEqual(['dora']);
      expect(await ofTime(created, 'never')).toEqual(['dora', 'Edda']);
      expect(await ofTime('', created)).toEqual(['Cleo', 'dora']);
      expect(await namesOf(`v3_client/groups/${group.id}/users?email=MOLE&isEmailVerified=false`)).toEqual(['dora']);
    });

    it('10 refuses an unknown group', async () => {
      const refused = [404, answer('Group does not exist', 'NOT_FOUND')];
      for (const name of ['south', '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', '%00'])
        expect(await ask(`v3_client/groups/${name}/users`)).toEqual(refused);
    });

    it('13 finds a text in any name or address; no hit is an empty list', async () => {
      expect(await listOf('v3_user/search?key=SMITH&limit=2&offset=2')).toEqual({
        names: ['stranger'],
        page: { currentPage: 2, pageSize: 2, totalPages: 2, totalRecords: 3 },
      });
      expect(await listOf('v3_user/search?key=nobody-at-all')).toEqual({
        names: [],
        page: { currentPage: 1, pageSize: 20, totalPages: 0, totalRecords: 0 },
      });
      const headers = { host: 'acme.id.example.com' };
      expect(await kobil.ask('GET', '/digitanium/v4/users/search?key=mole', { token, headers })).toMatchObject([
        200,
        { data: { userList: [{ username: 'boris' }, { username: 'dora' }] } },
      ]);
    });

    it('14 finds the exact value of an attribute, as an array', async () => {
      const found = async (key: string, value: string) => {
        const [status, body] = await ask(`v3_user/search/attribute?key=${key}&value=${value}`);
        expect([status, body]).toMatchObject([200, answer('Users fetched successfully')]);
        return body.data.map(({ username }: { username: string }) => username);
      };
      expect(await found('Berth', '12')).toEqual(crew);
      expect(await found('Berth', 'b3')).toEqual(['dora']);
      expect(await found('berth', '12')).toEqual([]);
      expect(await found('shift', 'Late')).toEqual(['Abel', 'Cleo', 'Edda']);
      expect(await found('shift', 'lat')).toEqual([]);
      expect(await found('lastName', 'Smith')).toEqual(['stranger']);
      expect(await found('email', 'abel@pier.example')).toEqual([]);
      expect(await found('email', 'Abel@pier.example')).toEqual(['Abel']);
      const headers = { host: 'acme.id.example.com' };
      const path = '/digitanium/v4/users/search/attribute?key=Berth&value=b0';
      expect(await kobil.ask('GET', path, { token, headers })).toMatchObject([200, { data: [{ username: 'Abel' }] }]);
    });

    it('13 and 14 refuse a missing parameter, and texts that nobody can have', async () => {
      const refused = [400, answer('Mandatory data is missing', 'BAD_REQUEST')];
      for (const path of ['', '?key=', '?limit=3', '/attribute', '/attribute?key=Berth', '/attribute?value=x'])
        expect(await ask(`v3_user/search${path}`)).toEqual(refused);
      expect(await ask('v3_user/search?key=%00')).toEqual(refused);
      expect(await ask('v3_user/search/attribute?key=Berth&value=%01')).toEqual(refused);
    });

    it('29 shows the users of the tenant, with an older name for the page', async () => {
      expect(await namesOf('v3_user/getusers/?lastName=smith&limit=1&pageNumber=3')).toEqual(['stranger']);
      expect(await namesOf('v3_user/getusers?lastName=smith&limit=1&pageNumber=3&offset=2')).toEqual(['boris']);
      const headers = { host: 'acme.id.example.com' };
      const path = '/digitanium/v4/users?email=pier.example&limit=2';
      expect(await kobil.ask('GET', path, { token, headers })).toMatchObject([
        200,
        { data: { page: { pageSize: 2, totalPages: 2, totalRecords: 3 } } },
      ]);
    });

    it('need the permissions of what they show, and show users of their tenant alone', async () => {
      await kobil.world.newUser(kobil.master, { username: 'Abelard', familyName: 'smith' });
      expect(await namesOf('v3_user/search?key=abelard')).toEqual([]);
      for (const path of [of(''), 'v3_user/search?key=abel', 'v3_user/search/attribute?key=Berth&value=b0'])
        expect(await ask(path, kobil.token(kobil.acme, 'user:read'))).toEqual(FORBIDDEN);
      for (const other of ['group:read', 'group-member:read'])
        expect(await ask(`v3_client/groups/${group.id}/users`, kobil.token(kobil.acme, ...scopes, other))).toEqual(
          FORBIDDEN,
        );
    });
  });
});
