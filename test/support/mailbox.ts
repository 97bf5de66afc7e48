import type { Mail, Message, Sms, Transport } from '../../src/delivery/index.ts';

/** Keeps sent messages for the test to read; can refuse some first. */
export class Mailbox<M extends Message> implements Transport<M> {
  readonly messages: M[] = [];
  readonly attempts: M[] = [];
  /** Errors of the next attempts, in order. */
  readonly failures: Error[] = [];
  isClosed = false;

  async deliver(message: M): Promise<void> {
    this.attempts.push(message);
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    this.messages.push(message);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** The mailboxes of all messages that a test sends. */
export interface Mailboxes {
  readonly mail: Mailbox<Mail>;
  readonly sms: Mailbox<Sms>;
}

export const newMailboxes = (): Mailboxes => ({ mail: new Mailbox<Mail>(), sms: new Mailbox<Sms>() });
