import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endStarted, NEW_USER, type Service, startService } from '../support/frontend.ts';

const USERS = gql`
  query Users($first: Int!, $after: String) {
    users(first: $first, after: $after) {
      edges { node { id username } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const USER = gql`
  query User($userId: ID!) { user(userId: $userId) { id username givenName } }
`;
const UPDATE = gql`
  mutation Update($input: UpdateUserInput!) { updateUser(input: $input) { user { id givenName } } }
`;
const EVENTS = gql`
  subscription Events($after: String) {
    securityEvents(after: $after, filter: { types: ["user.created"] }) { kind cursor event { id type subjectId } }
  }
`;

interface Created {
  readonly createUser: { readonly subject: string };
}

describe('urql with its normalised cache', () => {
  let service: Service;
  let client: Client;
  let sockets: ReturnType<Service['sockets']>;
  const warnings: unknown[] = [];
  beforeAll(async () => {
    service = await startService();
    sockets = service.sockets();
    client = new Client({
      url: `${service.url}/graphql`,
      preferGetMethod: false,
      fetchOptions: { headers: { authorization: `Bearer ${service.token}` } },
      exchanges: [
        cacheExchange({
          resolvers: { Query: { users: relayPagination() } },
          logger: (severity, message) => void (severity === 'debug' || warnings.push(message)),
        }),
        fetchExchange,
        subscriptionExchange({
          forwardSubscription: (request) => ({
            subscribe: (sink) => ({
              unsubscribe: sockets.subscribe({ ...request, query: request.query ?? '' }, sink as never),
            }),
          }),
        }),
      ],
    });
  });
  afterAll(async () => {
    await sockets.dispose();
    await endStarted();
  });

  it('pages with relayPagination', async () => {
    for (const username of ['page-a', 'page-b', 'page-c']) await service.ask(NEW_USER, { input: { username } });
    let after: string | null = null;
    let names: string[] = [];
    for (let page = 0; page < 5; page++) {
      const { data, error } = await client.query(USERS, { first: 2, after }).toPromise();
      expect(error).toBeUndefined();
      names = data.users.edges.map(({ node }: { node: { username: string } }) => node.username);
      if (!data.users.pageInfo.hasNextPage) break;
      after = data.users.pageInfo.endCursor;
    }
    expect(names).toEqual(expect.arrayContaining(['admin', 'page-a', 'page-b', 'page-c']));
    expect(new Set(names).size).toBe(names.length);
  });

  it('updates its cache from the payload of a mutation, without a warning about ids', async () => {
    const { createUser } = (await service.ask(NEW_USER, { input: { username: 'cached' } })) as unknown as Created;
    const userId = createUser.subject;
    const fresh = await client.query(USER, { userId }).toPromise();
    expect(fresh.data.user).toMatchObject({ username: 'cached', givenName: null });
    const changed = await client.mutation(UPDATE, { input: { userId, givenName: 'After' } }).toPromise();
    expect(changed.error).toBeUndefined();
    const cached = await client.query(USER, { userId }, { requestPolicy: 'cache-only' }).toPromise();
    expect(cached.data.user).toMatchObject({ username: 'cached', givenName: 'After' });
    expect(warnings).toEqual([]);
  });

  it('subscribes, with __typename and id, and resumes after its last cursor without a loss', async () => {
    const untilEvent = (after: string | null, begun: () => void) =>
      new Promise<{ cursor: string; event: { id: string; subjectId: string } }>((resolve, reject) => {
        const { unsubscribe } = client.subscription(EVENTS, { after }).subscribe(({ data, error }) => {
          if (error !== undefined) return reject(error);
          begun();
          if (data.securityEvents.kind !== 'EVENT') return;
          resolve(data.securityEvents);
          queueMicrotask(() => unsubscribe());
        });
      });
    const start = Promise.withResolvers<void>();
    const first = untilEvent(null, () => start.resolve());
    await start.promise;
    const one = (await service.ask(NEW_USER, { input: { username: 'feed-1' } })) as unknown as Created;
    const seen = await first;
    expect(seen.event).toMatchObject({ id: expect.stringMatching(/^evt~/), subjectId: one.createUser.subject });
    const missed = (await service.ask(NEW_USER, { input: { username: 'feed-2' } })) as unknown as Created;
    const later = await untilEvent(seen.cursor, () => undefined);
    expect(later.event.subjectId).toBe(missed.createUser.subject);
  });
});
