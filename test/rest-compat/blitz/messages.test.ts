import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTransports } from '../../../src/server/start/transports.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';

const NEW = 'four-wombats-at-dawn';

describe('Blitz: messages of its services are sent by SMTP', () => {
  let smtp: TestSmtpServer;
  const blitz = blitzOfSuite(async () => {
    smtp = await TestSmtpServer.start();
    const smtpUrl = `smtp://id:p%40ss@127.0.0.1:${smtp.port}?sms=sms.example.com`;
    return [undefined, createTransports({ smtpUrl, dataDir: null }, 'https://id.example.com', { info: () => {} })];
  });
  let system: string;
  beforeAll(async () => {
    system = await (await blitz.allPowerful()).app();
  });
  afterAll(async () => {
    await Promise.all([blitz.world.services.mailer.stop(), blitz.world.services.smsSender.stop()]);
    await smtp.close();
  });
  beforeEach(() => {
    smtp.mails.length = 0;
  });

  const ask = (method: string, path: string, body: unknown, token = system) =>
    blitz.rest.ask(method, path, { token, headers: { ...END_USER, 'accept-language': 'en' }, body });
  /** The mails of a mailbox, once no message is being sent. */
  const mailTo = async (mailbox: string) => {
    await blitz.world.outbox();
    const mail = smtp.mails.find(({ to }) => to.includes(mailbox));
    return mail === undefined ? null : mail.raw.slice(mail.raw.indexOf('\r\n\r\n')).trim();
  };

  it('registration (3, 4): codes to the mailbox and to the phone', async () => {
    const attrs = { email: { value: 'pavel@example.com' }, phone_number: { value: '79990001122' } };
    let { json } = await ask('PUT', '/blitz/reg/api/v3/users', { user: { attrs } });
    for (const [instruction, mailbox] of [
      ['confirm_email', 'pavel@example.com'],
      ['confirm_phone', '79990001122@sms.example.com'],
    ] as const) {
      const value = /\b\d{6}\b/.exec((await mailTo(mailbox))!)![0];
      ({ json } = await ask('POST', `/blitz/reg/api/v3/users/${json.context}`, { instruction, value }));
    }
    expect(json.instructions).toEqual([]);
    expect(smtp.mails.map(({ from }) => from)).toEqual(Array(2).fill('no-reply@id.example.com'));
  });

  it('password (23): the new one to a phone, and a notice without it to the mailbox', async () => {
    const { id } = await blitz.account({ email: 'anna@example.com', emailVerified: true, phone: '79990003344' });
    const answer = await ask('POST', `/blitz/api/v3/users/${id}/pswd`, { sendPswdToAttr: 'phone_number' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    const password = /\S{27}$/.exec((await mailTo('79990003344@sms.example.com'))!)![0];
    expect(await blitz.world.services.passwords.verify(blitz.tenant.id, id, password)).toBe(true);
    expect(await mailTo('anna@example.com')).toMatch(/password/i);
    expect(await mailTo('anna@example.com')).not.toContain(password);
  });

  it('password of a dependent account (47): a notice to the mailbox of that account', async () => {
    const parent = await blitz.account();
    const { id } = await blitz.account({ email: 'child@example.com', emailVerified: true });
    const right = { subject: parent.id, object: id, rights: ['change_password'] };
    await ask('PUT', '/blitz/api/v3/rights', right);
    const token = await (await blitz.allPowerful()).user(parent);
    const answer = await ask('POST', `/blitz/api/v2/users/${id}/password`, { password: NEW }, token);
    expect(answer.status).toBe(204);
    expect(await mailTo('child@example.com')).toMatch(/password/i);
  });
});
