import { randomBytes } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { hashHandle, mintHandle, newRoutedId } from '../src/crypto/index.ts';
import { FEW_TENANTS, fillSmallTenants, MANY_TENANTS, type SmallTenant } from './many-tenants.ts';
import type { ServerKey } from './row.ts';
import { newSecret, type Subject } from './servers.ts';
import type { World } from './world.ts';

/** What the rows find in the measured services: made once for a run. */

const FORM = 'application/x-www-form-urlencoded';

const basic = ({ clientId, clientSecret }: { clientId: string; clientSecret: string }): string =>
  `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

export const formHeaders = (client: { clientId: string; clientSecret: string }): Record<string, string> => ({
  authorization: basic(client),
  'content-type': FORM,
  'user-agent': 'bench',
});

export const jsonHeaders = (token: string | null): Record<string, string> => ({
  ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  'content-type': 'application/json',
  accept: 'application/json',
});

/** Makes a value once for each run. */
export function oncePerWorld<T>(make: (world: World) => Promise<T>): (world: World) => Promise<T> {
  const made = new WeakMap<World, Promise<T>>();
  return (world) => {
    const value = made.get(world) ?? make(world);
    made.set(world, value);
    return value;
  };
}

async function readJson<T>(url: string, init: RequestInit): Promise<T> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${new URL(url).pathname} was answered with ${answer.status}: ${text.slice(0, 400)}`);
  return JSON.parse(text) as T;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

export const requestTokens = (
  url: string,
  client: { clientId: string; clientSecret: string },
  parameters: Record<string, string>,
): Promise<Tokens> =>
  readJson<Tokens>(url, {
    method: 'POST',
    headers: formHeaders(client),
    body: new URLSearchParams(parameters).toString(),
  });

/** Where our service issues tokens for a tenant. */
export const tokenPath = (tenant: string): string => `/t/${tenant}/oauth/token`;

/** A token of our bootstrap client; one with all of its hundred permissions would have 5 KB, more than clients have. */
export async function requestOwnToken(subject: Subject, scope: string | null): Promise<string> {
  const tokens = await requestTokens(`${subject.url}${tokenPath('master')}`, subject, {
    grant_type: 'client_credentials',
    ...(scope === null ? {} : { scope }),
  });
  return tokens.access_token;
}

export const fetchKeys = (url: string): Promise<JSONWebKeySet> => readJson<JSONWebKeySet>(url, {});

/** Runs an operation of our graph with the token of an administrator. */
export async function runGraphql<T>(
  { url }: Subject,
  token: string,
  query: string,
  variables: object = {},
): Promise<T> {
  const { data, errors } = await readJson<{ data: T; errors?: unknown }>(`${url}/graphql`, {
    method: 'POST',
    headers: jsonHeaders(token),
    body: JSON.stringify({ query, variables }),
  });
  if (errors !== undefined) throw new Error(`A fixture could not be made: ${JSON.stringify(errors)}`);
  return data;
}

export interface Person {
  readonly subject: string;
  readonly username: string;
}

/** Enabled users of the tenant `demo`. */
export const readPeople = oncePerWorld(async (world): Promise<readonly Person[]> => {
  const subject = await world.server('idgraph');
  const token = await requestOwnToken(subject, 'user:read:all');
  const query = '{ users(first: 200, tenant: "demo") { nodes { subject username isEnabled } } }';
  type Page = { readonly users: { readonly nodes: readonly (Person & { readonly isEnabled: boolean })[] } };
  return (await runGraphql<Page>(subject, token, query)).users.nodes.filter(({ isEnabled }) => isEnabled);
});

/**
 * The secret of an API key that reads users, of a user of the tenant `demo` who administers it. The key is made by SQL, because a
 * user makes keys after a sign-in, which the rows need for nothing else.
 */
