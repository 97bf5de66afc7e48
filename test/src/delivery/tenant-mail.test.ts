import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Mail,
  type MailServer,
  PermanentDeliveryError,
  SilentServerError,
  TenantMailTransport,
} from '../../../src/delivery/index.ts';
import { portOf } from '../../../src/delivery/mail-port.ts';
import { LOOPBACK_NETWORKS } from '../../../src/kernel/index.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { Mailbox } from '../../support/mailbox.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const TENANT = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11' as Mail['behalf']['tenant']['id'];
const actor = { kind: 'system', userId: null, clientId: null, clientAuth: null, sessionId: null, origin: TEST_ORIGIN };
const mail = (over: Partial<Mail> = {}): Mail => ({
  to: 'ada@example.com',
  subject: 'Hallo',
  text: 'Guten Tag',
  locale: 'de',
  purpose: 'test',
  behalf: { tenant: { id: TENANT }, actor, subjectId: null },
  ...over,
});

const SERVER: MailServer = {
  host: '127.0.0.1',
  port: null,
  isTls: false,
  isStartTls: false,
  user: null,
  password: null,
  from: 'id@harbour.example',
  fromName: null,
  replyTo: null,
  replyToName: null,
  envelopeFrom: null,
};

/** A transport of a tenant with this server; servers on this machine may be reached. */
function transportTo(
  server: Partial<MailServer> | null,
  over: Partial<ConstructorParameters<typeof TenantMailTransport>[0]> = {},
): TenantMailTransport {
  return new TenantMailTransport({
    otherwise: new Mailbox<Mail>(),
    serverOf: async () => (server === null ? null : { ...SERVER, ...server }),
    privateHosts: { names: [], networks: LOOPBACK_NETWORKS },
    ...over,
  });
}
const deliver = (server: Partial<MailServer>, message = mail()) => transportTo(server).deliver(message);
const refusal = (delivery: Promise<void>): Promise<Error> =>
  delivery.then(
    () => expect.unreachable(),
    (error) => error,
  );

describe('mails of a tenant with a server', () => {
  let server: TestSmtpServer;
  let port: number;
  beforeAll(async () => {
    server = await TestSmtpServer.start();
    port = server.port;
  });
  afterAll(() => server.close());
  beforeEach(() => server.clear());

  it('arrive with the senders that the tenant has set', async () => {
    const names = { fromName: 'Harbour "office"', replyToName: 'Pier' };
    const senders = { replyTo: 'desk@harbour.example', envelopeFrom: 'bounce@harbour.example', ...names };
    await deliver({ port, host: 'localhost', user: 'id', password: 'p@ss', ...senders });
    expect(server.users).toEqual(['id']);
    const { from, to, raw } = server.mails[0]!;
    expect([from, to]).toEqual(['bounce@harbour.example', ['ada@example.com']]);
    expect(raw).toMatch(/^From: "Harbour \\"office\\"" <id@harbour\.example>\r$/m);
    expect(raw).toMatch(/^Reply-To: Pier <desk@harbour\.example>\r$/m);
    expect(raw).toMatch(/^Content-Language: de\r$/m);
    expect(raw).not.toMatch(/^Sender:/m);
  });

  it('come from the one address that a tenant has to set, where there are no others', async () => {
    await deliver({ port, envelopeFrom: '', replyTo: '' });
    expect([server.mails[0]!.from, server.users]).toEqual(['id@harbour.example', [null]]);
    expect(server.mails[0]!.raw).toMatch(/^From: id@harbour\.example\r$/m);
    expect(server.mails[0]!.raw).not.toMatch(/^Reply-To:/m);
  });

  it('go another way where the tenant has none, and close it in the end', async () => {
    const otherwise = new Mailbox<Mail>();
    const transport = transportTo(null, { otherwise });
    await transport.deliver(mail());
    transport.close();
    expect([otherwise.messages.length, otherwise.isClosed, server.mails.length]).toEqual([1, true, 0]);
  });

  it.each<[string, Partial<MailServer>, Partial<Mail>]>([
    ['to several recipients', {}, { to: 'a@example.com, b@example.com' }],
    ['from several senders', { from: 'a@example.com, b@example.com' }, {}],
    ['with a recipient of bounces that is none', { envelopeFrom: 'x> SIZE=1' }, {}],
    ['with a recipient of answers that is none', { replyTo: 'nobody' }, {}],
    ['at a port of another service', { port: 22 }, {}],
    ['to a recipient whom the server refuses for good', {}, { to: 'nobody@example.com' }],
    ['with a wrong password', { user: 'id', password: 'wrong' }, {}],
    ['with STARTTLS, which the server does not have', { isStartTls: true }, {}],
  ])('are not tried again %s', async (_, over, message) => {
    expect(await refusal(deliver({ port, ...over }, mail(message)))).toBeInstanceOf(PermanentDeliveryError);
    expect(server.mails).toEqual([]);
  });

  it.each<[string, Partial<MailServer>, Partial<Mail>]>([
    ['to a recipient whom the server refuses for now', {}, { to: 'full@example.com' }],
    ['without the password', { user: 'id' }, {}],
    ['with TLS, which the server does not have', { isTls: true }, {}],
    ['to a host that is none', { host: 'there-is-none.invalid' }, {}],
  ])('are tried again %s', async (_, over, message) => {
    const error = await refusal(deliver({ port, ...over }, mail(message)));
    expect(error).not.toBeInstanceOf(PermanentDeliveryError);
    expect(error.message).toMatch(/^The mail server of the tenant did not take a mail \([A-Z_0-9a-z]+(, \d+)?\)\.$/);
    expect(server.mails).toEqual([]);
  });

  it('do not reach a server in a private network that the operator does not list, by address or name', async () => {
    for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
      const transport = transportTo({ host, port }, { privateHosts: { names: [], networks: [] } });
      const error = await refusal(transport.deliver(mail()));
      expect([host, error]).toEqual([host, expect.any(PermanentDeliveryError)]);
      expect(error.message).toContain('PRIVATE_HOSTS');
    }
    expect(server.mails).toEqual([]);
  });
});

