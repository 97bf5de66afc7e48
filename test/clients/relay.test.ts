import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error The package has no types; it exports the path of its program.
import relayCompiler from 'relay-compiler';
import {
  type ConcreteRequest,
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  type GraphQLResponse,
  getRequest,
  Network,
  Observable,
  RecordSource,
  requestSubscription,
  Store,
} from 'relay-runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { endStarted, NEW_USER, type Service, startService } from '../support/frontend.ts';
import { ROOT } from '../support/started.ts';

/** The source file of a small application with its documents. */
const SOURCE = `
import { graphql } from 'relay-runtime';
graphql\`
  query AppUsersQuery($first: Int!, $after: String) {
    users(first: $first, after: $after) @connection(key: "App_users") {
      edges { node { id username isEnabled } }
    }
  }
\`;
graphql\`
  query AppUserQuery($userId: ID!) { user(userId: $userId) { id username givenName } }
\`;
graphql\`
  mutation AppUpdateMutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id givenName } } }
\`;
graphql\`
  mutation AppDeleteMutation($input: DeleteUserInput!) { deleteUser(input: $input) { deletedUserId @deleteRecord subject } }
\`;
graphql\`
  subscription AppEventsSubscription($after: String) {
    securityEvents(after: $after, filter: { types: ["user.created"] }) { kind cursor event { type subjectId } }
  }
\`;
`;

interface Created {
  readonly createUser: { readonly subject: string };
}
interface FeedItem {
  readonly kind: string;
  readonly cursor: string;
  readonly event: { readonly type: string; readonly subjectId: string } | null;
}

/** Compiles the application against the schema for clients. @returns The folder of the artifacts. */
function compile(folder: string): string {
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src/App.js'), SOURCE);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(ROOT, 'schema/client.graphql'), join(folder, 'schema.graphql'));
  const config = { src: './src', schema: './schema.graphql', language: 'javascript', eagerEsModules: true };
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config));
  execFileSync(relayCompiler as unknown as string, ['./relay.config.json'], { cwd: folder, stdio: 'pipe' });
  return join(folder, 'src/__generated__');
}

describe('Relay', () => {
  let service: Service;
  let sockets: ReturnType<Service['sockets']>;
  let environment: Environment;
  let folder: string;
  const artifacts = new Map<string, ConcreteRequest>();
  const complaints = vi.spyOn(console, 'error');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'idgraph-relay-'));
    const generated = compile(folder);
    for (const name of [
      'AppUsersQuery',
      'AppUserQuery',
      'AppUpdateMutation',
      'AppDeleteMutation',
      'AppEventsSubscription',
    ]) {
      artifacts.set(name, (await import(/* @vite-ignore */ join(generated, `${name}.graphql.js`))).default);
    }
    service = await startService();
    sockets = service.sockets();
    const network = Network.create(
      async ({ text: query }, variables) => {
        const response = await fetch(`${service.url}/graphql`, {
          method: 'POST',
          headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        });
        return (await response.json()) as GraphQLResponse;
      },
      ({ text, name }, variables) =>
        Observable.create((sink) => sockets.subscribe({ operationName: name, query: text!, variables }, sink as never)),
    );
    environment = new Environment({ network, store: new Store(new RecordSource()) });
  });
  afterEach(() => expect(complaints.mock.calls).toEqual([]));
  afterAll(async () => {
    complaints.mockRestore();
    await sockets.dispose();
    rmSync(folder, { recursive: true });
    await endStarted();
  });

  const ask = <T>(name: string, variables: object): Promise<T> =>
    fetchQuery(environment, artifacts.get(name)!, variables as never).toPromise() as Promise<T>;
  const change = <T>(name: string, input: object): Promise<T> =>
    new Promise((resolve, reject) => {
      commitMutation(environment, {
        mutation: artifacts.get(name)!,
        variables: { input } as never,
        onCompleted: (data, errors) => (errors?.length ? reject(errors) : resolve(data as T)),
        onError: reject,
      });
    });
  const read = (name: string, variables: object): Record<string, unknown> => {
    const operation = createOperationDescriptor(getRequest(artifacts.get(name)!), variables as never);
    return environment.lookup(operation.fragment).data as Record<string, unknown>;
  };

  it('pages into one connection of its store', async () => {
    for (const username of ['page-a', 'page-b', 'page-c']) await service.ask(NEW_USER, { input: { username } });
    type Page = {
      users: { edges: { node: { username: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
    let after: string | null = null;
    for (let page = 0; page < 5; page++) {
      const { users }: Page = await ask<Page>('AppUsersQuery', { first: 2, after });
      if (!users.pageInfo.hasNextPage) break;
      after = users.pageInfo.endCursor;
    }
    const { users } = read('AppUsersQuery', { first: 2, after: null }) as unknown as Page;
    const names = users.edges.map(({ node }) => node.username);
    expect(names).toEqual(expect.arrayContaining(['admin', 'page-a', 'page-b', 'page-c']));
    expect(new Set(names).size).toBe(names.length);
  });

  it('updates and deletes records of its store from payloads, without a warning', async () => {
    const { createUser } = (await service.ask(NEW_USER, { input: { username: 'kept' } })) as unknown as Created;
    const userId = createUser.subject;
    await ask('AppUserQuery', { userId });
    await change('AppUpdateMutation', { userId, givenName: 'After' });
    expect(read('AppUserQuery', { userId })).toMatchObject({ user: { username: 'kept', givenName: 'After' } });
    const { deleteUser } = await change<{ deleteUser: { deletedUserId: string; subject: string } }>(
      'AppDeleteMutation',
      {
        userId,
      },
    );
    expect(deleteUser.subject).toBe(userId);
    expect(environment.getStore().getSource().get(deleteUser.deletedUserId)).toBeNull();
  });

  it('subscribes (it adds `id` by itself) and resumes after its last cursor without a loss', async () => {
    const untilEvent = (after: string | null, begun: () => void) =>
      new Promise<FeedItem>((resolve, reject) => {
        const { dispose } = requestSubscription(environment, {
          subscription: artifacts.get('AppEventsSubscription')!,
          variables: { after } as never,
          onNext: (data) => {
            const { securityEvents: item } = data as unknown as { securityEvents: FeedItem };
            begun();
            if (item.kind !== 'EVENT') return;
            resolve(item);
            queueMicrotask(dispose);
          },
          onError: reject,
        });
      });
    const start = Promise.withResolvers<void>();
    const first = untilEvent(null, () => start.resolve());
    await start.promise;
    const one = (await service.ask(NEW_USER, { input: { username: 'feed-1' } })) as unknown as Created;
    const seen = await first;
    expect(seen.event!.subjectId).toBe(one.createUser.subject);
    const missed = (await service.ask(NEW_USER, { input: { username: 'feed-2' } })) as unknown as Created;
    const later = await untilEvent(seen.cursor, () => undefined);
    expect(later.event!.subjectId).toBe(missed.createUser.subject);
  });
});
