import { constantTimeEqual, type Sealer } from '../crypto/index.ts';
import { invalidField, requireText } from '../kernel/index.ts';
import type { MailServer } from './policies.ts';

/** A server for mails as it is written; what is absent is null or false. */
export interface MailServerChange extends Partial<Omit<MailServer, 'passwordSealed' | 'host' | 'from'>> {
  readonly host: string;
  readonly from: string;
  /** Absent, or `**********`: the stored one stays. Null: none. */
  readonly password?: string | null;
}

const PASSWORD = { max: 1000 };
/** What APIs show in place of a password; programs that read a server, change it and write it back send it as the password. */
const MASK = '**********';
/** What a password is sent to. */
const TARGET = ['host', 'port', 'isTls', 'isStartTls', 'user'] as const;
/** What a sealed password belongs to. */
export const contextOf = (tenantId: string): string => `tenants ${tenantId} mail-server`;

/**
 * The server as it is stored, its password sealed. A stored password stays only while the server, its encryption and the user name
 * stay: a caller who may write settings, and does not know the password, could else have it sent to another server.
 * @throws INVALID_INPUT The stored password would go to another server, or a password is too long.
 */
export function toStoredMailServer(
  sealer: Sealer,
  tenantId: string,
  { password, ...written }: MailServerChange,
  stored: MailServer | null,
): MailServer {
  const server = { ...NOTHING, ...withoutAbsent(written) } as Omit<MailServer, 'passwordSealed'>;
  if (password === null) return { ...server, passwordSealed: null };
  const kept = stored?.passwordSealed ?? null;
  if (password === undefined || password === MASK) {
    if (kept === null || TARGET.every((name) => server[name] === stored?.[name]))
      return { ...server, passwordSealed: kept };
    throw invalidField(
      'input.settings.mailServer.password',
      'MAIL_SERVER_PASSWORD_MISSING',
      'Another server or user name needs the password again, or null.',
    );
  }
  requireText(password, 'input.settings.mailServer.password', PASSWORD);
  const isKept = kept !== null && constantTimeEqual(sealer.open(kept, contextOf(tenantId)).toString('utf8'), password);
  return { ...server, passwordSealed: isKept ? kept : sealer.seal(password, contextOf(tenantId)) };
}

const NOTHING = {
  port: null,
  isTls: false,
  isStartTls: false,
  user: null,
  fromName: null,
  replyTo: null,
  replyToName: null,
  envelopeFrom: null,
};

const withoutAbsent = (written: object): object =>
  Object.fromEntries(
    Object.entries(written).filter(
      ([name, value]) => value !== undefined && (value !== null || !name.startsWith('is')),
    ),
  );
