import {
  type Check,
  checkData,
  checkInvalidDocument,
  checkJson,
  checkList,
  checkUsersWithSessions,
} from '../checks.ts';
import {
  fillHistory,
  jsonHeaders,
  makeApiKey,
  makeSessions,
  type Person,
  readPeople,
  requestOwnToken,
  requestTokens,
} from '../fixtures.ts';
import { CONNECTIONS, overHttp, WARM_UP, WARM_UP_OF_LISTS } from '../http-contender.ts';
import type { LoadRequest } from '../http-message.ts';
import { COUNTER } from '../load-protocol.ts';
import type { BenchRow, Contender } from '../row.ts';
import type { World } from '../world.ts';

const SCOPE = 'user:read:all session:read:all auth-mode:write:all event:read:all event:read';

const ownToken = async (world: World): Promise<string> => requestOwnToken(await world.server('idgraph'), SCOPE);

const restOfUser = (token: string, id: string, tail = ''): LoadRequest => ({
  method: 'GET',
  path: `/t/demo/blitz/api/v3/users/${id}${tail}`,
  headers: { authorization: `Bearer ${token}` },
});

/** Reads by REST of one user after another, at our service. */
async function overRest(
  world: World,
  people: readonly Person[],
  tail: string,
  { check, warmUp }: { check: (people: readonly Person[]) => Check; warmUp: number },
): Promise<Contender> {
  const token = await ownToken(world);
  return overHttp(world, {
    name: 'idgraph',
    subject: await world.server('idgraph'),
    plan: { requests: people.map(({ subject }) => restOfUser(token, subject, tail)) },
    check: check(people),
    warmUp,
  });
}

const userByRest: BenchRow = {
  key: 'user-rest',
  title: 'a user by id, REST',
  servers: ['idgraph', 'hand-written'],
  async prepare(world) {
    const people = await readPeople(world);
    const least = await world.server('hand-written');
    const grant = { grant_type: 'client_credentials', scope: 'user:read' };
    const { access_token } = await requestTokens(`${least.url}/token`, least, grant);
    const headers = { authorization: `Bearer ${access_token}` };
    return [
      await overRest(world, people, '', {
        check: (all) =>
          checkJson('Not the user', ({ sub, login }, { request }) => {
            const { subject, username } = all[request]!;
            return sub === subject && login === username;
          }),
        warmUp: WARM_UP,
      }),
      overHttp(world, {
        name: 'hand-written',
        subject: least,
        plan: { requests: people.map(({ subject }) => ({ method: 'GET', path: `/users/${subject}`, headers })) },
        check: checkJson('Not the user', ({ id, username }, { request }) => {
          const person = people[request]!;
          return id === person.subject && username === person.username;
        }),
        warmUp: WARM_UP,
      }),
    ];
  },
};

/** Operations for our service and for PostGraphile, which has other names for the same fields. */
interface GraphqlPair {
  readonly own: readonly { readonly query: string; readonly variables?: object }[];
  readonly peer: GraphqlPair['own'];
  readonly checkOwn: Check;
  readonly checkPeer: Check;
  readonly warmUp: number;
  /** The documents hold a counter, so that each request has one that was never seen. */
  readonly isCounted?: boolean;
}

async function overGraphql(world: World, pair: GraphqlPair): Promise<Contender[]> {
  const requests = (operations: GraphqlPair['own'], token: string | null): LoadRequest[] =>
    operations.map((operation) => ({
      method: 'POST',
      path: '/graphql',
      headers: jsonHeaders(token),
      body: JSON.stringify(operation),
    }));
  const { warmUp, isCounted = false } = pair;
  return [
    overHttp(world, {
      name: 'idgraph',
      subject: await world.server('idgraph'),
      plan: { requests: requests(pair.own, await ownToken(world)), isCounted },
      check: pair.checkOwn,
      warmUp,
    }),
    overHttp(world, {
      name: 'postgraphile',
      subject: await world.server('postgraphile'),
      plan: { requests: requests(pair.peer, null), isCounted },
      check: pair.checkPeer,
      warmUp,
    }),
  ];
}

