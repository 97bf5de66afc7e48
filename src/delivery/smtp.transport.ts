import { createTransport, type Transporter } from 'nodemailer';
import type { Mail, Transport } from './message.ts';
import { PermanentDeliveryError } from './message.ts';
import { isRefused, toSmtpMail } from './smtp-mail.ts';

export interface SmtpOptions {
  /**
   * `smtp://` (STARTTLS where the server offers it, required with `?requireTLS=true`) or `smtps://`, with credentials. The
   * parameter `sms` is not for mails.
   */
  readonly url: string;
  /** Sender of every mail, unless the URL says another one: `?from=id@example.com`. */
  readonly from: string;
  /** Longest wait for a connection, and for each answer on it. Default 15 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/** Mail over SMTP, on at most four connections that are kept open. */
export class SmtpTransport implements Transport<Mail> {
  readonly #transporter: Transporter;
  readonly #from: string;

  constructor({ url, from, timeoutMs = TIMEOUT_MS }: SmtpOptions) {
    const target = new URL(url);
    this.#from = target.searchParams.get('from') ?? from;
    for (const own of ['from', 'sms']) target.searchParams.delete(own);
    this.#transporter = createTransport({
      url: target.href,
      pool: true,
      maxConnections: 4,
      dnsTimeout: timeoutMs,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // Texts are sent as they are; without these options nodemailer would read files and addresses that they name.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async deliver(mail: Mail, signal?: AbortSignal): Promise<void> {
    const message = toSmtpMail(mail);
    try {
      await this.#transporter.sendMail({ from: this.#from, ...message, ...(signal === undefined ? {} : { signal }) });
    } catch (cause) {
      if (isRefused(cause)) throw new PermanentDeliveryError('The mail server refused the mail.', { cause });
      throw cause;
    }
  }

  close(): void {
    this.#transporter.close();
  }
}