describe('the port of a server', () => {
  it.each<[Partial<MailServer>, number]>([
    [{}, 25],
    [{ isStartTls: true }, 587],
    [{ isTls: true, isStartTls: true }, 465],
    [{ port: 25, isTls: true }, 25],
    [{ port: 1024 }, 1024],
  ])('with %j is %i', (over, port) => {
    expect(portOf({ ...SERVER, ...over })).toBe(port);
  });

  it.each([22, 80, 443, 1023])('is not %i', (port) => {
    expect(() => portOf({ ...SERVER, port })).toThrow(PermanentDeliveryError);
  });
});

describe('encrypted connections', () => {
  let certificate: { readonly key: string; readonly cert: string };
  beforeAll(async () => {
    certificate = await makeCertificate();
  });
  const WAYS = [
    ['TLS', { secure: true }, { isTls: true }],
    ['STARTTLS', { disabledCommands: [] }, { isStartTls: true }],
  ] as const;
  const ACCOUNT = { host: 'localhost', user: 'id', password: 'p@ss' };
  const startWith = (options: object) => TestSmtpServer.start({ ...certificate, ...options });

  it.each(WAYS)('%s is refused when nobody vouches for the certificate', async (_, options, over) => {
    const server = await startWith(options);
    const error = await refusal(deliver({ port: server.port, ...ACCOUNT, ...over }));
    expect(error.message).toContain('did not take a mail');
    expect(server.mails).toEqual([]);
    await server.close();
  });

  it.each(WAYS)('%s is used when the certificate is valid for the host', async (_, options, over) => {
    const known = getCACertificates('default');
    setDefaultCACertificates([...known, certificate.cert]);
    try {
      const server = await startWith(options);
      await deliver({ port: server.port, ...ACCOUNT, ...over });
      expect([server.encrypted, server.users]).toEqual([[true], ['id']]);
      await refusal(deliver({ port: server.port, ...ACCOUNT, ...over, host: '127.0.0.1' }));
      expect(server.mails).toHaveLength(1);
      await server.close();
    } finally {
      setDefaultCACertificates(known);
    }
  });

  it('are not made where the tenant does not want them', async () => {
    const server = await startWith({ disabledCommands: [] });
    await deliver({ port: server.port });
    expect(server.encrypted).toEqual([false]);
    await server.close();
  });
});

/** A server that speaks as the test wants it. */
async function speaking(speak: (socket: Socket) => void): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    speak(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, server };
}

