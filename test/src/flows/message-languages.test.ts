import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openSignIn, TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

describe('the language of messages', () => {
  let world: World;
  let german: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    german = await world.tenant({ settings: { locales: ['de_AT', 'ru'] } });
  });
  afterAll(() => world.close());

  let count = 0;
  /** The language in which a user with this locale is notified of a new password. */
  const noticeTo = async (tenant: TenantRef, locale: string | null, languages?: string) => {
    const email = `ada${++count}@example.com`;
    const { id } = await world.newUser(tenant, { locale, email, emailVerified: true });
    const authority = new Authority(world.app(tenant, 'password:set'), tenant, 'tenant');
    await world.services.passwordFlow.replace(authority, {
      userId: id,
      newPassword: 'four-wombats-at-dawn',
      languages,
    });
    const { mails } = await world.outbox();
    return mails.find(({ to }) => to === email)!;
  };

  it('is that of the user, else the first of the tenant, else English', async () => {
    const plain = await world.tenant();
    const french = await world.tenant({ settings: { locales: ['fr', 'de'] } });
    expect(await noticeTo(german, 'ru-RU')).toMatchObject({ locale: 'ru', subject: 'Пароль изменён' });
    expect(await noticeTo(german, null)).toMatchObject({ locale: 'de', subject: 'Ihr Passwort wurde geändert' });
    expect(await noticeTo(german, 'fr')).toMatchObject({ locale: 'de' });
    expect(await noticeTo(french, null)).toMatchObject({ locale: 'en', subject: 'Your password was changed' });
    expect(await noticeTo(plain, null)).toMatchObject({ locale: 'en' });
  });

  it('is first of all that which the request asks for', async () => {
    expect(await noticeTo(german, 'ru', 'en-GB, de;q=0.5')).toMatchObject({ locale: 'en' });
    expect(await noticeTo(german, 'ru', 'fr')).toMatchObject({ locale: 'ru' });
  });

  it('is that of the tenant for codes of a sign-up, to mailbox and phone, and when they are sent again', async () => {
    const account = { email: 'pia@example.com', phone: '+4366412345' };
    const { context } = await world.services.signUp.signUp(world.system(german), account as never);
    await world.services.signUp.resend(world.system(german), { context, step: 'confirm-email' });
    const { mails, texts } = await world.outbox();
    const sent = mails.filter(({ to }) => to === 'pia@example.com');
    expect(sent.map(({ text }) => text)).toEqual(
      Array(2).fill(expect.stringMatching(/^Ihr Bestätigungscode: \d{6}\n/)),
    );
    expect(texts.map(({ text }) => text)).toEqual([expect.stringMatching(/^Ihr Bestätigungscode: \d{6}$/)]);
  });

  it('is that of the tenant for the code of a sign-in', async () => {
    const setting = await openSignIn(world, { verifyEmail: true, locales: ['ru'] });
    const browser = new TestBrowser(world, setting.tenant);
    const handle = await browser.begin();
    await browser.password(handle, setting.user);
    await browser.submit('sendEmailCode', handle);
    const { mails } = await world.outbox();
    expect(mails.at(-1)).toMatchObject({ locale: 'ru', text: expect.stringMatching(/^Код подтверждения: \d{6}\n/) });
  });
});
