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
    token = kobil.token(kobil.acme, ...scopes);
  });
  const ask = (path: string, as = token) => kobil.ask('GET', `/auth/realms/acme/${path}`, { token: as });

  describe('9', () => {
    const infoOf = async (name: string) => {
      const [status, body] = await ask(`v3_user/${name}`);
      expect(status).toBe(200);
      // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
      return (body as any).data;
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
      await world.services.lockouts.lift(world.system(acme), { userId: id });
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
});
