import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mail } from '../../../src/delivery/index.ts';
import { createTransports } from '../../../src/server/start/transports.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

let dataDir: string;
let logged: unknown[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'idgraph-test-'));
  logged = [];
});
afterEach(() => rm(dataDir, { recursive: true }));

const logger = { info: (...args: unknown[]) => void logged.push(args) } as never;
const transports = (smtpUrl: string | null = null) =>
  createTransports({ smtpUrl, dataDir }, 'https://id.example.com', logger);
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const behalf: Mail['behalf'] = {
  tenant: { id: '00000000-0000-4000-8000-000000000000' as Mail['behalf']['tenant']['id'] },
  actor: { kind: 'system', userId: null, clientId: null, clientAuth: null, sessionId: null, origin: TEST_ORIGIN },
  subjectId: null,
};
const MAIL: Mail = {
  to: 'ada@example.com',
  subject: 'Подтвердите адрес',
  text: 'Code 123456\nBye',
  locale: 'ru',
  purpose: 'verify-email',
  behalf,
};

async function onlyFile(): Promise<{ name: string; path: string; text: string }> {
  const [name] = (await readdir(join(dataDir, 'outbox'))) as [string];
  const path = join(dataDir, 'outbox', name);
  return { name, path, text: await readFile(path, 'utf8') };
}

describe('the outbox', () => {
  it('keeps mails as files that only their owner reads', async () => {
    await transports().mail.deliver(MAIL);
    const { name, path, text } = await onlyFile();
    expect(name).toMatch(/-verify-email\.eml$/);
    expect(await mode(path)).toBe('600');
    expect(await mode(join(dataDir, 'outbox'))).toBe('700');
    expect(text).toBe(
      [
        'To: ada@example.com',
        'Subject: Подтвердите адрес',
        'Content-Language: ru',
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: 8bit',
        '',
        'Code 123456',
        'Bye',
        '',
      ].join('\r\n'),
    );
  });

  it('closes a folder that was open to others', async () => {
    await mkdir(join(dataDir, 'outbox'), { mode: 0o755 });
    await transports().mail.deliver(MAIL);
    expect(await mode(join(dataDir, 'outbox'))).toBe('700');
  });

  it('takes text messages, also where mails go by SMTP', async () => {
    const { mail, sms } = transports('smtp://127.0.0.1:1');
    await sms.deliver({ to: '+79161234567', text: 'Code 123456', purpose: 'verify-phone', behalf });
    mail.close();
    const { name, text } = await onlyFile();
    expect(name).toMatch(/-verify-phone\.sms\.txt$/);
    expect(text).toBe('To: +79161234567\r\n\r\nCode 123456\r\n');
  });

  it('logs the recipient and the file name and nothing else', async () => {
    await transports().mail.deliver(MAIL);
    const { name } = await onlyFile();
    expect(logged).toEqual([[{ to: 'ada@example.com', file: name }, expect.any(String)]]);
  });

  it('lets a message choose neither headers nor folders', async () => {
    await transports().mail.deliver({ ...MAIL, subject: 'a\r\nBcc: b@example.com', purpose: '../../x' });
    const { name, text } = await onlyFile();
    expect(name).not.toContain('..');
    expect(text).not.toMatch(/^Bcc:/m);
  });

  it('tries the folder again after a failure', async () => {
    const { mail } = transports();
    const inTheWay = join(dataDir, 'outbox');
    await writeFile(inTheWay, '');
    await expect(mail.deliver(MAIL)).rejects.toThrow();
    await rm(inTheWay);
    await mail.deliver(MAIL);
    expect((await onlyFile()).text).toContain('Code 123456');
  });
});
