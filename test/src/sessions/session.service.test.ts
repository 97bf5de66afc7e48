import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { hashHandle, routeOfHandle } from '../../../src/crypto/index.ts';
import { addSeconds, newId, type TenantRef } from '../../../src/kernel/index.ts';
import { RequestBrowser } from '../../../src/server/http/browser.ts';
import { World } from '../../support/world.ts';

let world: World;
let tenant: TenantRef;
let system: Authority;
beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant({ settings: { sessionIdleSeconds: 600, sessionSeconds: 3600 } });
  system = world.system(tenant);
});
afterAll(() => world.close());

const eventsOf = async (userId: string) =>
  (await world.events(tenant)).filter(({ subject_id, type }) => subject_id === userId && type !== 'user.created');
const typesOf = async (userId: string) => (await eventsOf(userId)).map(({ type }) => type);

describe('a session', () => {
  it('starts with a new cookie value, stored as a hash, and records the sign-in', async () => {
    const user = await world.newUser(tenant);
    const first = await world.signedIn(tenant, user.id, { inBrowser: true });
    const second = await world.signedIn(tenant, user.id, { inBrowser: true });
    expect(first.cookie).not.toBe(second.cookie);
    expect(routeOfHandle(first.cookie!)).toBe(tenant.route);
    expect((await world.services.sessions.findByCookie(tenant, first.cookie!))?.id).toBe(first.session.id);
    expect(first.session).not.toHaveProperty('cookieHash');
    expect((await world.stores.userStore.findById(tenant.id, user.id))?.lastSignInAt).toEqual(world.clock.now());
    const [event] = await eventsOf(user.id);
    const actor = { actor_kind: 'user', actor_id: user.id, subject_id: user.id };
    expect(event).toMatchObject({ type: 'session.started', ...actor, params: { amr: ['pwd'] } });
  });

  it('has no cookie when no browser holds it', async () => {
    const user = await world.newUser(tenant);
    expect((await world.signedIn(tenant, user.id)).cookie).toBeNull();
  });

  it('is that of a browser by its cookie, in its tenant alone, while it lives', async () => {
    const { sessions } = world.services;
    const user = await world.newUser(tenant);
    const { session, cookie } = await world.signedIn(tenant, user.id, { inBrowser: true });
    const browser = new RequestBrowser({ headers: {} }, 'https://id.example.com');
    expect(await sessions.ofBrowser(null, tenant)).toBeNull();
    expect(await sessions.ofBrowser(browser, tenant)).toBeNull();
    browser.write('session', tenant, cookie!);
    expect((await sessions.ofBrowser(browser, tenant))?.id).toBe(session.id);
    const other = await world.tenant();
    browser.write('session', other, cookie!);
    expect(await sessions.ofBrowser(browser, other)).toBeNull();
    await sessions.revoke(system, session.id);
    expect(await sessions.ofBrowser(browser, tenant)).toBeNull();
  });

  it('is not started for an account that is gone', async () => {
    await expect(world.signedIn(tenant, 'nobody')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('takes the place of the one the browser held before (ASVS 7.2.4) (check 51)', async () => {
    const user = await world.newUser(tenant);
    const planted = await world.signedIn(tenant, user.id, { inBrowser: true });
    await world.signedIn(tenant, user.id, { inBrowser: true, replaces: planted.session.id });
    expect(await world.services.sessions.findByCookie(tenant, planted.cookie!)).toBeNull();
    expect(await typesOf(user.id)).toEqual(['session.started', 'session.ended', 'session.started']);
  });

  it('gets a new cookie value and a new auth_time when its user signs in again (check 51)', async () => {
    const user = await world.newUser(tenant);
    const { sessions } = world.services;
    const before = await world.signedIn(tenant, user.id, { inBrowser: true });
    world.clock.advance(30);
    const after = await sessions.renew(system, before.session.id, { amr: ['pwd', 'otp'], identifier: 'Ann' });
    expect(after.session).toMatchObject({ id: before.session.id, amr: ['pwd', 'otp'], authTime: world.clock.now() });
    expect(await sessions.findByCookie(tenant, before.cookie!)).toBeNull();
    expect((await sessions.findByCookie(tenant, after.cookie!))?.id).toBe(before.session.id);
    expect((await eventsOf(user.id)).at(-1)).toMatchObject({
      type: 'session.renewed',
      subject_id: user.id,
      session_id: before.session.id,
      params: { amr: ['pwd', 'otp'], identifier: 'Ann' },
    });
    expect(await world.stores.userStore.findById(tenant.id, user.id)).toMatchObject({
      lastSignInAt: world.clock.now(),
    });
    await expect(sessions.renew(system, newId(), { amr: [] })).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('ends when it is idle for too long (check 53)', async () => {
    const user = await world.newUser(tenant);
    const { session, cookie } = await world.signedIn(tenant, user.id, { inBrowser: true });
    world.clock.advance(599);
    expect(await world.services.sessions.findByCookie(tenant, cookie!)).not.toBeNull();
    world.clock.advance(1);
    expect(await world.services.sessions.findByCookie(tenant, cookie!)).toBeNull();
    expect(await world.services.sessions.find(system, session.id)).toBeNull();
    await expect(world.services.sessions.revoke(system, session.id)).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
  });

  it('goes on while it is used, but never beyond its absolute end (check 53)', async () => {
    const user = await world.newUser(tenant);
    const { sessions } = world.services;
    const { session } = await world.signedIn(tenant, user.id);
    for (let used = 0; used < 3500; used += 500) {
      world.clock.advance(500);
      await sessions.touch(tenant, (await sessions.find(system, session.id))!);
    }
    const late = (await sessions.find(system, session.id))!;
    expect(late.idleExpiresAt).toEqual(late.expiresAt);
    expect(late.expiresAt).toEqual(addSeconds(session.createdAt, 3600));
    world.clock.advance(100);
    expect(await sessions.find(system, session.id)).toBeNull();
  });

  it('does not write a use down that is close to the last one', async () => {
    const user = await world.newUser(tenant);
    const { sessions } = world.services;
    const { session } = await world.signedIn(tenant, user.id);
    world.clock.advance(20);
    await sessions.touch(tenant, session);
    expect((await sessions.find(system, session.id))?.lastUsedAt).toEqual(session.lastUsedAt);
  });

  it('keeps a User-Agent that the database would refuse', async () => {
    const user = await world.newUser(tenant);
    const origin = { ...world.app(tenant).origin, userAgent: `evil\u0000\ud800${'x'.repeat(5000)}` };
    const authority = new Authority({ ...world.app(tenant), origin }, tenant, 'tenant');
    const { session } = await world.services.sessions.start(authority, { userId: user.id, amr: ['pwd'] });
    const stored = await world.services.sessions.find(system, session.id);
    expect(stored?.userAgent).toMatch(/^evil\ufffd\ufffdx+$/);
    expect(stored?.userAgent?.length).toBe(1000);
  });
});

describe('ending sessions', () => {
  it('one by one writes one event each', async () => {
    const user = await world.newUser(tenant);
    const { session } = await world.signedIn(tenant, user.id);
    await world.services.sessions.revoke(system, session.id);
    const events = await eventsOf(user.id);
    expect(events.map(({ type }) => type)).toEqual(['session.started', 'session.revoked']);
    await expect(world.services.sessions.revoke(system, session.id)).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    await expect(world.services.sessions.revoke(system, 'no-uuid')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
  });

  it('of a user can leave the current one out', async () => {
    const user = await world.newUser(tenant);
    const [kept] = [await world.signedIn(tenant, user.id), await world.signedIn(tenant, user.id)];
    const ended = await world.services.sessions.revokeOf(system, user.id, { exceptSessionId: kept.session.id });
    expect(ended).toHaveLength(1);
    expect(await world.services.sessions.find(system, kept.session.id)).not.toBeNull();
    expect(await typesOf(user.id)).not.toContain('user.sessions_reset');
  });

  it('of a user altogether writes one event each and the summary, and nothing when there is none', async () => {
    const user = await world.newUser(tenant);
    for (let i = 0; i < 2; i++) await world.signedIn(tenant, user.id);
    await world.services.sessions.revokeAllOf(system, user.id);
    await world.services.sessions.revokeAllOf(system, user.id);
    expect((await typesOf(user.id)).slice(2)).toEqual(['session.revoked', 'session.revoked', 'user.sessions_reset']);
  });

  it("reaches only the caller's own account with reach self", async () => {
    const [user, other] = [await world.newUser(tenant), await world.newUser(tenant)];
    const { session } = await world.signedIn(tenant, other.id);
    const self = new Authority(world.user(tenant, user.id, 'session:revoke:self'), tenant, 'self');
    for (const work of [
      () => world.services.sessions.revoke(self, session.id),
      () => world.services.sessions.revokeOf(self, other.id),
      () => world.services.sessions.revokeAllOf(self, other.id),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await world.services.sessions.find(system, session.id)).not.toBeNull();
  });
});

describe('ending access', () => {
  it('disables an account, its sessions and its tokens in one transaction (check 52)', async () => {
    const user = await world.newUser(tenant);
    const { session } = await world.signedIn(tenant, user.id);
    await world.services.endAccess.setEnabled(system, user.id, false);
    expect(await world.services.sessions.find(system, session.id)).toBeNull();
    expect(await typesOf(user.id)).toEqual([
      'session.started',
      'user.disabled',
      'session.revoked',
      'user.sessions_reset',
    ]);
    await world.services.endAccess.setEnabled(system, user.id, false);
    await world.services.endAccess.setEnabled(system, user.id, true);
    expect((await typesOf(user.id)).slice(4)).toEqual(['user.enabled']);
  });

  it('deletes an account with its sessions, devices and codes', async () => {
    const user = await world.newUser(tenant);
    const { session } = await world.signedIn(tenant, user.id);
    const { oneTimeCodes } = world.stores;
    const { devices, endAccess } = world.services;
    await devices.seen(system, { userId: user.id, deviceId: 'd1' });
    const expiresAt = addSeconds(world.clock.now(), 60);
    const code = await oneTimeCodes.put(tenant, { kind: 'test', userId: user.id, expiresAt });
    await endAccess.delete(system, user.id);
    expect(await world.services.sessions.find(system, session.id)).toBeNull();
    expect(await devices.isKnown(tenant.id, user.id, 'd1')).toBe(false);
    expect(await oneTimeCodes.take(tenant.id, 'test', code)).toBeNull();
    expect((await typesOf(user.id)).slice(2)).toEqual(['session.revoked', 'user.sessions_reset', 'user.deleted']);
  });

  it('is undone as a whole when one part fails', async () => {
    const user = await world.newUser(tenant);
    const { session } = await world.signedIn(tenant, user.id);
    const failing = world.db.transaction(async () => {
      await world.services.endAccess.setEnabled(system, user.id, false);
      throw new Error('too late');
    });
    await expect(failing).rejects.toThrow('too late');
    expect((await world.stores.userStore.findById(tenant.id, user.id))?.enabled).toBe(true);
    expect(await world.services.sessions.find(system, session.id)).not.toBeNull();
    expect(await typesOf(user.id)).toEqual(['session.started']);
  });

  it('resets sessions and forgets devices, but for the device that is kept', async () => {
    const user = await world.newUser(tenant);
    const { devices, endAccess, sessions } = world.services;
    for (const deviceId of ['kept', 'lost']) await devices.seen(system, { userId: user.id, deviceId });
    const kept = await world.signedIn(tenant, user.id, { deviceId: 'kept' });
    await world.signedIn(tenant, user.id, { deviceId: 'lost' });
    const { ended } = await endAccess.resetSessions(system, user.id, { exceptDeviceId: 'kept' });
    expect(ended.map(({ deviceId }) => deviceId)).toEqual(['lost']);
    expect(await sessions.find(system, kept.session.id)).not.toBeNull();
    expect((await devices.list(system, user.id)).map(({ id }) => id)).toEqual(['kept']);
    expect((await typesOf(user.id)).slice(4)).toEqual(['session.revoked', 'user.sessions_reset', 'device.removed']);
    await expect(endAccess.resetSessions(system, 'nobody')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });
});

describe('devices', () => {
  it('are recorded by an event at the first sign-in on one', async () => {
    const user = await world.newUser(tenant);
    const { devices } = world.services;
    expect(await devices.seen(system, { userId: user.id, deviceId: 'd' })).toBe(true);
    world.clock.advance(5);
    expect(await devices.seen(system, { userId: user.id, deviceId: 'd' })).toBe(false);
    expect((await devices.list(system, user.id))[0]?.lastUsedAt).toEqual(world.clock.now());
    expect(await typesOf(user.id)).toEqual(['device.seen']);
    await expect(devices.seen(system, { userId: 'nobody', deviceId: 'd' })).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
    });
  });

  it('are at most a hundred; the least recently used one is deleted', async () => {
    const user = await world.newUser(tenant);
    const { devices } = world.services;
    for (let i = 0; i <= 100; i++) {
      world.clock.advance(1);
      await devices.seen(system, { userId: user.id, deviceId: `d${i}` });
    }
    expect(await devices.list(system, user.id)).toHaveLength(100);
    expect(await devices.isKnown(tenant.id, user.id, 'd0')).toBe(false);
  });

  it('are deleted once, by callers who may', async () => {
    const [user, other] = [await world.newUser(tenant), await world.newUser(tenant)];
    const { devices } = world.services;
    await devices.seen(system, { userId: user.id, deviceId: 'd' });
    const self = new Authority(world.user(tenant, other.id, 'device:delete:self'), tenant, 'self');
    await expect(devices.remove(self, user.id, 'd')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(devices.list(self, user.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await devices.remove(system, user.id, 'd');
    for (const id of ['d', 'a\0b', '', 'x'.repeat(500)]) {
      await expect(devices.remove(system, user.id, id)).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
    }
    expect(await typesOf(user.id)).toEqual(['device.seen', 'device.removed']);
  });
});

describe('a one-time code', () => {
  const kind = 'test';
  const soon = () => addSeconds(world.clock.now(), 60);

  it('works once, for its kind and tenant only, and not after its time', async () => {
    const { oneTimeCodes } = world.stores;
    const other = await world.tenant();
    const code = await oneTimeCodes.put(tenant, { kind, payload: { next: '/x' }, expiresAt: soon() });
    expect(await oneTimeCodes.take(other.id, kind, code)).toBeNull();
    expect(await oneTimeCodes.take(tenant.id, 'other', code)).toBeNull();
    expect(await oneTimeCodes.find(other.id, kind, code)).toBeNull();
    expect((await oneTimeCodes.find(tenant.id, kind, code))?.payload).toEqual({ next: '/x' });
    expect((await oneTimeCodes.take(tenant.id, kind, code))?.payload).toEqual({ next: '/x' });
    expect(await oneTimeCodes.take(tenant.id, kind, code)).toBeNull();
    const late = await oneTimeCodes.put(tenant, { kind, expiresAt: soon() });
    world.clock.advance(60);
    expect(await oneTimeCodes.find(tenant.id, kind, late)).toBeNull();
    expect(await oneTimeCodes.take(tenant.id, kind, late)).toBeNull();
  });

  it('goes to one of those who bring it at once', async () => {
    const { oneTimeCodes } = world.stores;
    const code = await oneTimeCodes.put(tenant, { kind, expiresAt: soon() });
    const taken = await Promise.all(Array.from({ length: 5 }, () => oneTimeCodes.take(tenant.id, kind, code)));
    expect(taken.filter((row) => row !== null)).toHaveLength(1);
  });

  it('may have a given form, and counts wrong answers', async () => {
    const { oneTimeCodes } = world.stores;
    const state = newId();
    expect(await oneTimeCodes.put(tenant, { kind, code: state, expiresAt: soon() })).toBe(state);
    expect(await oneTimeCodes.countAttempt(tenant.id, kind, state)).toBe(1);
    expect(await oneTimeCodes.countAttempt(tenant.id, kind, state)).toBe(2);
    expect(await oneTimeCodes.countAttempt(tenant.id, kind, 'none')).toBe(0);
  });

  it('can be withdrawn with all others of a user', async () => {
    const { oneTimeCodes } = world.stores;
    const user = await world.newUser(tenant);
    const code = await oneTimeCodes.put(tenant, { kind, userId: user.id, expiresAt: soon() });
    await oneTimeCodes.deleteOfUser(tenant.id, user.id, 'other');
    expect(await oneTimeCodes.find(tenant.id, kind, code)).not.toBeNull();
    await oneTimeCodes.deleteOfUser(tenant.id, user.id);
    expect(await oneTimeCodes.find(tenant.id, kind, code)).toBeNull();
  });
});

describe('expired rows', () => {
  it('are swept in batches, and living ones stay', async () => {
    const fresh = await World.open();
    const home = await fresh.tenant();
    const user = await fresh.newUser(home);
    const { oneTimeCodes, sessionStore } = fresh.stores;
    for (let i = 0; i < 3; i++) {
      await fresh.signedIn(home, user.id, { inBrowser: true });
      await oneTimeCodes.put(home, { kind: 'x', expiresAt: addSeconds(fresh.clock.now(), 60) });
    }
    expect(await fresh.sweep(100)).toBe(0);
    fresh.clock.advance(90_000);
    const living = await fresh.signedIn(home, user.id, { inBrowser: true });
    expect(await fresh.sweep(2)).toBe(4);
    expect(await fresh.sweep(2)).toBe(2);
    expect(await fresh.sweep(2)).toBe(0);
    expect((await sessionStore.findByCookie(home.id, hashHandle(living.cookie!)))?.id).toBe(living.session.id);
    await fresh.close();
  });
});
