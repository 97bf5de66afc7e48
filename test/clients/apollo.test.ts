import { ApolloClient, gql, HttpLink, InMemoryCache, split } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition, relayStylePagination } from '@apollo/client/utilities';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { endStarted, NEW_USER, type Service, startService } from '../support/frontend.ts';

const USERS = gql`
  query Users($first: Int!, $after: String) {
    users(first: $first, after: $after, orderBy: { field: USERNAME }) {
      edges { node { id username isEnabled } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const USER = gql`
  query User($userId: ID!) { user(userId: $userId) { id username givenName isEnabled } }
`;
const CREATE = gql`
  mutation Create($input: CreateUserInput!) { createUser(input: $input) { subject user { id username givenName isEnabled } } }
`;
const UPDATE = gql`
  mutation Update($input: UpdateUserInput!) { updateUser(input: $input) { user { id givenName } } }
`;
const DELETE = gql`
  mutation Delete($input: DeleteUserInput!) { deleteUser(input: $input) { deletedUserId } }
`;
const EVENTS = gql`
  subscription Events($after: String) {
    securityEvents(after: $after, filter: { types: ["user.created"] }) { kind cursor event { id type subjectId } }
  }
`;

interface Page {
  readonly edges: readonly { readonly node: { readonly username: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

interface FeedItem {
  readonly kind: string;
  readonly cursor: string;
  readonly event: { readonly id: string; readonly type: string; readonly subjectId: string } | null;
}

describe('Apollo Client', () => {
  let service: Service;
  let client: ApolloClient;
  let sockets: ReturnType<Service['sockets']>;
  beforeAll(async () => {
    service = await startService();
    sockets = service.sockets();
    const http = new HttpLink({ uri: `${service.url}/graphql`, headers: { authorization: `Bearer ${service.token}` } });
    const isSubscription = ({ query }: { query: Parameters<typeof getMainDefinition>[0] }) => {
      const definition = getMainDefinition(query);
      return definition.kind === 'OperationDefinition' && definition.operation === 'subscription';
    };
    client = new ApolloClient({
      link: split(isSubscription, new GraphQLWsLink(sockets), http),
      cache: new InMemoryCache({ typePolicies: { Query: { fields: { users: relayStylePagination() } } } }),
    });
  });
  afterAll(async () => {
    client.stop();
    await sockets.dispose();
    await endStarted();
  });

  it('pages with relayStylePagination and fetchMore', async () => {
    for (const username of ['page-a', 'page-b', 'page-c']) await service.ask(NEW_USER, { input: { username } });
    const users = client.watchQuery<{ users: Page }>({ query: USERS, variables: { first: 2 } });
    let shown: Page | undefined;
    const watching = users.subscribe(({ data }) => {
      shown = data?.users as Page | undefined;
    });
    await vi.waitFor(() => expect(shown?.edges).toHaveLength(2));
    while (shown!.pageInfo.hasNextPage) {
      const { length } = shown!.edges;
      await users.fetchMore({ variables: { after: shown!.pageInfo.endCursor } });
      // The cache notifies its watchers in a later turn of the event loop.
      await vi.waitFor(() => expect(shown!.edges.length).toBeGreaterThan(length));
    }
    watching.unsubscribe();
    const { edges } = shown!;
    const names = edges.map(({ node }) => node.username);
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['admin', 'page-a', 'page-b', 'page-c']));
    expect(new Set(names).size).toBe(names.length);
  });

  it('updates its normalised cache from the payload of a mutation', async () => {
    const created = await client.mutate<{ createUser: { subject: string } }>({
      mutation: CREATE,
      variables: { input: { username: 'cached', givenName: 'Before' } },
    });
    const userId = created.data!.createUser.subject;
    await client.query({ query: USER, variables: { userId } });
    await client.mutate({ mutation: UPDATE, variables: { input: { userId, givenName: 'After' } } });
    const cached = client.readQuery<{ user: object }>({ query: USER, variables: { userId } });
    expect(cached!.user).toMatchObject({ username: 'cached', givenName: 'After', isEnabled: true });
    const deleted = await client.mutate<{ deleteUser: { deletedUserId: string } }>({
      mutation: DELETE,
      variables: { input: { userId } },
    });
    const id = client.cache.identify({ __typename: 'User', id: deleted.data!.deleteUser.deletedUserId })!;
    expect(client.cache.extract()).toHaveProperty([id]);
    client.cache.evict({ id });
    expect(client.cache.extract()).not.toHaveProperty([id]);
  });

  it('subscribes, with __typename and id, and resumes after its last cursor without a loss', async () => {
    const feed = (after: string | null, stop: (item: FeedItem) => boolean) =>
      new Promise<FeedItem[]>((resolve, reject) => {
        const items: FeedItem[] = [];
        const subscription = client
          .subscribe<{ securityEvents: FeedItem }>({ query: EVENTS, variables: { after } })
          .subscribe({
            next: ({ data, error }) => {
              if (error !== undefined) return reject(error);
              items.push(data!.securityEvents);
              if (items.length === 1) resolved.begun();
              if (!stop(items.at(-1)!)) return;
              subscription.unsubscribe();
              resolve(items);
            },
            error: reject,
          });
      });
    let begun = Promise.withResolvers<void>();
    const resolved = { begun: () => begun.resolve() };
    const first = feed(null, ({ kind }) => kind === 'EVENT');
    await begun.promise;
    const one = (await service.ask(NEW_USER, { input: { username: 'feed-1' } })) as { createUser: { subject: string } };
    const seen = await first;
    expect(seen.at(-1)).toMatchObject({
      kind: 'EVENT',
      event: { id: expect.stringMatching(/^evt~/), subjectId: one.createUser.subject },
    });
    const missed = (await service.ask(NEW_USER, { input: { username: 'feed-2' } })) as {
      createUser: { subject: string };
    };
    begun = Promise.withResolvers<void>();
    const later = await feed(seen.at(-1)!.cursor, ({ kind }) => kind === 'EVENT');
    expect(later.at(-1)!.event!.subjectId).toBe(missed.createUser.subject);
  });
});
