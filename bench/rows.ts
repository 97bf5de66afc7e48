import type { LoadRequest } from './load.ts';
import type { Subject } from './servers.ts';

/** Input of a row: the measured server, a token of its bootstrap client, and users of the demo tenant. */
export interface RowContext {
  readonly subject: Subject;
  readonly token: string;
  readonly userIds: readonly string[];
}

/** One line of the table: a repeated request, its speed target, and the same request at the peer. */
export interface BenchRow {
  readonly name: string;
  /** Target in requests per second on PostgreSQL with the server on one core; null when there is no target. */
  readonly promise: number | null;
  readonly request: (context: RowContext) => LoadRequest;
  /** Measured on PostgreSQL only, after the log was filled with a million events. */
  readonly needsHistory?: true;
  /** The same operation at the peer. */
  readonly peer?: (peer: Subject, token: string) => LoadRequest;
}

const basic = (subject: Subject): string =>
  `Basic ${Buffer.from(`${subject.clientId}:${subject.clientSecret}`).toString('base64')}`;
const FORM = 'application/x-www-form-urlencoded';

const graphql = (
  { subject, token }: RowContext,
  queries: readonly { query: string; variables: unknown }[],
): LoadRequest => ({
  method: 'POST',
  url: `${subject.url}/graphql`,
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  bodies: queries.map((query) => JSON.stringify(query)),
});

const restOfUsers = ({ subject, token, userIds }: RowContext, tail: string): LoadRequest => ({
  method: 'GET',
  url: `${subject.url}/t/demo/blitz/api/v3/users/`,
  paths: userIds.map((id) => `${id}${tail}`),
  headers: { authorization: `Bearer ${token}` },
});

export const ROWS: readonly BenchRow[] = [
  {
    name: 'client-credentials token, EdDSA JWT, durable event',
    promise: 4000,
    request: ({ subject }) => ({
      method: 'POST',
      url: `${subject.url}/t/master/oauth/token`,
      headers: { authorization: basic(subject), 'content-type': FORM },
      bodies: ['grant_type=client_credentials&scope=user%3Aread'],
    }),
    peer: (peer) => ({
      method: 'POST',
      url: `${peer.url}/token`,
      headers: { authorization: basic(peer), 'content-type': FORM },
      bodies: ['grant_type=client_credentials'],
    }),
  },
  {
    name: 'introspection of an access token',
    promise: 10_000,
    request: ({ subject, token }) => ({
      method: 'POST',
      url: `${subject.url}/t/master/oauth/introspect`,
      headers: { authorization: basic(subject), 'content-type': FORM },
      bodies: [`token=${token}`],
    }),
    peer: (peer, token) => ({
      method: 'POST',
      url: `${peer.url}/token/introspection`,
      headers: { authorization: basic(peer), 'content-type': FORM },
      bodies: [`token=${token}`],
    }),
  },
  {
    name: 'a user by id, REST',
    promise: 4000,
    request: (context) => restOfUsers(context, ''),
  },
  {
    name: 'a user by id, GraphQL',
    promise: 3000,
    request: (context) =>
      graphql(
        context,
        context.userIds.map((id) => ({
          query:
            'query ($id: ID!) { user(userId: $id, tenant: "demo") { subject username email emailVerified givenName familyName isEnabled } }',
          variables: { id },
        })),
      ),
  },
  {
    name: '20 users with their sessions, GraphQL',
    promise: null,
    request: (context) =>
      graphql(context, [
        {
          query: '{ users(first: 20, tenant: "demo") { nodes { subject username sessions { subject authTime ip } } } }',
          variables: {},
        },
      ]),
  },
  {
    name: 'authentication modes, read over REST',
    promise: 4000,
    request: (context) => restOfUsers(context, '/auth'),
  },
  {
    name: 'authentication modes, changed over REST',
    promise: 1500,
    // One connection locks each user in one round and unlocks it in the next, so that every request changes something.
    request: (context) => ({
      ...restOfUsers(context, '/auth'),
      method: 'POST',
      isPartitioned: true,
      headers: { authorization: `Bearer ${context.token}`, 'content-type': 'application/json' },
      bodies: [['password'], []].map((methodsLocked) => JSON.stringify({ methodsLocked })),
    }),
  },
  {
    name: "a user's last events of 1,000,000 in the log, REST",
    promise: 1500,
    needsHistory: true,
    request: (context) => restOfUsers(context, '/audit?rql=and(limit(20))'),
  },
];
