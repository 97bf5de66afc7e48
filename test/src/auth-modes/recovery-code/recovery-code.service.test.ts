import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { RecoveryCodeMode } from '../../../../src/auth-modes/index.ts';
import { newTotpSecret } from '../../../../src/auth-modes/totp/totp.code.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import { openPostgresDatabase } from '../../../support/postgres.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { totpCode, wrongTotpCode } from '../../../support/totp.ts';
import { World } from '../../../support/world.ts';

const WRONG = '2222-2222-2222-2222-2222-2222-2222';
/** How often one code is used at the same time; with as many connections, the uses overlap on PostgreSQL. */
const AT_ONCE = 20;

describe.each([
  { name: 'PGlite', open: () => openTestDatabase() },
  { name: 'PostgreSQL', open: () => openPostgresDatabase(undefined, AT_ONCE) },
])('recovery codes on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let mode: RecoveryCodeMode;
  beforeAll(async () => {
    world = await World.open(await open());
    await world.services.eventEngine.start();
    tenant = await world.tenant({ settings: { lockout: { accountLimit: 3, quickMilliseconds: 0 } } });
    mode = new RecoveryCodeMode(world.stores.credentials);
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
  });
  afterAll(async () => {
    await world.services.eventEngine.stop();
    await world.close();
  });

  const codes = () => world.services.recoveryCodes;
  const generate = (userId = user.id) => codes().generate(world.system(tenant), userId);
  const tryCode = (code: string, userId = user.id) =>
    codes().verify(world.app(tenant), tenant, { userId, code, knownDeviceId: null });
  const eventsOf = async (type: string) =>
    (await world.events(tenant)).filter((event) => event.type === type && event.subject_id === user.id);
  const shown = async () => (await world.stores.credentials.ofUsers(tenant.id, [user.id])).get(user.id) ?? [];

  describe('are generated', () => {
    it('ten at once, as one credential with one event; none of them is stored or recorded', async () => {
      const generated = await generate();
      expect(new Set(generated.codes).size).toBe(10);
      expect(generated.credential).toMatchObject({ type: 'recovery-code', data: { total: 10, remaining: 10 } });
      expect(await shown()).toEqual([generated.credential]);
      expect(await eventsOf('credential.added')).toMatchObject([
        { params: { type: 'recovery-code', credentialId: generated.credential.id, ordinal: 1 } },
      ]);
      const [row] = await world.db.orm.em
        .fork()
        .getConnection()
        .execute('select * from credentials where id = ?', [generated.credential.id]);
      const kept = JSON.stringify([row, await world.events(tenant)]);
      for (const code of generated.codes) {
        expect(kept).not.toContain(code);
        expect(kept).not.toContain(code.replaceAll('-', ''));
      }
    });

    it('anew in place of the former ones, which all stop working', async () => {
      const first = await generate();
      const second = await generate();
      expect(await shown()).toEqual([second.credential]);
      expect(await eventsOf('credential.removed')).toMatchObject([{ params: { credentialId: first.credential.id } }]);
      for (const code of first.codes) expect(await mode.verify(tenant.id, user.id, code)).toBe(false);
      for (const code of second.codes) expect(await mode.verify(tenant.id, user.id, code)).toBe(true);
    });

    it('once only for several callers at the same moment', async () => {
      const all = await Promise.all(Array.from({ length: 4 }, () => generate()));
      expect(await shown()).toHaveLength(1);
      const working = await Promise.all(all.map(({ codes: [code] }) => mode.verify(tenant.id, user.id, code!)));
      expect(working.filter(Boolean)).toHaveLength(1);
    });

    it('not for an unknown user or one of another tenant, and by their owner only soon after a sign-in (check 54)', async () => {
      const other = await world.tenant();
      for (const userId of ['nobody', 'nul\0', '']) expect(await refusalOf(generate(userId))).toBe('USER_NOT_FOUND');
      expect(await refusalOf(codes().generate(world.system(other), user.id))).toBe('USER_NOT_FOUND');
      const authority = new Authority(world.userOfTwoFactors(tenant, user.id), tenant, 'self');
      const { reauthSeconds } = (await world.services.directory.byId(tenant.id))!.settings;
      expect((await codes().generate(authority, user.id)).codes).toHaveLength(10);
      world.clock.advance(reauthSeconds + 1);
      expect(await refusalOf(codes().generate(authority, user.id))).toBe('REAUTHENTICATION_REQUIRED');
      expect(await refusalOf(codes().remove(authority, user.id))).toBe('REAUTHENTICATION_REQUIRED');
      const stranger = await world.newUser(tenant);
      expect(await refusalOf(codes().generate(authority, stranger.id))).toBe('FORBIDDEN');
    });
  });

  it('are generated and removed by an owner who has a second factor only after that was shown (check 54)', async () => {
    const stolen = new Authority(world.user(tenant, user.id), tenant, 'self');
    const { codes: first, credential } = await codes().generate(stolen, user.id);
    expect(await refusalOf(codes().generate(stolen, user.id))).toBe('REAUTHENTICATION_REQUIRED');
    expect(await refusalOf(codes().remove(stolen, user.id))).toBe('REAUTHENTICATION_REQUIRED');
    expect(await shown()).toEqual([credential]);
    for (const code of first) await tryCode(code);
    expect((await codes().generate(stolen, user.id)).codes).toHaveLength(10);
    const owner = new Authority(world.userOfTwoFactors(tenant, user.id), tenant, 'self');
    expect((await codes().remove(owner, user.id)).type).toBe('recovery-code');
  });

  describe('are removed', () => {
    it('all at once, with one event, and only where there are some', async () => {
      const { codes: plain, credential } = await generate();
      expect(await codes().remove(world.system(tenant), user.id)).toEqual(credential);
      expect(await shown()).toEqual([]);
      expect(await tryCode(plain[0]!)).toBe(false);
      expect(await eventsOf('credential.removed')).toMatchObject([
        { params: { type: 'recovery-code', credentialId: credential.id } },
      ]);
      expect(await refusalOf(codes().remove(world.system(tenant), user.id))).toBe('RECOVERY_CODES_NOT_FOUND');
      expect(await eventsOf('credential.removed')).toHaveLength(1);
    });

    it('with their user', async () => {
      const { credential } = await generate();
      await world.services.endAccess.delete(world.system(tenant), user.id);
      expect(await world.stores.credentials.findById(tenant.id, credential.id)).toBeNull();
    });
  });

  describe('at a sign-in', () => {
    it('work once each, and the event says how many are left (check 45)', async () => {
      const { codes: plain, credential } = await generate();
      expect(await tryCode(plain[3]!)).toBe(true);
      expect(await tryCode(plain[3]!)).toBe(false);
      expect(await tryCode(plain[0]!.toUpperCase().replaceAll('-', ' '))).toBe(true);
      expect(await shown()).toMatchObject([{ data: { total: 10, remaining: 8 }, lastUsedAt: world.clock.now() }]);
      expect((await eventsOf('recovery_code.used')).map(({ params }) => params)).toEqual([
        { credentialId: credential.id, remaining: 9 },
        { credentialId: credential.id, remaining: 8 },
      ]);
      expect(await eventsOf('sign_in.factor_failed')).toMatchObject([
        { outcome: 'failure', reason: 'wrong_code', params: { method: 'recovery-code' } },
      ]);
    });

    it('are accepted until the last one is used', async () => {
      const { codes: plain } = await generate();
      const { credentials } = world.stores;
      for (const code of plain) {
        expect(await credentials.acceptedAsSecond(tenant.id, user.id)).toEqual(['recovery-code']);
        expect(await mode.isSetUp(tenant.id, user.id)).toBe(true);
        expect(await tryCode(code)).toBe(true);
      }
      expect(await shown()).toMatchObject([{ data: { total: 10, remaining: 0 } }]);
      expect(await credentials.acceptedAsSecond(tenant.id, user.id)).toEqual([]);
      expect(await mode.isSetUp(tenant.id, user.id)).toBe(false);
      expect(await tryCode(plain[0]!)).toBe(false);
      expect(await tryCode('')).toBe(false);
    });

    it(`work for one of ${AT_ONCE} uses of the same code at the same moment`, async () => {
      const { codes: plain, credential } = await generate();
      const matched = (await mode.match(tenant.id, user.id, plain[0]!))!;
      const uses = await Promise.all(Array.from({ length: AT_ONCE }, () => mode.spend(tenant.id, matched)));
      expect(uses.filter(Boolean)).toHaveLength(1);
      expect((await world.stores.credentials.findById(tenant.id, credential.id))?.data).toMatchObject({ remaining: 9 });
    });

    it('lose no use when different codes are used at the same moment', async () => {
      const { codes: plain } = await generate();
      const uses = await Promise.all(plain.map((code) => mode.verify(tenant.id, user.id, code)));
      expect(uses).toEqual(plain.map(() => true));
      expect(await shown()).toMatchObject([{ data: { remaining: 0 } }]);
    });

    it('share the count of wrong tries with code apps, and a block uses no code up (check 46)', async () => {
      const { codes: plain } = await generate();
      const secret = newTotpSecret();
      const add = { userId: user.id, type: 'totp', secret } as const;
      await world.db.transaction(() => world.stores.credentials.add(tenant.id, add));
      const wrong = wrongTotpCode(secret, world.clock.now());
      const input = { userId: user.id, knownDeviceId: null };
      const totp = (code: string) => world.services.totp.verify(world.app(tenant), tenant, { ...input, code });
      expect(await totp(wrong)).toBe(false);
      expect(await tryCode(WRONG)).toBe(false);
      expect(await tryCode('not a code')).toBe(false);
      expect(await tryCode(plain[0]!)).toBe(false);
      expect(await totp(totpCode(secret, world.clock.now()))).toBe(false);
      expect((await eventsOf('sign_in.factor_failed')).map(({ reason, params }) => [params['method'], reason])).toEqual(
        [
          ['totp', 'wrong_code'],
          ['recovery-code', 'wrong_code'],
          ['recovery-code', 'wrong_code'],
          ['recovery-code', 'locked_out'],
          ['totp', 'locked_out'],
        ],
      );
      expect(await eventsOf('lockout.started')).toMatchObject([{ params: { factor: 'second' } }]);
      world.clock.advance(31);
      expect(await tryCode(plain[0]!)).toBe(true);
      expect(await eventsOf('recovery_code.used')).toHaveLength(1);
    });

    it('are wrong for an unknown user, for an account without codes, and in another tenant', async () => {
      const { codes: plain } = await generate();
      const bare = await world.newUser(tenant);
      const other = await world.tenant();
      const twin = await world.newUser(other, { id: user.id });
      await codes().generate(world.system(other), twin.id);
      expect(await mode.verify(tenant.id, null, plain[0]!)).toBe(false);
      expect(await mode.verify(tenant.id, bare.id, plain[0]!)).toBe(false);
      expect(await mode.verify(other.id, twin.id, plain[0]!)).toBe(false);
      const matched = (await mode.match(tenant.id, user.id, plain[0]!))!;
      expect(await mode.spend(other.id, matched)).toBe(false);
      expect(await mode.spend(tenant.id, matched)).toBe(true);
    });
  });
});
