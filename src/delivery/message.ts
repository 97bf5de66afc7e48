import type { EventActor } from '../events/index.ts';
import type { TenantRef } from '../kernel/index.ts';

/** Who caused a message and whom it concerns, for the security event that reports its outcome. */
export interface Behalf {
  readonly tenant: Pick<TenantRef, 'id'>;
  readonly actor: EventActor;
  /** Public id of the account the message concerns; null when there is none yet. */
  readonly subjectId: string | null;
}

/** Members of every message. */
export interface Message {
  /** One address or one phone number. */
  readonly to: string;
  /** Plain text. It may contain secrets, so it is neither logged nor recorded. */
  readonly text: string;
  /** Why it goes out, such as `verify-email`: a word for logs and events. */
  readonly purpose: string;
  readonly behalf: Behalf;
}

/** A server for the mails of a tenant. */
export interface MailServer {
  /** A name, or an address, in brackets or not. */
  readonly host: string;
  /** Null: 465 with TLS, 587 with STARTTLS, else 25. */
  readonly port: number | null;
  /** Whether the connection begins with TLS. */
  readonly isTls: boolean;
  /** Whether the connection has to change to TLS; else it does not, even if the server offers it. */
  readonly isStartTls: boolean;
  /** Null: no authentication. */
  readonly user: string | null;
  readonly password: string | null;
  readonly from: string;
  readonly fromName: string | null;
  readonly replyTo: string | null;
  readonly replyToName: string | null;
  /** Sender of the envelope; null: `from`. */
  readonly envelopeFrom: string | null;
}

export interface Mail extends Message {
  readonly subject: string;
  /** The same in HTML, for programs that show it. */
  readonly html?: string;
  /** Language of the text (BCP 47). */
  readonly locale: string;
  /** Sends it in place of the server of the tenant. */
  readonly server?: MailServer;
}

export type Sms = Message;

/** Sends a message to a server, or throws. */
export interface Transport<M extends Message> {
  /**
   * @param signal Ends the attempt: the message does not go out after it, unless the server has taken it already.
   * @throws PermanentDeliveryError Another attempt would fail as well. After any other error one is made.
   * @throws SilentServerError The server is one of the tenant, and did not answer.
   */
  deliver(message: M, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** The message cannot be delivered, however often it is tried. */
export class PermanentDeliveryError extends Error {
  override readonly name = 'PermanentDeliveryError';
}

/** A server that a tenant has set cannot be reached or does not answer. */
export class SilentServerError extends Error {
  override readonly name = 'SilentServerError';
}