export const makeApiKey = oncePerWorld(async (world): Promise<string> => {
  const subject = await world.server('idgraph');
  const [owner] = await readPeople(world);
  const promote = 'mutation ($input: PromoteUserInput!) { promoteUser(input: $input) { __typename } }';
  const input = { tenant: 'demo', userId: owner!.subject };
  await runGraphql(subject, await requestOwnToken(subject, null), promote, { input });
  const { database } = subject.backends!;
  type Tenant = { readonly id: string; readonly route: string };
  const [tenant] = await world.cluster.run<Tenant>(database, `select id, route from tenants where name = 'demo'`);
  const secret = `svk_${mintHandle(tenant!.route)}`;
  await world.cluster.run(
    database,
    `insert into api_keys (tenant_id, id, hash, owner_tenant_id, owner_user_id, name, scopes, own_scopes, created_at)
      values ($1, $2, $3, $1, $4, '', '{USER:READ}', '{}', now())`,
    [tenant!.id, newRoutedId(tenant!.route), hashHandle(secret), owner!.subject],
  );
  return secret;
});

const SESSIONS = 5;

/** Gives every user of the tenant `demo` five sessions, in place of those that the demonstration made. */
export const makeSessions = oncePerWorld(async (world): Promise<{ readonly tenantId: string }> => {
  const { backends } = await world.server('idgraph');
  const { database } = backends!;
  const [tenant] = await world.cluster.run<{ id: string }>(database, `select id from tenants where name = 'demo'`);
  await world.cluster.run(database, 'delete from sessions where tenant_id = $1', [tenant!.id]);
  await world.cluster.run(
    database,
    `insert into sessions (tenant_id, id, user_id, auth_time, amr, ip, user_agent, last_used_at, idle_expires_at, expires_at, created_at)
      select tenant_id, ${eventId('moment', 'n || id')}, id, moment, '{pwd}', '203.0.113.' || n,
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', moment, moment + interval '10 days', moment + interval '30 days', moment
      from users, generate_series(1, $2::int) n, lateral (select now() - n * interval '1 hour' as moment) moments
      where tenant_id = $1`,
    [tenant!.id, SESSIONS],
  );
  await world.cluster.run(database, 'vacuum analyze sessions');
  return { tenantId: tenant!.id };
});

/** SQL of a UUIDv7 (RFC 9562 section 5.7) with the time of an expression and digits that depend on another. */
const eventId = (moment: string, seed: string): string =>
  `(lpad(to_hex((extract(epoch from ${moment}) * 1000)::bigint), 12, '0') || '7' || substr(md5(${seed}), 1, 3) || '8' ||
    substr(md5(${seed}), 4, 15))::uuid`;

const EVENTS = 1_000_000;

/** Fills the log of the tenant `demo` with a million sign-ins of its users over the last days, by SQL, the oldest first. */
export const fillHistory = oncePerWorld(async (world): Promise<void> => {
  const { database } = (await world.server('idgraph')).backends!;
  await world.cluster.run(
    database,
    `with tenant as (select id from tenants where name = 'demo'),
      people as (select users.id, row_number() over (order by users.id) - 1 as number, count(*) over () as amount
        from users, tenant where users.tenant_id = tenant.id),
      moments as (select n, now() - n * interval '0.8 second' as at from generate_series($1::int, 1, -1) n)
    insert into security_events
      (tenant_id, id, type, occurred_at, actor_kind, actor_id, subject_id, ip, peer_ip, user_agent, api, outcome, params)
    select tenant.id, ${eventId('at', 'n::text')}, 'session.started', at, 'user', people.id, people.id, '203.0.113.7',
      '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64)', 'oauth', 'success',
      jsonb_build_object('amr', array['pwd'], 'identifier', people.id)
    from tenant, moments join people on people.number = moments.n % people.amount`,
    [EVENTS],
  );
  // Accounts must be older than their events.
  await world.cluster.run(database, `update users set created_at = now() - interval '1 year'`);
  await world.cluster.run(database, 'vacuum analyze security_events, users');
});

export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly people: readonly { readonly username: string; readonly password: string }[];
}

const APP_USERS = 64;

