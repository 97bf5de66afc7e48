import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { buildASTSchema, GraphQLError, graphql, parse } from 'graphql';
import { createPageDocuments } from '../../../src/server/http/page-documents.ts';
import { WORKER_POLICY } from '../../../src/server/http/page-policies.ts';
import { ROOT } from '../../support/started.ts';

const SCHEMA = buildASTSchema(parse(readFileSync(join(ROOT, 'schema/client.graphql'), 'utf8')));
const BUILDS = join(ROOT, 'dist/web');
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

/** Answers of root fields, by their names. A field is given its arguments; the schema checks what it answers. */
export type Answers = Readonly<Record<string, (args: never) => unknown>>;

/** A request of the page to the graph. */
export interface SentOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Serves the built page in any state, as the service does, and answers its documents with prepared steps. The schema is that of
 * the service: a document that does not match it fails, and so does an answer.
 */
export class PageServer {
  /** What the next page shows. */
  state: object = {};
  /** Its status. */
  status = 200;
  answers: Answers = {};
  /** Requests to the graph since the last `reset()`. */
  readonly sent: SentOperation[] = [];
  /** How many pages were given out since the last `reset()`. */
  loads = 0;
  readonly #documents = createPageDocuments();
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request, response);
  });

  static async open(): Promise<PageServer> {
    const server = new PageServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get pageUrl(): string {
    return `${this.url}/t/acme/sign-in/handle`;
  }

  /** Answers a field with a refusal, as the graph shows it. */
  refuse(code: string, more: object = {}): never {
    throw new GraphQLError(code, { extensions: { code, kind: 'refused', ...more } });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  reset(state: object, answers: Answers = {}): void {
    this.state = state;
    this.answers = answers;
    this.status = 200;
    this.sent.length = 0;
    this.loads = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!;
    if (path === '/graphql') return this.#answerDocument(request, response);
    if (path.startsWith('/ui/')) return answerFile(path.slice('/ui/'.length), response);
    // A browser stays on its page when an address has no content.
    if (path === '/nothing') return void response.writeHead(204).end();
    if (path.startsWith('/application')) {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><html lang="en"><title>Application</title><h1>Application</h1></html>');
      return;
    }
    this.loads++;
    const { html, policy } = this.#documents.render('sign-in', this.state);
    response.writeHead(this.status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-store',
    });
    response.end(html);
  }

  async #answerDocument(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = JSON.parse(await readBody(request)) as SentOperation;
    this.sent.push(operation);
    const result = await graphql({
      schema: SCHEMA,
      source: operation.query,
      variableValues: operation.variables,
      rootValue: this.answers,
    });
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(result));
  }
}

function answerFile(path: string, response: ServerResponse): void {
  const file = join(BUILDS, path);
  if (!existsSync(file)) return void response.writeHead(404).end();
  if (path.includes('.worker-')) response.setHeader('Content-Security-Policy', WORKER_POLICY);
  response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
}
