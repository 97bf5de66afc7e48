import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutboxTransport, SmtpTransport } from '../delivery/index.ts';
import type { Config } from './config.ts';
import { outboxPath } from './data-dir.ts';
import type { Logger } from './logger.ts';
import type { Transports } from './registry.ts';

/**
 * The ways out: mails by `SMTP_URL`, else into the outbox; text messages always into the outbox, because nothing is
 * configured that could send them. The log gets recipient and file name, never what a message says.
 * @param publicUrl Its host is the sender's domain unless `SMTP_URL` names a sender.
 */
export function createTransports(
  { smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>,
  publicUrl: string,
  logger: Pick<Logger, 'info'>,
): Transports {
  const outbox = new OutboxTransport({
    // A service that keeps nothing still has to show its codes to somebody.
    folder: dataDir === null ? () => mkdtempSync(join(tmpdir(), 'idgraph-outbox-')) : () => outboxPath(dataDir),
    onWritten: (written) => logger.info(written, 'A message was put into the outbox'),
  });
  if (smtpUrl === null) return { mail: outbox, sms: outbox };
  return { mail: new SmtpTransport({ url: smtpUrl, from: `no-reply@${new URL(publicUrl).hostname}` }), sms: outbox };
}
