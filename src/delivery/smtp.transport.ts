import { createTransport, type Transporter } from 'nodemailer';
import type { Mail, Transport } from './message.ts';
import { PermanentDeliveryError } from './message.ts';

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
/**
 * One plain mailbox (RFC 5321 section 4.1.2, without quoted local parts): nothing that a server could read as a list of
 * mailboxes.
 */
const MAILBOX = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+$/;
/** Answers of a server that mean "never" (RFC 5321 section 4.2.1). */
const PERMANENT = 500;

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

  async deliver({ to, subject, text, html, locale }: Mail): Promise<void> {
    if (!MAILBOX.test(to)) throw new PermanentDeliveryError('The recipient is not one plain mailbox.');
    try {
      await this.#transporter.sendMail({
        from: this.#from,
        to: { name: '', address: to },
        subject,
        text,
        ...(html === undefined ? {} : { html }),
        // RFC 3834 section 5: no vacation notes in answer.
        headers: { 'Content-Language': locale, 'Auto-Submitted': 'auto-generated' },
      });
    } catch (cause) {
      const { responseCode = 0 } = cause as { responseCode?: number };
      if (responseCode >= PERMANENT) throw new PermanentDeliveryError('The mail server refused the mail.', { cause });
      throw cause;
    }
  }

  close(): void {
    this.#transporter.close();
  }
}
