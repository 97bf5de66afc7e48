import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import type { BegunQrSignIn } from '../../../src/flows/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const FIND = `query ($code: String!) { qrSignIn(code: $code) {
  code clientId clientName ip userAgent { browser { name version } os { name version } device } expiresAt expiresInSeconds } }`;
const CONFIRM = 'mutation ($input: ConfirmQrSignInInput!) { confirmQrSignIn(input: $input) { code } }';
const REFUSE = 'mutation ($input: RefuseQrSignInInput!) { refuseQrSignIn(input: $input) { code } }';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const UNKNOWN = 'b8d1f2c4-0a47-4d0e-9f5b-6f0e1c2d3a4b';

describe('signing in by a QR code', () => {
  let world: World;
  let tenant: TenantRef;
  let anna: Caller;
  let begun: BegunQrSignIn;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    await world.newUser(tenant, { id: 'anna' });
    await world.newClient(tenant, { clientId: 'portal', name: 'Portal' });
    anna = world.user(tenant, 'anna', 'qr-sign-in:read:self', 'qr-sign-in:decide:self');
    begun = await begin();
  });
  afterAll(() => world.close());

  const begin = (userAgent: string | null = CHROME) =>
    world.services.qrSignIn.begin(tenant, { clientId: 'portal', origin: { ip: '198.51.100.20', userAgent } });
  const find = (code: string, caller = anna) => world.graphql(caller, FIND, { code });
  const confirm = (code: string, caller = anna) => world.graphql(caller, CONFIRM, { input: { code } });
  const refuse = (code: string, caller = anna) => world.graphql(caller, REFUSE, { input: { code } });
  const result = (ticket = begun.ticket) => world.services.qrSignIn.result(tenant, ticket);
  const decisions = async () => (await world.events(tenant)).filter(({ type }) => type.startsWith('qr_sign_in.'));

  it('begins with a UUID for the QR code and a ticket for the waiting browser', async () => {
    expect(begun.code).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(begun.expiresAt.getTime() - world.clock.now().getTime()).toBe(120_000);
    expect(await result()).toEqual({ outcome: 'pending' });
    expect(await result(begun.code)).toEqual({ outcome: 'expired' });
  });

  it('shows the application, browser and address that want to sign in', async () => {
    const { data, errors } = await find(begun.code);
    expect(errors).toEqual([]);
    expect(data.qrSignIn).toEqual({
      code: begun.code,
      clientId: 'portal',
      clientName: 'Portal',
      ip: '198.51.100.20',
      userAgent: {
        browser: { name: 'Chrome', version: '126.0.0.0' },
        os: { name: 'Windows', version: '10' },
        device: null,
      },
      expiresAt: begun.expiresAt.toISOString(),
      expiresInSeconds: 120,
    });
  });

  it('accepts a code in capitals, and a browser with an unknown User-Agent', async () => {
    const odd = await begin('\0\ud800');
    expect((await find(odd.code.toUpperCase())).data.qrSignIn.userAgent.browser.name).toBeNull();
    const silent = await begin(null);
    expect((await confirm(silent.code.toUpperCase())).errors).toEqual([]);
    expect(await result(silent.ticket)).toEqual({ outcome: 'confirmed', userId: 'anna' });
  });

  it('signs the browser in as the user who confirms, once', async () => {
    expect((await confirm(begun.code)).data.confirmQrSignIn).toEqual({ code: begun.code });
    expect(await result()).toEqual({ outcome: 'confirmed', userId: 'anna' });
    expect(await world.services.qrSignIn.take(tenant, begun.ticket)).toEqual({ outcome: 'confirmed', userId: 'anna' });
    expect(await world.services.qrSignIn.take(tenant, begun.ticket)).toEqual({ outcome: 'expired' });
    expect(await decisions()).toMatchObject([
      { type: 'qr_sign_in.confirmed', subject_id: 'anna', params: { appId: 'portal', ip: '198.51.100.20' } },
    ]);
  });

  it('does not sign the browser in when the user refuses', async () => {
    expect((await refuse(begun.code)).data.refuseQrSignIn).toEqual({ code: begun.code });
    expect(await world.services.qrSignIn.take(tenant, begun.ticket)).toEqual({ outcome: 'refused' });
    expect(await decisions()).toMatchObject([{ type: 'qr_sign_in.refused', subject_id: 'anna' }]);
  });

  it('is decided once, by the first decision', async () => {
    await refuse(begun.code);
    for (const again of [await confirm(begun.code), await refuse(begun.code), await find(begun.code)])
      expect(again.code).toBe('QR_CODE_USED');
    expect(await result()).toEqual({ outcome: 'refused' });
    const second = await begin();
    const codes = (await Promise.all([confirm(second.code), refuse(second.code)])).map(({ code }) => code);
    expect(codes.filter((code) => code === 'QR_CODE_USED')).toHaveLength(1);
    expect(await decisions()).toHaveLength(2);
  });

  it('expires (check 45)', async () => {
    world.clock.advance(119);
    expect((await find(begun.code)).data.qrSignIn.expiresInSeconds).toBe(1);
    world.clock.advance(1);
    for (const late of [await find(begun.code), await confirm(begun.code), await refuse(begun.code)])
      expect(late.code).toBe('QR_CODE_NOT_FOUND');
    expect(await result()).toEqual({ outcome: 'expired' });
  });

  it('keeps a result for a minute, however late it was decided', async () => {
    world.clock.advance(119);
    await confirm(begun.code);
    world.clock.advance(59);
    expect(await result()).toMatchObject({ outcome: 'confirmed' });
    world.clock.advance(1);
    expect(await result()).toEqual({ outcome: 'expired' });
  });

  it.each([UNKNOWN, '', 'no-uuid', 'x'.repeat(10_000)])('does not find a code that was not begun', async (code) => {
    for (const none of [await find(code), await confirm(code), await refuse(code)])
      expect(none.code).toBe('QR_CODE_NOT_FOUND');
  });

  it('does not find a code that the database cannot store', async () => {
    for (const none of [await find('\0'), await confirm('\0'), await refuse('\0')])
      expect(none.code).toBe('INVALID_INPUT');
  });

  it('is decided only by users of the tenant in which it was begun', async () => {
    const app = world.app(tenant, 'qr-sign-in:read', 'qr-sign-in:decide');
    for (const refused of [await find(begun.code, app), await confirm(begun.code, app), await refuse(begun.code, app)])
      expect(refused.code).toBe('FORBIDDEN');
    const other = await world.tenant();
    await world.newUser(other, { id: 'anna' });
    const neighbour = world.user(other, 'anna', 'qr-sign-in:read:self', 'qr-sign-in:decide:self');
    expect((await confirm(begun.code, neighbour)).code).toBe('QR_CODE_NOT_FOUND');
    const master = (await world.services.directory.byName('master')) ?? (await world.tenant({ name: 'master' }));
    const everywhere = world.user(master, 'anna', 'qr-sign-in:decide:all');
    const input = { tenant: tenant.name, code: begun.code };
    expect((await world.graphql(everywhere, CONFIRM, { input })).code).toBe('FORBIDDEN');
    expect(await result()).toEqual({ outcome: 'pending' });
  });

  it('requires one permission to read and another to decide', async () => {
    const reader = world.user(tenant, 'anna', 'qr-sign-in:read:self');
    expect((await find(begun.code, reader)).errors).toEqual([]);
    expect((await confirm(begun.code, reader)).code).toBe('FORBIDDEN');
    expect((await refuse(begun.code, reader)).code).toBe('FORBIDDEN');
    const decider = world.user(tenant, 'anna', 'qr-sign-in:decide:self');
    expect((await find(begun.code, decider)).code).toBe('FORBIDDEN');
  });

  it('stores neither code nor ticket in the database', async () => {
    await confirm(begun.code);
    const rows = await world.db.orm.em
      .fork()
      .getConnection()
      .execute('select * from one_time_codes where tenant_id = ?', [tenant.id]);
    const text = JSON.stringify(rows);
    expect(rows).toHaveLength(2);
    expect(text).not.toContain(begun.code);
    expect(text).not.toContain(begun.ticket);
  });
});
