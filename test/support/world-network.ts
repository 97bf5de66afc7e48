import { anonymousCaller } from '../../src/access/index.ts';
import { RequestBrowser } from '../../src/server/http/browser.ts';
import { type RestClient, TEST_URL } from './rest.ts';
import type { Network, Sent } from './web-user.ts';
import { TEST_ORIGIN, type World } from './world.ts';

/** Lets the browser of a person reach a world in this process: its REST endpoints, and the graph for its pages. */
export function networkOf(world: World, rest: RestClient): Network {
  return {
    reaches: ({ origin }) => origin === TEST_URL,
    fetch: (address, sent = {}) =>
      address.pathname === '/graphql' ? askGraph(world, sent) : askRest(rest, address, sent),
  };
}

async function askRest(rest: RestClient, { pathname, search }: URL, { method = 'GET', headers = {}, body }: Sent) {
  const sent = { headers, ...(body == null ? {} : { body }) };
  const answer = await rest.ask(method, `${pathname}${search}`, sent);
  const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return new Response(answer.text, { status: answer.status, headers: pairs });
}

async function askGraph(world: World, { headers = {}, body }: Sent): Promise<Response> {
  const { query, variables } = JSON.parse(body ?? '');
  const browser = new RequestBrowser({ headers }, TEST_URL);
  const { data, errors } = await world.graphql(anonymousCaller(TEST_ORIGIN), query, variables, browser);
  const pairs = browser.setCookies.map((cookie): [string, string] => ['set-cookie', cookie]);
  return Response.json({ data, ...(errors.length === 0 ? {} : { errors }) }, { headers: pairs });
}