/** The user that a request asked for, under a name of the result. */
const checkUser = (people: readonly Person[], read: (data: Record<string, unknown>) => unknown): Check =>
  checkData('Not the user', (data, { request }) => {
    const user = read(data) as { subject?: unknown; username?: unknown } | null;
    const person = people[request]!;
    return user?.subject === person.subject && user.username === person.username;
  });

const OWN_USER = 'subject username email emailVerified givenName familyName isEnabled';
const PEER_USER = 'subject: rowId username email emailVerified givenName familyName isEnabled: enabled';

const userByGraphql: BenchRow = {
  key: 'user-graphql',
  title: 'a user by id, GraphQL',
  servers: ['idgraph', 'postgraphile'],
  async prepare(world) {
    const people = await readPeople(world);
    const { tenantId } = await makeSessions(world);
    const check = checkUser(people, ({ user }) => user);
    return overGraphql(world, {
      own: people.map(({ subject: id }) => ({
        query: `query ($id: ID!) { user(userId: $id, tenant: "demo") { ${OWN_USER} } }`,
        variables: { id },
      })),
      peer: people.map(({ subject: id }) => ({
        query: `query ($tenant: UUID!, $id: String!) { user: userByTenantIdAndRowId(tenantId: $tenant, rowId: $id) { ${PEER_USER} } }`,
        variables: { tenant: tenantId, id },
      })),
      checkOwn: check,
      checkPeer: check,
      warmUp: WARM_UP,
    });
  },
};

const userByApiKey: BenchRow = {
  key: 'api-key',
  title: 'a user by id, GraphQL, with an API key',
  servers: ['idgraph'],
  async prepare(world) {
    const people = await readPeople(world);
    const subject = await world.server('idgraph');
    const query = `query ($id: ID!) { user(userId: $id, tenant: "demo") { ${OWN_USER} } }`;
    const withCredential = (name: string, credential: string): Contender =>
      overHttp(world, {
        name,
        subject,
        plan: {
          requests: people.map(({ subject: id }) => ({
            method: 'POST',
            path: '/graphql',
            headers: jsonHeaders(credential),
            body: JSON.stringify({ query, variables: { id } }),
          })),
        },
        check: checkUser(people, ({ user }) => user),
        warmUp: WARM_UP,
      });
    return [
      withCredential('idgraph', await makeApiKey(world)),
      withCredential('idgraph, access token', await ownToken(world)),
    ];
  },
};

const USERS = 20;
const SESSIONS = 5;

const usersWithSessions: BenchRow = {
  key: 'users-sessions',
  title: '20 users with 5 sessions each, GraphQL, 14 KB',
  servers: ['idgraph', 'postgraphile'],
  async prepare(world) {
    const { tenantId } = await makeSessions(world);
    return overGraphql(world, {
      own: [
        {
          query: `{ users(first: ${USERS}, tenant: "demo") { nodes { subject username email givenName familyName
            sessions(first: ${SESSIONS}) { sessionId authTime ip } } } }`,
        },
      ],
      peer: [
        {
          query: `query ($tenant: UUID!) { allUsers(first: ${USERS}, condition: { tenantId: $tenant }, orderBy: CREATED_AT_ASC) {
            nodes { subject: rowId username email givenName familyName
              sessionsByTenantIdAndUserId(first: ${SESSIONS}, orderBy: ROW_ID_DESC) {
                nodes { sessionId: rowId authTime ip } } } } }`,
          variables: { tenant: tenantId },
        },
      ],
      checkOwn: checkUsersWithSessions(USERS, SESSIONS, (data) => (data['users'] as OwnPage).nodes),
      checkPeer: checkUsersWithSessions(USERS, SESSIONS, (data) =>
        (data['allUsers'] as PeerPage).nodes.map((node) => ({ sessions: node.sessionsByTenantIdAndUserId.nodes })),
      ),
      warmUp: WARM_UP_OF_LISTS,
    });
  },
};

interface OwnPage {
  readonly nodes: readonly { readonly sessions: readonly object[] }[];
}

interface PeerPage {
  readonly nodes: readonly { readonly sessionsByTenantIdAndUserId: { readonly nodes: readonly object[] } }[];
}

const UNKNOWN_FIELD = 'passwordHash';

