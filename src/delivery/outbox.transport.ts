import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, newId } from '../kernel/index.ts';
import type { Mail, Message, Transport } from './message.ts';

export interface OutboxOptions {
  /** Says where, when the first message comes; the folder is made then. */
  readonly folder: () => string;
  /** Told of each file, for the log: what the message says is in the file alone. */
  readonly onWritten: (written: { readonly to: string; readonly file: string }) => void;
}

/**
 * Messages as files that only the operator's account may read, for where nothing sends them: development, tests, and phones.
 * A mail is a message of RFC 5322 with UTF-8 headers (RFC 6532), which mail programs open and people can read as it is.
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

/** A folder that was there before may be open to others; what is put in is not for them. */
async function privateFolder(folder: string): Promise<string> {
  await makePrivateFolder(folder);
  await chmod(folder, 0o700);
  return folder;
}

const isMail = (message: Message): message is Mail => 'subject' in message;
/** A line break would begin a header of the text's own. */
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
