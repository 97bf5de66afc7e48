import { type Mail, PermanentDeliveryError } from './message.ts';

/**
 * One plain mailbox (RFC 5321 section 4.1.2, without quoted local parts): nothing that a server could read as a list of
 * mailboxes.
 */
const MAILBOX = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+$/;
/** Answers of a server that mean "never" (RFC 5321 section 4.2.1). */
const PERMANENT = 500;

/** Whether an address is one plain mailbox. */
export const isMailbox = (address: string): boolean => MAILBOX.test(address);

/** @throws PermanentDeliveryError The address is not one plain mailbox. */
export function requireMailbox(address: string, whose: 'recipient' | 'sender'): string {
  if (!isMailbox(address)) throw new PermanentDeliveryError(`The ${whose} is not one plain mailbox.`);
  return address;
}

/** A mail as nodemailer takes it, without a sender. @throws PermanentDeliveryError The recipient is not one plain mailbox. */
export const toSmtpMail = ({ to, subject, text, html, locale }: Mail) => ({
  to: { name: '', address: requireMailbox(to, 'recipient') },
  subject,
  text,
  ...(html === undefined ? {} : { html }),
  // RFC 3834 section 5: no vacation notes in answer.
  headers: { 'Content-Language': locale, 'Auto-Submitted': 'auto-generated' },
});

/** The status that a server answered; 0 when it answered none. */
export const statusOf = (error: unknown): number => (error as { readonly responseCode?: number }).responseCode ?? 0;

/** Whether the server refused for good. */
export const isRefused = (error: unknown): boolean => statusOf(error) >= PERMANENT;
