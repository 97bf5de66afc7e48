import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';

const answer = (message: string, status = 'OK', subSystem = 5) => ({ message, status, subSystem });
const refused = (message: string, subSystem = 5) => [400, answer(message, 'BAD_REQUEST', subSystem)];
const SENT = [200, answer('Mail Sent Successfully to the user')];
const FAILED = refused('Failed to send mail');
const SET = [200, answer('Successfully updated SMTP Details.', 'OK', 1)];
const NOT_SET = refused('Host and From is mandatory to update Email Configuration.', 1);
const NO_TYPE = refused('Mail type or text body is required.');

const LINKS = {
  portalUrl: 'https://pier.example/start',
  androidLink: 'https://apps.example/android?id=pier',
  iosLink: 'http://127.0.0.1:7000/ios',
};

describe('KOBIL: mail', () => {
  const kobil = kobilOfSuite();
  let server: TestSmtpServer;
  let token: string;
  let admin: User;
  let own: string;
  let user: User;
  let count = 0;
  beforeAll(async () => {
    server = await TestSmtpServer.start();
    token = kobil.token(kobil.acme, 'mail:send', 'setting:write', 'tenant:read', 'user:read', 'role:read');
    admin = await kobil.world.newUser(kobil.acme, { email: 'boss@acme.example' });
    own = kobil.userToken(kobil.acme, admin.id, 'mail:send');
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    server.clear();
    user = await kobil.world.newUser(kobil.acme, { username: `mia${++count}`, email: `mia${count}@sea.example` });
    await setServer({ host: '127.0.0.1', port: server.port, from: 'id@acme.example' });
  });

  const setServer = (mailServer: object | null) =>
    kobil.world.services.tenants.updateSettings(kobil.world.system(kobil.acme), {
      mailServer: mailServer === null ? null : { password: null, ...mailServer },
    } as never);
  const post = (path: string, body: unknown, as = token) =>
    kobil.ask('POST', `/realms/acme/mail/${path}`, { token: as, body });
  /** The mail that was received last, its text decoded. */
  const received = () => {
    const { from, to, raw } = server.mails.at(-1)!;
    const [head, ...rest] = raw.split('\r\n\r\n');
    const isQuoted = /quoted-printable/i.test(head!);
    const body = rest.join('\r\n\r\n').trim();
    const unquoted = body
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    const text = isQuoted ? Buffer.from(unquoted, 'latin1').toString('utf8') : body;
    return { from, to, head: head!, text: text.replaceAll('\r\n', '\n') };
  };

  describe('to a user (34)', () => {
    it('goes out in the language of the user, with what was sent', async () => {
      await kobil.world.services.users.update(kobil.world.system(kobil.acme), user.id, { locale: 'de' });
      const body = { mailType: 'WELCOME', ...LINKS, appName: 'Pier 9', supportEmail: 'desk@pier.example', more: [] };
      expect(await post(user.username.toUpperCase(), body)).toEqual(SENT);
      const { from, to, head, text } = received();
      expect([from, to]).toEqual(['id@acme.example', [user.email]]);
      expect(head).toMatch(/^Subject: Willkommen bei Pier 9\r?$/m);
      expect(text).toBe(
        'Willkommen bei Pier 9. Ihr Konto ist eingerichtet.\n\n' +
          `Portal: ${LINKS.portalUrl}\nApp für Android: ${LINKS.androidLink}\nApp für iOS: ${LINKS.iosLink}\n\n` +
          'Fragen: desk@pier.example',
      );
    });

    it.each([
      ['FORGOT_PASSWORD', 'Your password for acme', 'You can choose a new password for acme where you sign in.'],
      ['VERIFY_EMAIL', 'Confirm your e-mail address for acme', 'Please confirm this e-mail address: sign in to acme'],
      ['TEST', 'Test mail of acme', 'The mail server of acme works'],
    ])('%s names the tenant, and leaves out what was not sent', async (mailType, subject, text) => {
      expect(await post(user.id, { mailType, portalUrl: null })).toEqual(SENT);
      const mail = received();
      expect(mail.head).toContain(`Subject: ${subject}`);
      expect(mail.text).toContain(text);
      expect(mail.text).not.toMatch(/Portal|Android|iOS|Questions|\{|\n\n\n/);
    });

    it('is recorded with its purpose, without its text', async () => {
      await post(user.id, { mailType: 'TEST' });
      const event = (await kobil.world.events(kobil.acme)).filter(({ type }) => type === 'mail.sent').at(-1);
      expect(event).toMatchObject({ subject_id: user.id, params: { purpose: 'test-mail', to: user.email } });
    });

    it('VERIFY_EMAIL sends nothing to an address that is verified', async () => {
      const { id } = await kobil.world.newUser(kobil.acme, { email: 'sure@sea.example', emailVerified: true });
      expect(await post(id, { mailType: 'VERIFY_EMAIL' })).toEqual([200, answer('Email already verified')]);
      expect(server.mails).toEqual([]);
    });

    it('needs the links of a welcome: the first that is missing decides', async () => {
      const welcome = (body: object) => post(user.id, { mailType: 'WELCOME', ...body });
      expect(await welcome({})).toEqual(refused('Portal url is missing'));
      expect(await welcome({ ...LINKS, portalUrl: '' })).toEqual(refused('Portal url is missing'));
      expect(await welcome({ portalUrl: LINKS.portalUrl })).toEqual(refused('Android Link is missing'));
      expect(await welcome({ ...LINKS, iosLink: null })).toEqual(refused('Ios Link is missing'));
      expect(server.mails).toEqual([]);
    });

    it.each([
      'http://pier.example',
      'javascript:alert(1)',
      'market://details?id=pier',
      'pier.example',
      'https://u:p@pier.example',
      'https://pier.example/\nBcc: x',
      `https://pier.example/${'x'.repeat(2000)}`,
      'http://127.0.0.1.pier.example',
    ])('has no link but https and loopback ones: %j', async (androidLink) => {
      const text = refused('Android Link is missing');
      expect(await post(user.id, { mailType: 'TEST', androidLink })).toEqual(text);
      expect(await post(user.id, { mailType: 'WELCOME', ...LINKS, androidLink })).toEqual(text);
      expect(server.mails).toEqual([]);
    });

    it('has a type and texts', async () => {
      for (const body of [
        {},
        undefined,
        [],
        { mailType: 'welcome' },
        { mailType: null },
        { mailType: 'TEST', appName: 7 },
        { mailType: 'TEST', iosLink: 7 },
        { mailType: 'TEST', appName: 'x'.repeat(256) },
        { mailType: 'TEST', appName: 'Pier\nBcc: thief@evil.example' },
        { mailType: 'TEST', supportEmail: 'desk@pier.example, thief@evil.example' },
        { mailType: 'TEST', supportEmail: `${'x'.repeat(255)}@pier.example` },
      ])
        expect(await post(user.id, body)).toEqual(NO_TYPE);
      expect(server.mails).toEqual([]);
    });

    it('cannot be sent to a user without an address, nor past the mail server', async () => {
      const { id } = await kobil.world.newUser(kobil.acme, { email: null });
      expect(await post(id, { mailType: 'TEST' })).toEqual(FAILED);
      for (const email of ['full@sea.example', 'nobody@sea.example']) {
        const { id: to } = await kobil.world.newUser(kobil.acme, { email });
        expect(await post(to, { mailType: 'TEST' })).toEqual(FAILED);
      }
      await setServer({ host: '127.0.0.1', port: 1, from: 'id@acme.example' });
      expect(await post(user.id, { mailType: 'TEST' })).toEqual(FAILED);
      const failed = (await kobil.world.events(kobil.acme)).filter(({ type }) => type === 'mail.failed');
      expect(failed.map(({ reason }) => reason).slice(-3)).toEqual(['unreachable', 'refused', 'refused']);
    });

    it('never goes by the server of the service, which would send texts of tenants to anybody', async () => {
      const { mails: before } = await kobil.world.outbox();
      await setServer(null);
      expect(await post(user.id, { mailType: 'TEST' })).toEqual(FAILED);
      const { mails } = await kobil.world.outbox();
      expect([mails.length, server.mails.length]).toEqual([before.length, 0]);
    });

    it('refuses an unknown user, one of another tenant, and callers without the permission', async () => {
      const theirs = await kobil.world.newUser(kobil.master, { email: 'them@master.example' });
      for (const name of ['nobody-here', '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', 'a~b~c', theirs.id, theirs.username])
        expect(await post(name, { mailType: 'TEST' })).toEqual([404, answer('User does not exist', 'USER_NOT_FOUND')]);
      const reader = kobil.token(kobil.acme, 'user:read');
      expect((await post(user.id, { mailType: 'TEST' }, reader))[0]).toBe(403);
    });
  });

  describe('setup of the server (35)', () => {
    const shown = async () => {
      const [, json] = await kobil.ask('GET', '/realms/acme/v4_realm/acme', { token });
      return json.data.smtpServer;
    };
    const SETUP = {
      host: 'mail.pier.example',
      from: 'id@pier.example',
      fromDisplayName: 'Pier 9',
      replyTo: 'desk@pier.example',
      replyToDisplayName: 'Desk',
      envelopeFrom: 'bounce@pier.example',
      port: '2525',
      ssl: 'true',
      starttls: 'false',
      user: 'pier',
      password: 'Low tide 7',
    };

    it('is read back with its types, the password hidden, on all paths', async () => {
      const expected = { ...SETUP, port: 2525, ssl: true, starttls: false, auth: true, password: '**********' };
      expect(await post('setup', SETUP)).toEqual(SET);
      expect(await shown()).toEqual(expected);
      expect(await kobil.ask('POST', '/auth/realms/acme/mail/setup', { token, body: { ...SETUP, port: 465 } })).toEqual(
        SET,
      );
      expect(await shown()).toEqual({ ...expected, port: 465 });
      const headers = { host: 'acme.id.example.com' };
      expect(await kobil.ask('POST', '/digitanium/v4/mail/config', { token, headers, body: SETUP })).toEqual(SET);
      expect(await shown()).toEqual(expected);
    });

    it('keeps the password where it is not sent, or sent back hidden, and drops it without a user', async () => {
      await post('setup', SETUP);
      const { password: _, ...rest } = SETUP;
      expect(await post('setup', { ...rest, from: 'no-reply@pier.example' })).toEqual(SET);
      expect(await shown()).toMatchObject({ from: 'no-reply@pier.example', password: '**********' });
      expect(await post('setup', { ...SETUP, password: '**********', ssl: true })).toEqual(SET);
      expect(await shown()).toMatchObject({ password: '**********' });
      expect(await post('setup', { ...rest, host: 'mail.thief.example' })).toEqual(NOT_SET);
      expect(await shown()).toMatchObject({ host: 'mail.pier.example' });
      expect(await post('setup', { ...rest, password: '' })).toEqual(SET);
      expect(await shown()).not.toHaveProperty('password');
      expect(await post('setup', { host: 'mail.pier.example', from: 'id@pier.example', user: '' })).toEqual(SET);
      expect(await shown()).toEqual({
        host: 'mail.pier.example',
        from: 'id@pier.example',
        port: null,
        fromDisplayName: null,
        replyTo: null,
        replyToDisplayName: null,
        envelopeFrom: null,
        ssl: false,
        starttls: false,
        auth: false,
        user: null,
      });
    });

    it.each<[string, unknown]>([
      ['no host', { from: 'id@pier.example' }],
      ['an empty host', { ...SETUP, host: ' ' }],
      ['no sender', { host: 'mail.pier.example' }],
      ['null', { host: null, from: null }],
      ['a host that is none', { ...SETUP, host: 'mail.pier.example/x' }],
      ['a port that is none', { ...SETUP, port: 'smtp' }],
      ['a port that is too large', { ...SETUP, port: 65_536 }],
      ['a flag that is none', { ...SETUP, ssl: 'yes' }],
      ['a control character', { ...SETUP, from: 'id@pier.example\r\nBcc: x' }],
      ['a list', []],
      ['nothing', undefined],
    ])('refuses %s, and changes nothing', async (_, body) => {
      const before = await shown();
      expect(await post('setup', body)).toEqual(NOT_SET);
      expect(await shown()).toEqual(before);
    });
  });

  describe('test of the server (36)', () => {
    const TEST = { mailType: 'TEST' };

    it('sends a mail to the address of the caller, with the senders of the tenant', async () => {
      await post('setup', {
        host: 'localhost',
        port: server.port,
        from: 'id@pier.example',
        fromDisplayName: 'Pier 9',
        replyTo: 'desk@pier.example',
        user: 'id',
        password: 'p@ss',
      });
      expect(await post('test', TEST, own)).toEqual(SENT);
      const { to, head } = received();
      expect(to).toEqual(['boss@acme.example']);
      expect(head).toMatch(/^From: Pier 9 <id@pier\.example>\r?$/m);
      expect(head).toMatch(/^Reply-To: desk@pier\.example\r?$/m);
      expect(server.users).toEqual(['id']);
      const headers = { host: 'acme.id.example.com' };
      expect(await kobil.ask('POST', '/digitanium/v4/mail/test', { token: own, headers, body: TEST })).toEqual(SENT);
      expect(await kobil.ask('POST', '/auth/realms/acme/mail/test', { token: own, body: TEST })).toEqual(SENT);
      expect(server.mails).toHaveLength(3);
    });

    it('sends to the address that a caller of another tenant has there', async () => {
      const { id } = await kobil.world.newUser(kobil.master, { email: 'root@master.example' });
      expect(await post('test', TEST, kobil.userToken(kobil.master, id, 'mail:send:all'))).toEqual(SENT);
      expect(received().to).toEqual(['root@master.example']);
    });

    it('needs an address, a server, and one that takes the mail', async () => {
      expect(await post('test', TEST)).toEqual(FAILED);
      const { id } = await kobil.world.newUser(kobil.acme, { email: null });
      expect(await post('test', TEST, kobil.userToken(kobil.acme, id, 'mail:send'))).toEqual(FAILED);
      const gone = kobil.userToken(kobil.acme, '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', 'mail:send');
      expect(await post('test', TEST, gone)).toEqual(FAILED);
      await setServer({ host: '127.0.0.1', port: server.port, from: 'id@acme.example', user: 'id', password: 'wrong' });
      expect(await post('test', TEST, own)).toEqual(FAILED);
      await setServer({ host: '127.0.0.1', port: 22, from: 'id@acme.example' });
      expect(await post('test', TEST, own)).toEqual(FAILED);
      await setServer(null);
      expect(await post('test', TEST, own)).toEqual(FAILED);
      expect(server.mails).toEqual([]);
    });

    it('gives a silent server up', async () => {
      const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      await setServer({ host: '127.0.0.1', port: (silent.address() as AddressInfo).port, from: 'id@acme.example' });
      const begun = performance.now();
      expect(await post('test', TEST, own)).toEqual(FAILED);
      expect(performance.now() - begun).toBeLessThan(10_000);
      silent.close();
    });

    it('refuses a body of any other kind', async () => {
      for (const body of [{}, { mailType: 'WELCOME' }, { mailType: ['TEST'] }, [], undefined])
        expect(await post('test', body, own)).toEqual(refused('Mandatory data is missing'));
      expect(server.mails).toEqual([]);
    });
  });
});
