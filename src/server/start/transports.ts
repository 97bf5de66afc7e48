import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutboxTransport, SmsGatewayTransport, SmtpTransport } from '../../delivery/index.ts';
import type { Config } from '../environment/config.ts';
import type { Logger } from '../environment/logger.ts';
import type { Transports } from '../registry/index.ts';
import { outboxPath } from './data-dir.ts';

/**
 * The ways out: mails by `SMTP_URL`, text messages by it to the gateway that it names (`?sms=sms.example.com`); what is not
 * set up goes into the outbox. The log gets recipient and file name, never what a message says.
 * @param publicUrl Its host is the sender's domain unless `SMTP_URL` names a sender.
 */
export function createTransports(
  { smtpUrl, dataDir, timeouts }: Pick<Config, 'smtpUrl' | 'dataDir'> & Partial<Pick<Config, 'timeouts'>>,
  publicUrl: string,
  logger: Pick<Logger, 'info'>,
): Transports {
  const outbox = new OutboxTransport({
    // A service that keeps nothing still has to show its codes to somebody.
    folder: dataDir === null ? () => mkdtempSync(join(tmpdir(), 'idgraph-outbox-')) : () => outboxPath(dataDir),
    onWritten: (written) => logger.info(written, 'A message was put into the outbox'),
  });
  if (smtpUrl === null) return { mail: outbox, sms: outbox };
  const smtp = () =>
    new SmtpTransport({
      url: smtpUrl,
      from: `no-reply@${new URL(publicUrl).hostname}`,
      ...(timeouts === undefined ? {} : { timeoutMs: timeouts.smtpMs }),
    });
  const gateway = new URL(smtpUrl).searchParams.get('sms');
  return { mail: smtp(), sms: gateway === null ? outbox : new SmsGatewayTransport(smtp(), gateway) };
}
