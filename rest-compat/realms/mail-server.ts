import { z } from 'zod';
import type { MailServerInput } from './operations.generated.ts';

const TEXT = z.string().nullable().optional();
const FILLED = z.string().regex(/\S/);
const FLAG = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .nullable()
  .optional();

/** A mail server as it is sent: numbers and flags may be texts. */
export const SENT_MAIL_SERVER = z.object({
  host: FILLED.describe('Host name or address.'),
  from: FILLED.describe('Address of the sender.'),
  fromDisplayName: TEXT,
  replyTo: TEXT,
  replyToDisplayName: TEXT,
  envelopeFrom: TEXT.describe('Address for mails that cannot be delivered.'),
  port: z
    .union([z.number().int(), z.string().regex(/^\d{0,5}$/)])
    .nullable()
    .optional(),
  ssl: FLAG.describe('Whether the connection begins with TLS.'),
  starttls: FLAG.describe('Whether the connection changes to TLS.'),
  user: TEXT.describe('With it, the server is asked for authentication.'),
  password: TEXT.describe('`**********`: the one that is stored stays.'),
});
type SentMailServer = z.output<typeof SENT_MAIL_SERVER>;

/** An empty text counts as absent. */
const filled = (text: string | null | undefined): string | null => (text == null || text === '' ? null : text);

const isOn = (flag: SentMailServer['ssl']): boolean => flag === true || flag === 'true';

/** The port; null: the usual one. */
function toPort(port: SentMailServer['port']): number | null {
  const text = filled(port == null ? null : String(port));
  return text === null ? null : Number(text);
}

/** A password that is not sent stays where there is a user; without one there is none. */
function toPassword({ user, password }: SentMailServer): { readonly password?: string | null } {
  if (filled(user) === null) return { password: null };
  return password === undefined ? {} : { password: filled(password) };
}

/** The server in the graph. */
export const toMailServer = (sent: SentMailServer): MailServerInput => ({
  host: sent.host,
  port: toPort(sent.port),
  isTls: isOn(sent.ssl),
  isStartTls: isOn(sent.starttls),
  user: filled(sent.user),
  from: sent.from,
  fromName: filled(sent.fromDisplayName),
  replyTo: filled(sent.replyTo),
  replyToName: filled(sent.replyToDisplayName),
  envelopeFrom: filled(sent.envelopeFrom),
  ...toPassword(sent),
});
