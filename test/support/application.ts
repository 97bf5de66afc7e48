import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file or a page of an application, by its path. */
export type ApplicationFiles = Readonly<Record<string, { readonly type: string; readonly body: string | Buffer }>>;

const PAGE = '<!doctype html><html lang="en"><title>Application</title><h1>Application</h1></html>';

/** An application on another site than the service: it is at `127.0.0.1`, the service at `localhost`. */
export class Application {
  /** Paths of the requests that came, oldest first. */
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(files: ApplicationFiles) {
    this.#server = createServer(({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://127.0.0.1');
      this.asked.push(pathname);
      const { type, body } = files[pathname] ?? { type: 'text/html; charset=utf-8', body: PAGE };
      response.writeHead(200, { 'Content-Type': type }).end(body);
    });
  }

  /** @param files Every other path answers a page without scripts. */
  static async open(files: ApplicationFiles = {}): Promise<Application> {
    const application = new Application(files);
    application.#server.listen(0, '127.0.0.1');
    await once(application.#server, 'listening');
    return application;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
