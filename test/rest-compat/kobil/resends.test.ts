import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 5 });
const NO_USER = [404, answer('User does not exist', 'USER_NOT_FOUND')];
const OFF = [200, answer('Resend OTP Brute force feature is currently disabled for tenant')];
const UNLOCKED = [200, answer('User unlocked from OTP brute force successfully')];
const ALL_UNLOCKED = [200, answer('All users unlocked from OTP brute force successfully')];
const headers = { host: 'acme.id.example.com' };

describe('KOBIL: codes sent again too often', () => {
  const kobil = kobilOfSuite();
  let token: string;
  let user: User;
  let count = 0;
  beforeAll(() => {
    token = kobil.token(kobil.acme, 'user:read', 'block:read', 'block:lift', 'setting:write', 'tenant:write');
  });
  beforeEach(async () => {
    user = await kobil.world.newUser(kobil.acme, { username: `Signal.Box${++count}` });
  });
  const ask = (method: string, path: string, prefix = '/auth') =>
    kobil.ask(method, `${prefix}/realms/acme/v3_user/${path}`, { token });
  const show = (name: string) => ask('GET', `${name}/otp-brute-force`);
  const shown = (data: object) => [200, { ...answer('User Otp brute force status fetched successfully'), data }];
  const never = { otp_disabled: false, otp_numFailures: 0, otp_lastIPFailure: 'n/a', otp_lastFailure: 0 };
  const turn = (isEnabled: boolean) =>
    kobil.ask('POST', '/realms/acme/v3_realm/settings', {
      token,
      body: {
        otpBruteForceProtected: isEnabled,
        otpFailureFactor: 2,
        otpWaitIncrementSeconds: 75,
        otpMaxDeltaTimeSeconds: 900,
      },
    });
  const resend = async (times: number, { id } = user) => {
    const { world, acme } = kobil;
    for (let at = 0; at < times; at++) await world.services.codeResends.count(acme, id, world.app(acme));
  };

  describe('while the tenant does not count', () => {
    beforeAll(() => turn(false));

    it('11, 12 and 15 say so, and change nothing', async () => {
      expect(await show(user.username)).toEqual(OFF);
      expect(await ask('DELETE', `${user.username}/otp-brute-force`)).toEqual(OFF);
      expect(await ask('DELETE', 'otp-brute-force')).toEqual(OFF);
    });

    it('11 and 12 refuse an unknown user all the same', async () => {
      const theirs = await kobil.world.newUser(kobil.master);
      for (const name of ['nobody', theirs.username, theirs.id, 'a~b~c', '%00']) {
        expect(await show(name)).toEqual(NO_USER);
        expect(await ask('DELETE', `${name}/otp-brute-force`)).toEqual(NO_USER);
      }
    });
  });

  describe('while the tenant counts', () => {
    beforeAll(async () => {
      expect((await turn(true))[0]).toBe(200);
    });

    it('11 answers what was counted, and whether the user has to wait', async () => {
      expect(await show(user.username)).toEqual(shown(never));
      await resend(1);
      const once = { ...never, otp_numFailures: 1, otp_lastIPFailure: kobil.world.app(kobil.acme).origin.peerIp };
      expect(await show(user.id)).toEqual(shown({ ...once, otp_lastFailure: kobil.world.clock.now().getTime() }));
      kobil.world.clock.advance(13);
      await resend(1);
      const twice = { ...once, otp_numFailures: 2, otp_lastFailure: kobil.world.clock.now().getTime() };
      expect(await show(user.username.toUpperCase())).toEqual(shown({ ...twice, otp_disabled: true }));
      kobil.world.clock.advance(75);
      expect(
        await kobil.ask('GET', `/digitanium/v4/users/${user.username}/otp-brute-force`, { token, headers }),
      ).toEqual(shown(twice));
    });

    it('12 unlocks one user, a second time as well', async () => {
      const other = await kobil.world.newUser(kobil.acme);
      await resend(2);
      await resend(2, other);
      expect(await ask('DELETE', `${user.username}/otp-brute-force/`, '')).toEqual(UNLOCKED);
      const path = `/digitanium/v4/users/${user.id}/otp-brute-force`;
      expect(await kobil.ask('DELETE', path, { token, headers })).toEqual(UNLOCKED);
      expect(await show(user.id)).toEqual(shown(never));
      expect(await show(other.id)).toMatchObject([200, { data: { otp_disabled: true } }]);
    });

    it('15 unlocks all users of the tenant', async () => {
      const other = await kobil.world.newUser(kobil.acme);
      await resend(2);
      await resend(2, other);
      expect(await ask('DELETE', 'otp-brute-force')).toEqual(ALL_UNLOCKED);
      for (const { id } of [user, other]) expect(await show(id)).toEqual(shown(never));
      expect(await kobil.ask('DELETE', '/digitanium/v4/users/otp-brute-force', { token, headers })).toEqual(
        ALL_UNLOCKED,
      );
    });

    it('12 refuses an account with more powers than the caller', async () => {
      const role = await kobil.world.newRole(kobil.acme, { permissions: ['key:rotate'] });
      await kobil.world.grantRole(kobil.acme, { roleId: role.id, holderKind: 'user', holderId: user.id });
      await resend(2);
      expect((await ask('DELETE', `${user.id}/otp-brute-force`))[0]).toBe(403);
      expect(await show(user.id)).toMatchObject([200, { data: { otp_disabled: true } }]);
    });
  });
});
