import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SmtpTransport } from '../../../../src/delivery/index.ts';
import { newMailboxes } from '../../../support/mailbox.ts';
import { openSignIn, type SignInWorld, TestBrowser } from '../../../support/sign-in.ts';
import { TestSmtpServer } from '../../../support/smtp-server.ts';
import { World } from '../../../support/world.ts';

describe('the code that verifies an e-mail address', () => {
  let server: TestSmtpServer;
  let world: World;
  let setting: SignInWorld;
  beforeAll(async () => {
    server = await TestSmtpServer.start();
    const mail = new SmtpTransport({
      url: `smtp://id:p%40ss@127.0.0.1:${server.port}`,
      from: 'no-reply@id.example.com',
    });
    world = await World.open(undefined, { ...newMailboxes(), mail });
    setting = await openSignIn(world, { verifyEmail: true });
  });
  afterAll(async () => {
    await world.services.mailer.stop();
    await world.close();
    await server.close();
  });

  it('is read in a mail that a server received, and finishes the sign-in', async () => {
    const browser = new TestBrowser(world, setting.tenant);
    const handle = await browser.begin();
    await browser.password(handle, setting.user);
    await browser.submit('sendEmailCode', handle);
    await world.services.mailer.idle();
    expect(server.mails.map(({ to }) => to)).toEqual([['ann@example.com']]);
    const [, code] = /Your confirmation code: (\d{6})/.exec(server.mails[0]!.raw)!;
    const { data } = await browser.submit('submitEmailCode', handle, { code });
    expect(data.step).toMatchObject({ __typename: 'Finished' });
    expect((await browser.session())?.userId).toBe(setting.user.id);
    expect(await world.eventTypes(setting.tenant)).toEqual(
      expect.arrayContaining(['mail.sent', 'user.email_verified', 'session.started']),
    );
  });
});
