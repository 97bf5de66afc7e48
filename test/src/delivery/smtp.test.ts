import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Mail, PermanentDeliveryError, SmsGatewayTransport, SmtpTransport } from '../../../src/delivery/index.ts';
import { type CaughtMail, TestSmtpServer } from '../../support/smtp-server.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

let server: TestSmtpServer;
let transport: SmtpTransport;

beforeAll(async () => {
  server = await TestSmtpServer.start();
});
afterAll(() => server.close());
beforeEach(() => {
  server.mails.length = 0;
  transport = new SmtpTransport({ url: `smtp://id:p%40ss@127.0.0.1:${server.port}`, from: 'no-reply@id.example.com' });
});
afterEach(() => transport.close());

const mail = (over: Partial<Mail> = {}): Mail => ({
  to: 'ada@example.com',
  subject: 'Пароль изменён',
  text: 'Hello',
  locale: 'ru',
  purpose: 'test',
  behalf: {
    tenant: { id: '00000000-0000-4000-8000-000000000000' as Mail['behalf']['tenant']['id'] },
    actor: { kind: 'system', userId: null, clientId: null, clientAuth: null, sessionId: null, origin: TEST_ORIGIN },
    subjectId: null,
  },
  ...over,
});

describe('mail over SMTP', () => {
  it('arrives with subject, language and text', async () => {
    await transport.deliver(mail());
    const [{ from, to, raw }] = server.mails as [CaughtMail];
    expect([from, ...to]).toEqual(['no-reply@id.example.com', 'ada@example.com']);
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(raw).toMatch(/^Content-Language: ru\r$/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).toContain('Hello');
  });

  it('carries HTML beside the text where there is some', async () => {
    await transport.deliver(mail({ html: '<b>Hello</b>' }));
    expect(server.mails[0]!.raw).toMatch(/multipart\/alternative/);
    expect(server.mails[0]!.raw).toContain('<b>Hello</b>');
  });

  it('comes from the sender that the URL names', async () => {
    const url = `smtp://127.0.0.1:${server.port}?from=id@company.com`;
    const other = new SmtpTransport({ url, from: 'no-reply@id.example.com' });
    await other.deliver(mail());
    other.close();
    expect(server.mails[0]!.from).toBe('id@company.com');
  });

  it.each(['a@example.com, b@example.com', 'Ada <a@example.com>', 'a@example.com\r\nBcc: b@example.com', 'nobody', ''])(
    'goes to one plain mailbox: %j is refused',
    async (to) => {
      await expect(transport.deliver(mail({ to }))).rejects.toBeInstanceOf(PermanentDeliveryError);
      expect(server.mails).toEqual([]);
    },
  );

  it('has no headers that a subject brought along', async () => {
    await transport.deliver(mail({ subject: 'Hello\r\nBcc: b@example.com' }));
    expect(server.mails[0]!.to).toEqual(['ada@example.com']);
    expect(server.mails[0]!.raw).not.toMatch(/^Bcc:/m);
  });

  it('fails for good when the server says never, and for now when it says later (RFC 5321 section 4.2.1)', async () => {
    await expect(transport.deliver(mail({ to: 'nobody@example.com' }))).rejects.toBeInstanceOf(PermanentDeliveryError);
    const later = transport.deliver(mail({ to: 'full@example.com' }));
    await expect(later).rejects.toSatisfy((error) => !(error instanceof PermanentDeliveryError));
  });
});

describe('a mail server that falls silent', () => {
  it.each([
    ['before its greeting', ''],
    ['after its greeting', '220 mail.example.com ESMTP\r\n'],
  ])('is waited for a bounded time: %s', async (_case, greeting) => {
    const silent = createServer((socket) => socket.on('error', () => undefined).write(greeting)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const waiting = new SmtpTransport({
      url: `smtp://127.0.0.1:${port}`,
      from: 'no-reply@id.example.com',
      timeoutMs: 200,
    });
    await expect(waiting.deliver(mail())).rejects.toSatisfy((error) => !(error instanceof PermanentDeliveryError));
    waiting.close();
    silent.close();
  });
});

describe('text messages over SMTP', () => {
  const sms = (to: string) =>
    new SmsGatewayTransport(transport, 'sms.example.com').deliver({ ...mail(), to, text: 'Your code: 123456' });

  it('go to the mailbox that the gateway has for the number, with only the text', async () => {
    await sms('+7 999 000-11-22');
    const [{ to, raw }] = server.mails as [CaughtMail];
    expect(to).toEqual(['79990001122@sms.example.com']);
    expect(raw).not.toMatch(/^Subject: ./m);
    expect(raw.slice(raw.indexOf('\r\n\r\n')).trim()).toBe('Your code: 123456');
  });

  it.each(['', 'call me', '1234567890123456'])('go to numbers alone: %j is refused', async (to) => {
    await expect(sms(to)).rejects.toBeInstanceOf(PermanentDeliveryError);
    expect(server.mails).toEqual([]);
  });
});
