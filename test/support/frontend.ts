import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { buildServer, endStarted, MAIN, Started } from './started.ts';

/** A service under test, as a frontend uses it: its address, and a token of its bootstrap client. */
export interface Service {
  readonly url: string;
  readonly token: string;
  /** Runs a document without the client library under test. */
  ask(query: string, variables?: object): Promise<Record<string, unknown>>;
  /** A graphql-ws client, as the documentation of each frontend library shows it. */
  sockets(): ReturnType<typeof createClient>;
}

/** Starts the built service with an empty embedded database. End it by `endStarted()`. */
export async function startService(): Promise<Service> {
  buildServer();
  const node = await new Started(process.execPath, [MAIN], { DATA_DIR: 'memory://', LOG_LEVEL: 'error' }).ready();
  const { url } = node;
  const secret = node.variable('CLIENT').replaceAll("'", '');
  const answer = await fetch(`${url}/t/master/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    url,
    token,
    ask: async (query, variables = {}) => {
      const body = JSON.stringify({ query, variables });
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
      const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
    sockets: () =>
      createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
      }),
  };
}

export { endStarted };

/** What the tests of all frontend libraries share. */
export const NEW_USER = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { subject } }';
