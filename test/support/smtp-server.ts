import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail as it was received. */
export interface CaughtMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

const REFUSALS: Readonly<Record<string, number>> = { full: 452, nobody: 550 };

/**
 * A mail server that keeps the mails it receives. It refuses mails to `full` temporarily and to `nobody` permanently (RFC 5321
 * section 4.2.1).
 */
export class TestSmtpServer {
  readonly #server: SMTPServer;
  readonly mails: CaughtMail[] = [];
  /** User names of the sessions whose mails were received; null without authentication. */
  readonly users: (string | null)[] = [];
  /** Whether the connection was encrypted, for each mail. */
  readonly encrypted: boolean[] = [];

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      ...options,
      onAuth: ({ username, password }, _session, done) =>
        username === 'id' && password === 'p@ss' ? done(null, { user: 'id' }) : done(new Error('no')),
      onRcptTo: ({ address }, _session, done) => {
        const responseCode = REFUSALS[address.split('@', 1)[0]!];
        done(responseCode === undefined ? null : Object.assign(new Error('no'), { responseCode }));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom === false ? '' : mailFrom.address;
          const to = rcptTo.map(({ address }) => address);
          this.mails.push({ from, to, raw: Buffer.concat(chunks).toString('utf8') });
          this.users.push((session.user as string | undefined) ?? null);
          this.encrypted.push(session.secure);
          done();
        });
      },
    });
  }

  /** @param options What differs: `secure`, `key` and `cert` for TLS, an empty `disabledCommands` for STARTTLS. */
  static async start(options: SMTPServerOptions = {}): Promise<TestSmtpServer> {
    const started = new TestSmtpServer(options);
    started.#server.on('error', () => undefined);
    await new Promise<void>((resolve) => started.#server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** Forgets what was received. */
  clear(): void {
    for (const list of [this.mails, this.users, this.encrypted]) list.length = 0;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