describe('servers that do not take part', () => {
  it.each([
    ['before its greeting', ''],
    ['after its greeting', '220 mail.example.com ESMTP\r\n'],
  ])('are waited for a bounded time: silent %s', async (_, greeting) => {
    const { port, server } = await speaking((socket) => socket.write(greeting));
    const error = await refusal(transportTo({ port }, { stepMs: 100 }).deliver(mail()));
    expect(error.message).toContain('ETIMEDOUT');
    server.close();
  });

  it('are tried by one of the mails that wait, and again by the next one', async () => {
    let connections = 0;
    const { port, server } = await speaking(() => connections++);
    const transport = transportTo({ port }, { stepMs: 100 });
    const errors = await Promise.all(Array.from({ length: 12 }, () => refusal(transport.deliver(mail()))));
    expect(errors.every((error) => error instanceof SilentServerError)).toBe(true);
    expect(connections).toBe(4);
    expect(await refusal(transport.deliver(mail()))).toBeInstanceOf(SilentServerError);
    expect(connections).toBe(5);
    server.close();
  });

  it('are not silent while their names wait to be looked up', async () => {
    const late = new AbortController();
    const find = (_allowed: unknown, _host: string, _tenantId: string, signal?: AbortSignal) =>
      once(signal!, 'never', { signal: signal! }) as Promise<never>;
    const waiting = refusal(transportTo({ host: 'mail.example' }, { stepMs: 1, find }).deliver(mail(), late.signal));
    late.abort();
    expect(await waiting).not.toBeInstanceOf(SilentServerError);
  });

  it('keep the mails of the server that is set from no turn while others are only tried', async () => {
    const asked: string[] = [];
    const late = new AbortController();
    const find = async (_allowed: unknown, host: string, _tenantId: string, signal?: AbortSignal) => {
      asked.push(host);
      return once(signal!, 'never', { signal: signal! }) as Promise<never>;
    };
    const transport = transportTo({ host: 'set.example' }, { find });
    const tried = mail({ server: { ...SERVER, host: 'tried.example' } });
    const waiting = [tried, tried, tried, tried, tried, mail()].map((each) =>
      refusal(transport.deliver(each, late.signal)),
    );
    await pause(1);
    late.abort();
    const seen = [...asked];
    await Promise.all(waiting);
    expect(seen).toEqual([...Array(4).fill('tried.example'), 'set.example']);
  });

  it('are looked up again for each mail, however long their name servers took', async () => {
    let lookups = 0;
    const find = async () => {
      lookups++;
      await pause(5);
      throw Object.assign(new Error('late'), { code: 'ETIMEOUT' });
    };
    const transport = transportTo({ host: 'mail.example' }, { stepMs: 1, find });
    const errors = await Promise.all(Array.from({ length: 12 }, () => refusal(transport.deliver(mail()))));
    expect(errors.every((error) => error instanceof SilentServerError)).toBe(true);
    expect(lookups).toBe(12);
  });

  it('get nothing more of a mail that was given up', async () => {
    const late = new AbortController();
    const { port, server } = await speaking((socket) => {
      socket.on('close', () => closed.resolve());
      late.abort();
    });
    const closed = Promise.withResolvers<void>();
    const error = await refusal(transportTo({ port }, { stepMs: 60_000 }).deliver(mail(), late.signal));
    expect(error).toBeInstanceOf(SilentServerError);
    await closed.promise;
    await refusal(transportTo({ port }).deliver(mail(), late.signal));
    expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
    server.close();
  });

  it('are waited for a bounded time in all, however often they say a little', async () => {
    const { port, server } = await speaking(async (socket) => {
      while (!socket.destroyed) {
        socket.write('220-wait\r\n');
        await pause(20);
      }
    });
    const error = await refusal(transportTo({ port }, { stepMs: 60_000, wholeMs: 300 }).deliver(mail()));
    expect(error.message).toContain('EABORT');
    server.close();
  });

  it('do not get the password into an error by repeating it', async () => {
    const { port, server } = await speaking((socket) => {
      socket.write('220 mail.example.com\r\n');
      socket.on('data', (chunk) => {
        const line = chunk.toString();
        if (line.startsWith('EHLO')) socket.write('250-mail.example.com\r\n250 AUTH PLAIN\r\n');
        else socket.write(`535 no: ${line}${Buffer.from(line.split(' ')[2] ?? '', 'base64').toString()}\r\n`);
      });
    });
    const error = await refusal(deliver({ port, user: 'id', password: 'Low tide 7' }));
    expect(error).toBeInstanceOf(PermanentDeliveryError);
    expect(error.message).toContain('EAUTH, 535');
    const shown = inspect(error, { depth: 9, showHidden: true });
    for (const secret of ['Low tide 7', Buffer.from('\0id\0Low tide 7').toString('base64')])
      expect(shown).not.toContain(secret);
    server.close();
  });

  it('get four connections of a tenant at once, and do not keep other tenants waiting', async () => {
    const sockets: Socket[] = [];
    const { port, server } = await speaking((socket) => sockets.push(socket));
    const good = await TestSmtpServer.start();
    const other = '0b6c3c1e-7d0f-4f0e-9a53-5f3a1f6a7c02' as typeof TENANT;
    const transport = transportTo(null, {
      serverOf: async (tenantId) => ({ ...SERVER, port: tenantId === TENANT ? port : good.port }),
    });
    const waiting = Array.from({ length: 6 }, () => refusal(transport.deliver(mail())));
    await expect.poll(() => sockets.length).toBe(4);
    await transport.deliver(mail({ behalf: { tenant: { id: other }, actor, subjectId: null } }));
    expect([good.mails.length, sockets.length]).toEqual([1, 4]);
    sockets[0]!.destroy();
    await expect.poll(() => sockets.length).toBe(5);
    const ended = setInterval(() => {
      for (const socket of sockets) socket.destroy();
    }, 20);
    expect(await Promise.all(waiting)).toHaveLength(6);
    clearInterval(ended);
    await transport.deliver(mail({ behalf: { tenant: { id: other }, actor, subjectId: null } }));
    server.close();
    await good.close();
  });
});
