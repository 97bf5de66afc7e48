import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutboxTransport, SmsGatewayTransport, SmtpTransport, type Transports } from '../../delivery/index.ts';
import type { Config } from '../environment/config.ts';
import type { Logger } from '../environment/logger.ts';
import { outboxPath } from './data-dir.ts';

/**
 * Makes the transports: mails are sent by `SMTP_URL`, text messages to the gateway that it names (`?sms=sms.example.com`).
 * Without these, messages are written to the outbox. The log gets recipient and file name, never the content of a message.
 * @param publicUrl Its host is the domain of the sender unless `SMTP_URL` names one.
 */
export function createTransports(
  { smtpUrl, dataDir, timeouts }: Pick<Config, 'smtpUrl' | 'dataDir'> & Partial<Pick<Config, 'timeouts'>>,
  publicUrl: string,
  logger: Pick<Logger, 'info'>,
): Transports {
  const outbox = new OutboxTransport({
    // Without `DATA_DIR` the messages go to a temporary folder, because the codes in them are needed.
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
