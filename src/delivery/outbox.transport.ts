import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, newId } from '../kernel/index.ts';
import type { Mail, Message, Transport } from './message.ts';

export interface OutboxOptions {
  /** Returns the path of the folder. Called at the first message, which makes the folder. */
  readonly folder: () => string;
  /** Called for each file, for the log. It does not get the text of the message, which stays in the file. */
  readonly onWritten: (written: { readonly to: string; readonly file: string }) => void;
}

/**
 * Writes messages to files that only the operator's account may read. For set-ups without a mail server or SMS gateway,
 * such as development and tests. A mail is a message of RFC 5322 with UTF-8 headers (RFC 6532), which mail programs open
 * and people can read as it is.
 */
export class OutboxTransport implements Transport<Message> {
  readonly #options: OutboxOptions;
  #folder: Promise<string> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  async deliver(message: Message): Promise<void> {
    const { folder, onWritten } = this.#options;
    this.#folder ??= privateFolder(folder()).catch((error) => {
      this.#folder = undefined;
      throw error;
    });
    const path = await this.#folder;
    const kind = isMail(message) ? 'eml' : 'sms.txt';
    const file = `${newId()}-${message.purpose.replace(/[^a-z0-9-]/gi, '_')}.${kind}`;
    await writeFile(join(path, file), written(message), { mode: 0o600, flag: 'wx' });
    onWritten({ to: oneLine(message.to), file });
  }

  close(): void {}
}

/** Makes the folder if it is missing, and removes the access of others if it existed before. */
async function privateFolder(folder: string): Promise<string> {
  await makePrivateFolder(folder);
  await chmod(folder, 0o700);
  return folder;
}

const isMail = (message: Message): message is Mail => 'subject' in message;
/** A line break in a header value would begin another header. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

function written(message: Message): string {
  const headers: [name: string, value: string][] = [['To', message.to]];
  if (isMail(message)) {
    headers.push(['Subject', message.subject], ['Content-Language', message.locale]);
    headers.push(['MIME-Version', '1.0'], ['Content-Type', 'text/plain; charset=utf-8']);
    headers.push(['Content-Transfer-Encoding', '8bit']);
  }
  const lines = headers.map(([name, value]) => `${name}: ${oneLine(value)}`);
  return `${[...lines, '', ...message.text.split(/\r?\n/)].join('\r\n')}\r\n`;
}
