import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { World } from '../../../support/world.ts';

const OTP_RESEND = { isEnabled: true, limit: 3, waitSeconds: 30, windowSeconds: 600 };

describe('requests to send a code again', () => {
  let world: World;
  let acme: TenantRef;
  let uncounted: TenantRef;
  let userId: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ settings: { otpResend: OTP_RESEND } });
    uncounted = await world.tenant();
  });
  beforeEach(async () => {
    userId = (await world.newUser(acme)).id;
  });
  afterAll(() => world.close());
  const resends = () => world.services.codeResends;
  const count = (id = userId, tenant = acme) => resends().count(tenant, id, world.app(tenant));
  const status = async (id = userId, tenant = acme) => (await resends().ofUsers(tenant.id, [id])).get(id)!;
  const BUSY = { code: 'TOO_MANY_REQUESTS' };
  /** Counts a request and returns how many seconds the account has to wait then. */
  const waitAfter = async (): Promise<number> => {
    await count();
    const { blockedUntil } = await status();
    return blockedUntil === null ? 0 : (blockedUntil.getTime() - world.clock.now().getTime()) / 1000;
  };
  const eventsOf = async (type: string) =>
    (await world.events(acme)).filter((event) => event.type === type && event.subject_id === userId);

  it('lead to a wait at the limit and at each further one, longer at each multiple of the limit', async () => {
    const waits: number[] = [];
    for (let at = 0; at < 9; at++) {
      waits.push(await waitAfter());
      world.clock.advance(waits.at(-1)!);
    }
    expect(waits).toEqual([0, 0, 30, 30, 30, 60, 60, 60, 90]);
    expect(await eventsOf('lockout.started')).toHaveLength(7);
    expect((await eventsOf('lockout.started'))[0]).toMatchObject({
      params: { rule: 'account', factor: 'otp-resend', permanent: false },
    });
  });

  it('are refused and not counted during a wait', async () => {
    for (let at = 0; at < 3; at++) await count();
    const before = await status();
    expect(before).toEqual({
      isCounted: true,
      requests: 3,
      lastRequestAt: world.clock.now(),
      lastIp: world.app(acme).origin.peerIp,
      blockedUntil: new Date(world.clock.now().getTime() + 30_000),
    });
    world.clock.advance(29);
    await expect(count()).rejects.toMatchObject(BUSY);
    expect(await status()).toEqual(before);
    world.clock.advance(1);
    await count();
    expect((await status()).requests).toBe(4);
  });

  it('make a first code wait too, which is not counted, and that of this account alone', async () => {
    const first = (id = userId, tenant = acme) => resends().assertNotBlocked(tenant, id, world.app(tenant));
    for (let at = 0; at < 3; at++) {
      await first();
      await count();
    }
    const before = await status();
    expect(before.requests).toBe(3);
    await expect(first()).rejects.toMatchObject(BUSY);
    expect(await status()).toEqual(before);
    await first((await world.newUser(acme)).id);
    await first(userId, uncounted);
    world.clock.advance(30);
    await first();
    expect((await status()).requests).toBe(3);
  });

  it('count from zero after the pause, and never wait longer than it', async () => {
    await count();
    await count();
    world.clock.advance(601);
    expect((await status()).requests).toBe(0);
    expect(await waitAfter()).toBe(0);
    expect((await status()).requests).toBe(1);
    const short = await world.tenant({ settings: { otpResend: { ...OTP_RESEND, limit: 1, windowSeconds: 45 } } });
    const { id } = await world.newUser(short);
    await count(id, short);
    world.clock.advance(30);
    await count(id, short);
    expect((await status(id, short)).blockedUntil).toEqual(new Date(world.clock.now().getTime() + 45_000));
  });

  it('count at once: of five at the same moment three are accepted', async () => {
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(() => count()));
    expect(results.filter(({ status: one }) => one === 'fulfilled')).toHaveLength(3);
    expect((await status()).requests).toBe(3);
  });

  it('never wait where the tenant does not count them, or has no wait', async () => {
    const { id } = await world.newUser(uncounted);
    for (let at = 0; at < 5; at++) await count(id, uncounted);
    expect(await status(id, uncounted)).toEqual({
      isCounted: false,
      requests: 0,
      lastRequestAt: null,
      lastIp: null,
      blockedUntil: null,
    });
    const patient = await world.tenant({ settings: { otpResend: { isEnabled: true } } });
    const other = await world.newUser(patient);
    for (let at = 0; at < 5; at++) await count(other.id, patient);
    expect(await status(other.id, patient)).toMatchObject({ requests: 5, blockedUntil: null });
    expect(await world.eventTypes(patient)).not.toContain('lockout.started');
  });

  it('neither use up the tries at a factor nor are cleared by a success there', async () => {
    for (let at = 0; at < 3; at++) await count();
    const attempt = { tenant: acme, factor: 'first', userId, name: userId, peerIp: null, knownDeviceId: null } as const;
    expect((await world.services.lockouts.check(attempt)).isBlocked).toBe(false);
    await world.services.lockouts.succeed(attempt);
    await expect(count()).rejects.toMatchObject(BUSY);
  });

  it('are forgiven for one user, with an event; nothing happens where none are counted', async () => {
    const admin = world.system(acme);
    for (let at = 0; at < 3; at++) await count();
    expect(await resends().lift(admin, userId)).toEqual({ isCounted: true, liftedCount: 1 });
    expect(await resends().lift(admin, userId)).toEqual({ isCounted: true, liftedCount: 0 });
    expect((await status()).requests).toBe(0);
    expect(await eventsOf('lockout.lifted')).toHaveLength(1);
    const { id } = await world.newUser(uncounted);
    expect(await resends().lift(world.system(uncounted), id)).toEqual({ isCounted: false, liftedCount: 0 });
    await expect(resends().lift(admin, id)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('are forgiven for all users of the tenant alone, except those that the caller may not change', async () => {
    const tenant = await world.tenant({ settings: { otpResend: OTP_RESEND } });
    const [one, two, strong] = [await world.newUser(tenant), await world.newUser(tenant), await world.newUser(tenant)];
    const role = await world.newRole(tenant, { permissions: ['key:rotate'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: strong.id });
    for (const { id } of [one, two, strong]) for (let at = 0; at < 3; at++) await count(id, tenant);
    for (let at = 0; at < 3; at++) await count();
    const attempt = { tenant, userId: one.id, name: one.id, peerIp: null, knownDeviceId: null } as const;
    for (let at = 0; at < 10; at++)
      await world.services.lockouts.fail({ ...attempt, factor: 'first' }, world.app(tenant));
    const caller = new Authority(world.app(tenant, 'block:lift'), tenant, 'tenant');
    expect(await resends().liftAll(caller)).toEqual({ isCounted: true, liftedCount: 2 });
    expect((await status(one.id, tenant)).blockedUntil).toBeNull();
    expect((await status(strong.id, tenant)).blockedUntil).not.toBeNull();
    expect((await status()).blockedUntil).not.toBeNull();
    expect((await world.services.lockouts.check({ ...attempt, factor: 'first' })).isBlocked).toBe(true);
    expect((await world.eventTypes(tenant)).filter((type) => type === 'lockout.lifted')).toHaveLength(2);
    expect(await resends().liftAll(world.system(uncounted))).toEqual({ isCounted: false, liftedCount: 0 });
  });
});
