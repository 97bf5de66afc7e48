import { generateSync } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { TotpMode } from '../../../../src/auth-modes/index.ts';
import { newTotpSecret } from '../../../../src/auth-modes/totp/totp.code.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { totpCode, wrongTotpCode } from '../../../support/totp.ts';
import { World } from '../../../support/world.ts';

const STEP = 30;

describe('code apps', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant({ settings: { lockout: { accountLimit: 3, quickMilliseconds: 0 } } });
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
    world.clock.advance(10 * STEP);
  });
  afterAll(() => world.close());

  const totp = () => world.services.totp;
  const codeOf = (secret: string) => totpCode(secret, world.clock.now());
  const attach = async (over: { secret?: string; code?: string; name?: string | null; userId?: string } = {}) => {
    const secret = over.secret ?? newTotpSecret();
    const input = { userId: user.id, secret, ...over, code: over.code ?? codeOf(secret) };
    return { secret, credential: await totp().attach(world.system(tenant), input) };
  };
  const tryCode = (code: string, userId = user.id) =>
    totp().verify(world.app(tenant), tenant, { userId, code, knownDeviceId: null });
  const eventsOf = async (type: string) =>
    (await world.events(tenant)).filter((event) => event.type === type && event.subject_id === user.id);
  const wrongCode = (secret: string) => wrongTotpCode(secret, world.clock.now());

  describe('of a tenant with another policy', () => {
    const otpCode = (secret: string, more: object) => generateSync({ secret, ...more });
    const policy = (otp: object) => world.tenant({ settings: { otp } as never });
    const attachAt = async (at: TenantRef, secret: string, code: string) => {
      const { id: userId } = await world.newUser(at);
      const credential = await totp().attach(world.system(at), { userId, secret, code });
      const verify = (typed: string) => totp().verify(world.app(at), at, { userId, code: typed, knownDeviceId: null });
      return { credential, verify };
    };

    it('are attached in its form, and keep it when the policy changes', async () => {
      const at = await policy({ algorithm: 'SHA256', digits: 8, periodSeconds: 60 });
      const secret = newTotpSecret();
      const codeNow = () =>
        otpCode(secret, {
          algorithm: 'sha256',
          digits: 8,
          period: 60,
          epoch: Math.floor(world.clock.now().getTime() / 1000),
        });
      const { credential, verify } = await attachAt(at, secret, codeNow());
      expect(credential.data).toMatchObject({ type: 'totp', algorithm: 'SHA256', digits: 8, periodSeconds: 60 });
      await world.services.tenants.updateSettings(world.system(at), { otp: { algorithm: 'SHA1', digits: 6 } });
      expect(await verify(codeNow())).toBe(false);
      world.clock.advance(60);
      expect(await verify(codeOf(secret))).toBe(false);
      expect(await verify(codeNow())).toBe(true);
    });

    it('count their codes, each of which passes with those before it, reusable or not', async () => {
      const at = await policy({ type: 'hotp', initialCounter: 5, lookAhead: 2, canBeReused: true });
      const secret = newTotpSecret();
      const counted = (counter: number) => otpCode(secret, { strategy: 'hotp', counter });
      expect(await refusalOf(attachAt(at, secret, counted(4)))).toBe('TOTP_CODE_WRONG');
      const { verify } = await attachAt(at, secret, counted(5));
      expect([await verify(counted(5)), await verify(counted(9)), await verify(counted(8))]).toEqual([
        false,
        false,
        true,
      ]);
      expect([await verify(counted(7)), await verify(counted(9))]).toEqual([false, true]);
    });

    it('work once at the same moment, and as often as is typed where codes may be used again', async () => {
      for (const [canBeReused, right] of [
        [false, 1],
        [true, 4],
      ] as const) {
        const at = await policy({ canBeReused });
        const secret = newTotpSecret();
        const { verify } = await attachAt(at, secret, codeOf(secret));
        world.clock.advance(2 * STEP);
        const uses = await Promise.all(Array.from({ length: 4 }, () => verify(codeOf(secret))));
        expect(uses.filter(Boolean)).toHaveLength(right);
      }
    });
  });

  describe('are attached', () => {
    it('after a right code, under their name and with one event', async () => {
      const { secret, credential } = await attach({ name: 'My phone' });
      expect(credential).toMatchObject({
        type: 'totp',
        ordinal: 1,
        label: 'My phone',
        data: { digits: 6, periodSeconds: 30, algorithm: 'SHA1' },
      });
      expect(await eventsOf('credential.added')).toMatchObject([
        { params: { type: 'totp', ordinal: 1, credentialId: credential.id, label: 'My phone' } },
      ]);
      expect(JSON.stringify([credential, await world.events(tenant)])).not.toContain(secret);
      expect(await world.stores.credentials.secondFactorMethods(tenant.id, user.id)).toEqual(['totp']);
    });

    it('from what `begin` shows: a fresh secret each time, as text, address and PNG; nothing is kept', async () => {
      const first = await totp().begin(world.system(tenant), user.id);
      const second = await totp().begin(world.system(tenant), user.id);
      expect(first.secret).not.toBe(second.secret);
      expect(first.uri).toBe(
        `otpauth://totp/${tenant.name}:${user.username}?secret=${first.secret}&issuer=${tenant.name}&digits=6&period=30&algorithm=SHA1`,
      );
      expect(first.qrImage.subarray(0, 8)).toEqual(Buffer.from('89504e470d0a1a0a', 'hex'));
      expect(await world.stores.credentials.secondFactorMethods(tenant.id, user.id)).toEqual([]);
      const attached = await attach({ secret: first.secret });
      expect(attached.credential.ordinal).toBe(1);
    });

    it('whatever the names of tenant and user are made of', async () => {
      const wide = await world.tenant({ displayName: '漢'.repeat(200) });
      const { id } = await world.newUser(wide, { username: '語'.repeat(255) });
      expect((await totp().begin(world.system(wide), id)).qrImage.length).toBeGreaterThan(1000);
    });

    it('not with a wrong or missing code, a code of yesterday, or a secret that is none', async () => {
      const secret = newTotpSecret();
      const old = codeOf(secret);
      world.clock.advance(3 * STEP);
      for (const code of [wrongCode(secret), '', 'abcdef', old === codeOf(secret) ? '' : old]) {
        user = await world.newUser(tenant);
        expect(await refusalOf(attach({ secret, code }))).toBe('TOTP_CODE_WRONG');
      }
      for (const bad of ['', 'not base32!', 'JBSWY3DP']) {
        expect(await refusalOf(attach({ secret: bad, code: '000000' }))).toBe('TOTP_SECRET_INVALID');
      }
      expect(await world.stores.credentials.secondFactorMethods(tenant.id, user.id)).toEqual([]);
      expect(await eventsOf('credential.added')).toEqual([]);
    });

    it('not with a hostile name, nor for an unknown user', async () => {
      for (const name of ['nul\0', 'x'.repeat(256), '\ud800']) {
        expect(await refusalOf(attach({ name }))).toBe('INVALID_INPUT');
      }
      for (const userId of ['nobody', 'nul\0', '']) expect(await refusalOf(attach({ userId }))).toBe('USER_NOT_FOUND');
      expect((await attach({ name: '' })).credential.label).toBeNull();
    });

    it('once per secret, and ten at most', async () => {
      const { secret } = await attach();
      world.clock.advance(STEP);
      expect(await refusalOf(attach({ secret: secret.toLowerCase(), code: codeOf(secret) }))).toBe(
        'TOTP_ALREADY_ATTACHED',
      );
      for (let i = 1; i < 10; i++) await attach();
      expect(await refusalOf(attach())).toBe('TOTP_LIMIT_REACHED');
    });

    it('by their owner only soon after a sign-in (check 54)', async () => {
      const authority = new Authority(world.userOfTwoFactors(tenant, user.id), tenant, 'self');
      const { reauthSeconds } = (await world.services.directory.byId(tenant.id))!.settings;
      const { credential } = await attach();
      expect((await totp().begin(authority, user.id)).secret).toHaveLength(32);
      world.clock.advance(reauthSeconds + 1);
      const secret = newTotpSecret();
      const late = { userId: user.id, secret, code: codeOf(secret) };
      for (const refused of [
        totp().begin(authority, user.id),
        totp().attach(authority, late),
        totp().detach(authority, { id: credential.id }),
      ]) {
        expect(await refusalOf(refused)).toBe('REAUTHENTICATION_REQUIRED');
      }
      const other = await world.newUser(tenant);
      expect(await refusalOf(totp().begin(authority, other.id))).toBe('FORBIDDEN');
    });
  });

  it('are attached and detached by an owner who has a second factor only after that was shown (check 54)', async () => {
    const stolen = new Authority(world.user(tenant, user.id), tenant, 'self');
    const secret = newTotpSecret();
    const input = () => ({ userId: user.id, secret, code: codeOf(secret) });
    const first = await totp().attach(stolen, input());
    world.clock.advance(STEP);
    const another = newTotpSecret();
    for (const refused of [
      totp().begin(stolen, user.id),
      totp().attach(stolen, { userId: user.id, secret: another, code: codeOf(another) }),
      totp().detach(stolen, { id: first.id }),
    ])
      expect(await refusalOf(refused)).toBe('REAUTHENTICATION_REQUIRED');
    expect(await eventsOf('credential.removed')).toEqual([]);
    expect(await eventsOf('credential.added')).toHaveLength(1);
    const { origin } = stolen.caller;
    const older = new Authority({ ...stolen.caller, origin: { ...origin, api: 'rest' } }, tenant, 'self');
    expect((await totp().begin(older, user.id)).secret).toHaveLength(32);
    const owner = new Authority(world.userOfTwoFactors(tenant, user.id), tenant, 'self');
    expect((await totp().detach(owner, { id: first.id })).id).toBe(first.id);
    world.clock.advance(STEP);
    await totp().attach(stolen, input());
  });

  describe('are detached', () => {
    it('by id or number, with one event; the number is not given out again', async () => {
      const first = (await attach()).credential;
      const second = (await attach()).credential;
      await totp().detach(world.system(tenant), { id: first.id });
      await totp().detach(world.system(tenant), { userId: user.id, ordinal: 2 });
      expect(await eventsOf('credential.removed')).toMatchObject([
        { params: { type: 'totp', ordinal: 1, credentialId: first.id } },
        { params: { type: 'totp', ordinal: 2, credentialId: second.id } },
      ]);
      expect((await attach()).credential.ordinal).toBe(3);
    });

    it('without touching whether a second factor is required (T32)', async () => {
      const { credential } = await attach();
      await world.services.authModes.update(world.system(tenant), user.id, { requiredFactor: 2 });
      await totp().detach(world.system(tenant), { id: credential.id });
      expect((await world.services.authModes.get(world.system(tenant), user.id)).requiredFactor).toBe(2);
    });

    it('not when there is none: an unknown id or number, another kind of credential, one of another tenant', async () => {
      await world.givePassword(tenant, user.id);
      const [password] = await world.services.authModes.credentials(world.system(tenant), user.id);
      const other = await world.tenant();
      const { credential } = await attach();
      const targets = [
        { id: 'no-uuid' },
        { id: password!.id },
        { userId: user.id, ordinal: 0 },
        { userId: user.id, ordinal: 2 },
      ];
      for (const target of targets) {
        expect(await refusalOf(totp().detach(world.system(tenant), target))).toBe('TOTP_NOT_FOUND');
      }
      expect(await refusalOf(totp().detach(world.system(other), { id: credential.id }))).toBe('TOTP_NOT_FOUND');
      expect(await refusalOf(totp().detach(world.system(other), { userId: user.id, ordinal: 1 }))).toBe(
        'USER_NOT_FOUND',
      );
      expect(await eventsOf('credential.removed')).toEqual([]);
    });
  });

  describe('at a sign-in', () => {
    it('take each code once, the one of the attachment included (check 45)', async () => {
      const { secret, credential } = await attach();
      expect(await tryCode(codeOf(secret))).toBe(false);
      world.clock.advance(STEP);
      expect(await tryCode(codeOf(secret))).toBe(true);
      expect(await tryCode(codeOf(secret))).toBe(false);
      expect((await world.stores.credentials.findById(tenant.id, credential.id))?.lastUsedAt).toEqual(
        world.clock.now(),
      );
      expect(await eventsOf('sign_in.factor_failed')).toMatchObject([
        { outcome: 'failure', reason: 'wrong_code', params: { method: 'totp' } },
        { reason: 'wrong_code' },
      ]);
    });

    it('take a code once of many who show it at the same moment', async () => {
      const { secret } = await attach();
      world.clock.advance(STEP);
      const mode = new TotpMode({
        credentials: world.stores.credentials,
        directory: world.services.directory,
        clock: world.clock,
      });
      const code = codeOf(secret);
      const shown = await Promise.all(Array.from({ length: 5 }, () => mode.verify(tenant.id, user.id, code)));
      expect(shown.filter(Boolean)).toHaveLength(1);
    });

    it('take an earlier code no more after a later one', async () => {
      const { secret } = await attach();
      world.clock.advance(2 * STEP);
      const earlier = codeOf(secret);
      world.clock.advance(STEP);
      expect(await tryCode(codeOf(secret))).toBe(true);
      expect(await tryCode(earlier)).toBe(false);
    });

    it('take the code of any of the apps', async () => {
      const secrets = [(await attach()).secret, (await attach()).secret];
      world.clock.advance(STEP);
      for (const secret of secrets) expect(await tryCode(codeOf(secret))).toBe(true);
    });

    it('are throttled apart from passwords: after three wrong codes a right one is refused for a while (check 46)', async () => {
      const { secret } = await attach();
      world.clock.advance(STEP);
      for (let i = 0; i < 3; i++) expect(await tryCode(wrongCode(secret))).toBe(false);
      expect(await tryCode(codeOf(secret))).toBe(false);
      expect((await eventsOf('sign_in.factor_failed')).map(({ reason }) => reason)).toEqual([
        'wrong_code',
        'wrong_code',
        'wrong_code',
        'locked_out',
      ]);
      expect(await eventsOf('lockout.started')).toMatchObject([{ params: { factor: 'second' } }]);
      const first = { tenant, userId: user.id, name: user.id, peerIp: null, knownDeviceId: null };
      expect((await world.services.lockouts.check({ ...first, factor: 'first' })).isBlocked).toBe(false);
      world.clock.advance(31);
      expect(await tryCode(codeOf(secret))).toBe(true);
      expect((await world.services.lockouts.check({ ...first, factor: 'second' })).isBlocked).toBe(false);
    });

    it('count wrong codes of attachments as tries at the same factor', async () => {
      const secret = newTotpSecret();
      for (let i = 0; i < 3; i++) await refusalOf(attach({ secret, code: wrongCode(secret) }));
      expect(await refusalOf(attach({ secret }))).toBe('TOTP_CODE_WRONG');
      world.clock.advance(31);
      expect((await attach({ secret })).credential.ordinal).toBe(1);
    });

    it('are wrong for an unknown user, for an account without apps, and in another tenant', async () => {
      const { secret } = await attach();
      const mode = new TotpMode({
        credentials: world.stores.credentials,
        directory: world.services.directory,
        clock: world.clock,
      });
      const other = await world.tenant();
      const bare = await world.newUser(tenant);
      world.clock.advance(STEP);
      expect(await mode.verify(tenant.id, null, codeOf(secret))).toBe(false);
      expect(await mode.verify(tenant.id, bare.id, codeOf(secret))).toBe(false);
      expect(await mode.verify(other.id, user.id, codeOf(secret))).toBe(false);
      expect([await mode.isSetUp(tenant.id, bare.id), await mode.isSetUp(tenant.id, user.id)]).toEqual([false, true]);
      expect(await mode.verify(tenant.id, user.id, codeOf(secret))).toBe(true);
    });
  });
});