const refusedDocument: BenchRow = {
  key: 'refused-document',
  title: 'a document with an unknown field, refused',
  servers: ['idgraph', 'postgraphile'],
  async prepare(world) {
    return overGraphql(world, {
      own: [{ query: `{ users(first: 20, tenant: "demo") { nodes { subject username ${UNKNOWN_FIELD} } } }` }],
      peer: [{ query: `{ allUsers(first: 20) { nodes { rowId username ${UNKNOWN_FIELD} } } }` }],
      checkOwn: checkInvalidDocument(UNKNOWN_FIELD),
      checkPeer: checkInvalidDocument(UNKNOWN_FIELD),
      warmUp: WARM_UP,
    });
  },
};

const newDocument: BenchRow = {
  key: 'new-document',
  title: 'a user by id, GraphQL, by a document that was never seen',
  servers: ['idgraph', 'postgraphile'],
  async prepare(world) {
    const people = await readPeople(world);
    const { tenantId } = await makeSessions(world);
    const alias = `u${COUNTER}`;
    const check = checkUser(people, (data) => Object.values(data)[0]);
    return overGraphql(world, {
      own: people.map(({ subject: id }) => ({
        query: `query ($id: ID!) { ${alias}: user(userId: $id, tenant: "demo") { ${OWN_USER} } }`,
        variables: { id },
      })),
      peer: people.map(({ subject: id }) => ({
        query: `query ($tenant: UUID!, $id: String!) { ${alias}: userByTenantIdAndRowId(tenantId: $tenant, rowId: $id) { ${PEER_USER} } }`,
        variables: { tenant: tenantId, id },
      })),
      checkOwn: check,
      checkPeer: check,
      isCounted: true,
      warmUp: WARM_UP_OF_LISTS,
    });
  },
};

const authModesRead: BenchRow = {
  key: 'auth-modes',
  title: 'authentication modes of a user, read, REST',
  servers: ['idgraph'],
  async prepare(world) {
    const check = () => checkJson('Not the modes of a user', ({ methodsLocked }) => Array.isArray(methodsLocked));
    return [await overRest(world, await readPeople(world), '/auth', { check, warmUp: WARM_UP })];
  },
};

/**
 * Each connection locks a method of its users in one turn and unlocks it in the next, so that every request changes something,
 * and no two connections meet at one user.
 */
const authModesChanged: BenchRow = {
  key: 'auth-modes-changed',
  title: 'authentication modes of a user, changed, REST',
  servers: ['idgraph'],
  async prepare(world) {
    const token = await ownToken(world);
    const people = (await readPeople(world)).slice(0, 2 * CONNECTIONS);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const locked = [['password'], []];
    const requests = locked.flatMap((methodsLocked) =>
      people.map(({ subject }): LoadRequest => {
        const body = JSON.stringify({ methodsLocked });
        return { ...restOfUser(token, subject, '/auth'), method: 'POST', headers, body };
      }),
    );
    const check = checkJson('Not the changed modes', ({ methodsLocked }, { request }) => {
      const expected = locked[Math.trunc(request / people.length)]!;
      return JSON.stringify(methodsLocked) === JSON.stringify(expected);
    });
    const subject = await world.server('idgraph');
    return [
      overHttp(world, { name: 'idgraph', subject, plan: { requests, isPartitioned: true }, check, warmUp: WARM_UP }),
    ];
  },
};

const LAST_EVENTS = 20;

const lastEvents: BenchRow = {
  key: 'last-events',
  title: "a user's last 20 events of 1,000,000, REST",
  servers: ['idgraph'],
  async prepare(world) {
    await fillHistory(world);
    const check = (people: readonly Person[]) =>
      checkList(
        `Not ${LAST_EVENTS} events of the user`,
        LAST_EVENTS,
        ({ obj }, { request }) => obj === people[request]!.subject,
      );
    const people = await readPeople(world);
    return [
      await overRest(world, people, `/audit?rql=and(limit(${LAST_EVENTS}))`, { check, warmUp: WARM_UP_OF_LISTS }),
    ];
  },
};

export const USER_ROWS = {
  userByRest,
  userByGraphql,
  userByApiKey,
  usersWithSessions,
  refusedDocument,
  newDocument,
  authModesRead,
  authModesChanged,
  lastEvents,
};
