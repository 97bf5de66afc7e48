import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Mail, PermanentDeliveryError, SmtpTransport } from '../../../src/delivery/index.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

interface Caught {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

let server: SMTPServer;
let port: number;
let caught: Caught[];
let transport: SmtpTransport;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'id' && password === 'p@ss' ? done(null, { user: 'id' }) : done(new Error('no')),
    onRcptTo: ({ address }, _session, done) => {
      if (!/^(full|nobody)@/.test(address)) return done();
      done(Object.assign(new Error('no'), { responseCode: address.startsWith('full') ? 452 : 550 }));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        caught.push({ from, to: rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString('utf8') });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(() => {
  caught = [];
  transport = new SmtpTransport({ url: `smtp://id:p%40ss@127.0.0.1:${port}`, from: 'no-reply@id.example.com' });
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
    const [{ from, to, raw }] = caught as [Caught];
    expect([from, ...to]).toEqual(['no-reply@id.example.com', 'ada@example.com']);
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(raw).toMatch(/^Content-Language: ru\r$/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).toContain('Hello');
  });

  it('carries HTML beside the text where there is some', async () => {
    await transport.deliver(mail({ html: '<b>Hello</b>' }));
    expect(caught[0]!.raw).toMatch(/multipart\/alternative/);
    expect(caught[0]!.raw).toContain('<b>Hello</b>');
  });

  it('comes from the sender that the URL names', async () => {
    const url = `smtp://127.0.0.1:${port}?from=id@company.com`;
    const other = new SmtpTransport({ url, from: 'no-reply@id.example.com' });
    await other.deliver(mail());
    other.close();
    expect(caught[0]!.from).toBe('id@company.com');
  });

  it.each(['a@example.com, b@example.com', 'Ada <a@example.com>', 'a@example.com\r\nBcc: b@example.com', 'nobody', ''])(
    'goes to one plain mailbox: %j is refused',
    async (to) => {
      await expect(transport.deliver(mail({ to }))).rejects.toBeInstanceOf(PermanentDeliveryError);
      expect(caught).toEqual([]);
    },
  );

  it('has no headers that a subject brought along', async () => {
    await transport.deliver(mail({ subject: 'Hello\r\nBcc: b@example.com' }));
    expect(caught[0]!.to).toEqual(['ada@example.com']);
    expect(caught[0]!.raw).not.toMatch(/^Bcc:/m);
  });

  it('fails for good when the server says never, and for now when it says later (RFC 5321 section 4.2.1)', async () => {
    await expect(transport.deliver(mail({ to: 'nobody@example.com' }))).rejects.toBeInstanceOf(PermanentDeliveryError);
    const later = transport.deliver(mail({ to: 'full@example.com' }));
    await expect(later).rejects.toSatisfy((error) => !(error instanceof PermanentDeliveryError));
  });
});
