import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { AddressRefusedError, addressesOf, connectToOneOf, type PrivateHosts } from '../kernel/index.ts';
import { portOf } from './mail-port.ts';
import { type Mail, type MailServer, PermanentDeliveryError, SilentServerError, type Transport } from './message.ts';
import { isRefused, requireMailbox, statusOf, toSmtpMail } from './smtp-mail.ts';
import { Turns } from './turns.ts';

export interface TenantMailOptions {
  /** For the mails of tenants without a server. */
  readonly otherwise: Transport<Mail>;
  /** The server of a tenant, as it is now; null where it has none. */
  readonly serverOf: (tenantId: string) => Promise<MailServer | null>;
  /** What of the operator's network servers may be reached. */
  readonly privateHosts: PrivateHosts;
  /** Finds the addresses of a server. Default: by the name servers of the machine. */
  readonly find?: typeof addressesOf;
  /** Longest wait for the connection, for the greeting and for each answer. Default 5 s. */
  readonly stepMs?: number;
  /** Longest time for a mail, of whatever parts. Default 10 s. */
  readonly wholeMs?: number;
}

const STEP_MS = 5_000;
const WHOLE_MS = 10_000;
/** Connections to the server of one tenant, as mail servers commonly allow one client. */
const MAX_CONNECTIONS = 4;

/**
 * Mail by its own server, else by that which its tenant has set, else by another transport. Each mail has a separate connection. What
 * a server answers is not passed on, because it might repeat the password.
 */
export class TenantMailTransport implements Transport<Mail> {
  readonly #options: TenantMailOptions;
  readonly #turns = new Turns(MAX_CONNECTIONS);
  /** How often servers were silent so far, and at which of these times that of each tenant was at last, until it takes a mail. */
  #silences = 0;
  readonly #lastSilence = new Map<string, number>();

  constructor(options: TenantMailOptions) {
    this.#options = options;
  }

  async deliver(mail: Mail, signal?: AbortSignal): Promise<void> {
    const { otherwise, serverOf } = this.#options;
    const tenantId = mail.behalf.tenant.id;
    // A server that is tried says nothing about the one that is set, and keeps none of its mails waiting.
    const { server: tried } = mail;
    if (tried !== undefined)
      return this.#turns.run(`${tenantId} tried`, async () =>
        this.#send(tried, await this.#find(tried, tenantId, signal), mail, signal),
      );
    const server = await serverOf(tenantId);
    if (server === null) return otherwise.deliver(mail, signal);
    const before = this.#silences;
    await this.#turns.run(tenantId, async () => {
      // One silence is enough for all that wait: each would take as long to find the same.
      if ((this.#lastSilence.get(tenantId) ?? 0) > before) throw new SilentServerError(SILENT);
      // Before anything is measured: that a name waits for others, or its name server is slow, is no silence of the mail server.
      const addresses = await this.#find(server, tenantId, signal);
      await this.#judged(tenantId, () => this.#send(server, addresses, mail, signal));
    });
  }

  /** Notes whether the server of a tenant was silent. One that closes the connection at once keeps nobody waiting. */
  async #judged(tenantId: string, send: () => Promise<void>): Promise<void> {
    const { stepMs = STEP_MS } = this.#options;
    const begunAt = performance.now();
    try {
      await send();
      this.#lastSilence.delete(tenantId);
    } catch (error) {
      const tookLong = performance.now() - begunAt >= stepMs / 2;
      if (error instanceof SilentServerError && tookLong) this.#lastSilence.set(tenantId, ++this.#silences);
      throw error;
    }
  }

  close(): void {
    this.#options.otherwise.close();
  }

  /**
   * What the name servers of a tenant do is its own affair; that its name had no turn in time is not.
   * @throws PermanentDeliveryError The server may not be reached.
   * @throws SilentServerError It has no address, or its name server was silent.
   */
  async #find(server: MailServer, tenantId: string, isLate?: AbortSignal): Promise<readonly LookupAddress[]> {
    const { find = addressesOf, privateHosts } = this.#options;
    try {
      return await find(privateHosts, hostOf(server), tenantId, isLate);
    } catch (error) {
      if (isLate?.aborted === true) throw new Error('The mail server of the tenant was not looked up in time.');
      throw toFault(error);
    }
  }

  async #send(
    server: MailServer,
    addresses: readonly LookupAddress[],
    mail: Mail,
    isLate?: AbortSignal,
  ): Promise<void> {
    isLate?.throwIfAborted();
    const message = { ...toSmtpMail(mail), ...toSenders(server, mail.to) };
    const port = portOf(server);
    const { stepMs = STEP_MS, wholeMs = WHOLE_MS } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(wholeMs), ...(isLate === undefined ? [] : [isLate])]);
    const open = () =>
      openSocket(addresses, hostOf(server), port, AbortSignal.any([signal, AbortSignal.timeout(stepMs)]));
    const { user, password, isTls, isStartTls } = server;
    const transporter = createTransport({
      host: hostOf(server),
      port,
      secure: isTls,
      requireTLS: isStartTls,
      ignoreTLS: !isStartTls,
      ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
      getSocket: (_options, done) => {
        open().then(
          (connection) => done(null, { connection }),
          (error) => done(error, false),
        );
      },
      // The time for connecting includes that for the greeting.
      connectionTimeout: 2 * stepMs,
      greetingTimeout: stepMs,
      socketTimeout: stepMs,
      socketCloseTimeout: 0,
      // Texts are sent as they are; without these options nodemailer would read files and addresses that they name.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transporter.sendMail({ ...message, signal });
    } catch (error) {
      throw toFault(error);
    }
  }
}

/** @throws Error The server cannot be reached, or not in time. */
async function openSocket(
  addresses: readonly LookupAddress[],
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connectToOneOf(addresses, host, port);
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

const hostOf = ({ host }: MailServer): string => host.replace(/^\[(.*)\]$/, '$1');

/** @throws PermanentDeliveryError A sender is not one plain mailbox. */
function toSenders({ from, fromName, replyTo, replyToName, envelopeFrom }: MailServer, to: string) {
  return {
    from: { name: fromName ?? '', address: requireMailbox(from, 'sender') },
    ...(replyTo ? { replyTo: { name: replyToName ?? '', address: requireMailbox(replyTo, 'sender') } } : {}),
    envelope: { from: requireMailbox(envelopeFrom || from, 'sender'), to },
  };
}

const SILENT = 'The mail server of the tenant was silent.';

/** The fault without the words of the server. */
function toFault(error: unknown): Error {
  if (error instanceof AddressRefusedError) return new PermanentDeliveryError(error.message);
  const { code = 'unknown' } = error as { readonly code?: string };
  const status = statusOf(error);
  const message = `The mail server of the tenant did not take a mail (${code}${status === 0 ? '' : `, ${status}`}).`;
  if (status === 0) return new SilentServerError(message);
  return isRefused(error) ? new PermanentDeliveryError(message) : new Error(message);
}