/** Where the authorization code is sent; nothing listens there. */
export const REDIRECT_URI = 'https://client.example/callback';

/** A client of the tenant `demo` that may use the password grant and codes, and users with a password. */
export const makeApp = oncePerWorld(async (world): Promise<App> => {
  const subject = await world.server('idgraph');
  const token = await requestOwnToken(subject, null);
  const { createClient } = await runGraphql<{ createClient: { clientId: string; secret: string } }>(
    subject,
    token,
    'mutation ($input: CreateClientInput!) { createClient(input: $input) { clientId secret } }',
    {
      input: {
        tenant: 'demo',
        clientId: 'bench-app',
        type: 'CONFIDENTIAL',
        grantTypes: ['PASSWORD', 'AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
        redirects: [{ uri: REDIRECT_URI }],
        scopes: ['openid', 'profile', 'email'].map((name) => ({ name })),
        isRegistrationEnabled: true,
      },
    },
  );
  const people = (await readPeople(world)).slice(0, APP_USERS);
  const accounts: { username: string; password: string }[] = [];
  for (const { subject: userId, username } of people) {
    const password = randomBytes(18).toString('base64url');
    await runGraphql(subject, token, 'mutation ($input: SetPasswordInput!) { setPassword(input: $input) { userId } }', {
      input: { tenant: 'demo', userId, password, isTemporary: false },
    });
    accounts.push({ username, password });
  }
  return { clientId: createClient.clientId, clientSecret: createClient.secret, people: accounts };
});

/** A confidential client of the realm `demo` with a service account, made as administrators of Keycloak make it. */
export const makeRealmClient = oncePerWorld(async (world): Promise<{ clientId: string; clientSecret: string }> => {
  const subject = await world.server('idgraph');
  const token = await requestOwnToken(subject, null);
  const client = { clientId: 'bench-service', clientSecret: newSecret() };
  const answer = await fetch(`${subject.url}/admin/realms/demo/clients`, {
    method: 'POST',
    headers: jsonHeaders(token),
    body: JSON.stringify({
      clientId: client.clientId,
      secret: client.clientSecret,
      serviceAccountsEnabled: true,
      standardFlowEnabled: false,
    }),
  });
  if (answer.status !== 201) throw new Error(`The client was answered with ${answer.status}: ${await answer.text()}`);
  return client;
});

/** Signs the users of the app in. */
export async function signIn(world: World, scope: string): Promise<readonly Tokens[]> {
  const { url } = await world.server('idgraph');
  const app = await makeApp(world);
  const tokens: Tokens[] = [];
  for (const { username, password } of app.people)
    tokens.push(
      await requestTokens(`${url}${tokenPath('demo')}`, app, { grant_type: 'password', username, password, scope }),
    );
  return tokens;
}

/** What the peer has for a user after the authorization code flow. */
export interface PeerSeed {
  readonly refreshToken: string;
  readonly accessToken: string;
  /** Name and value of the cookie of the browser's session. */
  readonly sessionCookie: string;
}

/** Grants, sessions and tokens of a user at the peer, which a browser would get by the authorization code flow. */
export async function seedPeer(peer: Subject, count: number): Promise<readonly PeerSeed[]> {
  const seeds: PeerSeed[] = [];
  for (let i = 0; i < count; i++) seeds.push(await readJson(`${peer.url}/bench/seed`, { method: 'POST' }));
  return seeds;
}

/** 10,000 tenants of a service, `master` among them. */
export const makeManyTenants = oncePerWorld((world) => makeTenants(world, 'idgraph-tenants', MANY_TENANTS));

/** Ten of another service. */
export const makeFewTenants = oncePerWorld((world) => makeTenants(world, 'idgraph-few-tenants', FEW_TENANTS));

async function makeTenants(world: World, server: ServerKey, count: number): Promise<readonly SmallTenant[]> {
  const { database } = (await world.server(server)).backends!;
  return fillSmallTenants(world.cluster, database, world.masterKey, count);
}
