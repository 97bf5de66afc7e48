import { type Mail, PermanentDeliveryError, type Sms, type Transport } from './message.ts';

/** Digits of a number with its country code (ITU-T E.164). */
const NUMBER = /^\d{1,15}$/;

/** Text messages as mails to the gateway of a mobile operator: `79990001122@sms.example.com`, with nothing but the text. */
export class SmsGatewayTransport implements Transport<Sms> {
  readonly #mail: Transport<Mail>;
  readonly #domain: string;

  /** @param domain Host name of the gateway's mailboxes. */
  constructor(mail: Transport<Mail>, domain: string) {
    this.#mail = mail;
    this.#domain = domain;
  }

  async deliver(message: Sms, signal?: AbortSignal): Promise<void> {
    const number = message.to.replace(/\D/g, '');
    if (!NUMBER.test(number)) throw new PermanentDeliveryError('The recipient is no phone number.');
    // `und` (BCP 47): the language of the text is not known here.
    await this.#mail.deliver({ ...message, to: `${number}@${this.#domain}`, subject: '', locale: 'und' }, signal);
  }

  close(): void {
    this.#mail.close();
  }
}
