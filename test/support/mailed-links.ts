import { CookieJar } from './cookie-jar.ts';
import type { Answer, RestClient } from './rest.ts';
import type { CaughtMail } from './smtp-server.ts';

/** The text of a mail. */
export function textOf({ raw }: CaughtMail): string {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n').trim();
  if (!/quoted-printable/i.test(head)) return body;
  const unquoted = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(unquoted, 'latin1').toString('utf8');
}

/** The address in a mail. */
export const linkIn = (mail: CaughtMail): URL => new URL(/https:\/\/\S+/.exec(textOf(mail))![0]);

/** A browser that opens addresses of the service. */
export class LinkBrowser {
  readonly jar = new CookieJar();
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  async ask(method: string, address: URL | string, headers: Record<string, string> = {}): Promise<Answer> {
    const { pathname, search } = new URL(address, 'https://id.example.com');
    const answer = await this.#rest.ask(method, pathname + search, {
      headers: { accept: 'text/html', cookie: this.jar.header, ...headers },
    });
    this.jar.keep(answer.headers['set-cookie'] ?? []);
    return answer;
  }
}
