import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { KnownTenant } from '../../../src/tenants/index.ts';
import type { User } from '../../../src/users/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

const EMAIL = 'ada@example.com';

describe('the confirmation of an e-mail address', () => {
  let world: World;
  let tenant: KnownTenant;
  let user: User;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = (await world.tenant()) as KnownTenant;
    user = await world.newUser(tenant, { username: 'ada', email: EMAIL });
  });

  const flow = () => world.services.emailConfirmations;
  const anybody = () => new Authority(world.app(tenant), tenant, 'self');
  const stored = async () => (await world.stores.userStore.findById(tenant.id, user.id))!;
  /** @returns The code, as the mail has it. */
  async function send(newEmail: string | null = null): Promise<string> {
    const wording = await flow().wordingFor(tenant);
    let code = '';
    const toAddress = (secret: string) => {
      code = secret;
      return `https://id.example.com/confirm?code=${secret}`;
    };
    await world.db.transaction(() => flow().send(anybody(), { user, newEmail, wording, toAddress }));
    return code;
  }
  const confirm = (code: string, at = tenant) => flow().confirm(new Authority(world.app(at), at, 'self'), at, code);
  const refusal = (code: string, at = tenant) => refusalOf(confirm(code, at));

  it('mails a link, whose code confirms the address once', async () => {
    const code = await send();
    const mail = (await world.outbox()).mails.at(-1)!;
    expect(mail).toMatchObject({ to: EMAIL, purpose: 'verification-link' });
    expect(mail.text).toContain(`https://id.example.com/confirm?code=${code}`);
    expect((await stored()).emailVerified).toBe(false);
    await confirm(code);
    expect((await stored()).emailVerified).toBe(true);
    expect(await world.eventTypes(tenant)).toContain('user.email_verified');
    expect(await refusal(code)).toBe('EMAIL_CONFIRMATION_INVALID');
  });

  it('ends after a day, and with the next code', async () => {
    const former = await send();
    const code = await send();
    expect(await refusal(former)).toBe('EMAIL_CONFIRMATION_INVALID');
    world.clock.advance(86_401);
    expect(await refusal(code)).toBe('EMAIL_CONFIRMATION_INVALID');
  });

  it('lets one of two simultaneous uses of a code pass', async () => {
    const code = await send('new@example.com');
    const outcomes = await Promise.all([refusal(code), refusal(code)]);
    expect(outcomes.sort()).toEqual(['EMAIL_CONFIRMATION_INVALID', null]);
  });

  it('refuses codes that are unknown, of another tenant, or of accounts that changed', async () => {
    const neighbour = (await world.tenant()) as KnownTenant;
    expect(await refusal('x')).toBe('EMAIL_CONFIRMATION_INVALID');
    expect(await refusal(await send(), neighbour)).toBe('EMAIL_CONFIRMATION_INVALID');
    const disabled = await send();
    await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
    expect(await refusal(disabled)).toBe('EMAIL_CONFIRMATION_INVALID');
    await world.services.endAccess.setEnabled(world.system(tenant), user.id, true);
    const code = await send();
    await world.services.users.update(world.system(tenant), user.id, { email: 'other@example.com' });
    expect(await refusal(code)).toBe('EMAIL_CONFIRMATION_INVALID');
    await world.services.users.update(world.system(tenant), user.id, { email: null });
    expect(await refusal(code)).toBe('EMAIL_CONFIRMATION_INVALID');
  });

  it('tells the former address of a change only if it was confirmed, and refuses an address that is taken by now', async () => {
    await confirm(await send('new@example.com'));
    expect(await stored()).toMatchObject({ email: 'new@example.com', emailVerified: true });
    expect((await world.outbox()).mails.some(({ purpose }) => purpose === 'email-changed')).toBe(false);
    user = await stored();
    const code = await send('taken@example.com');
    await world.newUser(tenant, { username: 'eve', email: 'taken@example.com' });
    expect(await refusal(code)).toBe('USER_EMAIL_TAKEN');
    expect((await stored()).email).toBe('new@example.com');
  });

  it('makes the new address the username where the tenant says so, unless somebody has that', async () => {
    tenant = (await world.tenant({ template: 'image', settings: { emailIsUsername: true } })) as KnownTenant;
    user = await world.newUser(tenant, { username: EMAIL, email: EMAIL });
    const code = await send('eve@example.com');
    await world.newUser(tenant, { username: 'eve@example.com', email: 'eve@example.com' });
    expect(await refusal(code)).toBe('USER_USERNAME_TAKEN');
    await confirm(await send('new@example.com'));
    expect((await stored()).username).toBe('new@example.com');
  });
});
