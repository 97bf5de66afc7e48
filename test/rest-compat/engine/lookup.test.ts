import { buildSchema } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lookup, type OperationDocument, type Route, route } from '../../../rest-compat/engine/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { describedPaths } from './dialect.ts';
import { serveTiny, tinyEngine } from './serve-tiny.ts';

interface User {
  readonly id: string;
}

const SCHEMA = buildSchema(`
  type Query {
    userByName(tenant: String, name: String!): User
    userById(tenant: String, userId: String!): User
    role(tenant: String, userId: String!, name: String!): Role
  }
  type User { id: String! }
  type Role { name: String! }
`);
const USERS = [
  { id: 'u-1', name: 'anna' },
  { id: 'u-2', name: 'u-1' },
];
let calls: unknown[] = [];
Object.assign(SCHEMA.getQueryType()!.getFields()['userByName']!, {
  resolve: (_: unknown, { name, tenant }: { name: string; tenant: string }, context: object) => {
    calls.push({ tenant, context });
    return USERS.find((user) => user.name === name.toLowerCase()) ?? null;
  },
});
Object.assign(SCHEMA.getQueryType()!.getFields()['userById']!, {
  resolve: (_: unknown, { userId }: { userId: string }) => USERS.find((user) => user.id === userId) ?? null,
});
Object.assign(SCHEMA.getQueryType()!.getFields()['role']!, {
  resolve: (_: unknown, { userId, name }: { userId: string; name: string }, context: object) => {
    calls.push({ context });
    return name === 'gone' ? null : { name: `${name} of ${userId}` };
  },
});

const document = <D, V>(name: string, text: string): OperationDocument<D, V, never> => ({
  name,
  text,
  hash: '',
  errors: [],
});

const FindUser = document<{ byName: User; byId: User }, { tenant: string; name: string }>(
  'FindUser',
  'query FindUser($tenant: String, $name: String!) { byName: userByName(tenant: $tenant, name: $name) { id } byId: userById(tenant: $tenant, userId: $name) { id } }',
);
const ShowRole = document<{ role: { name: string } }, { tenant: string; userId: string; name: string }>(
  'ShowRole',
  'query ShowRole($tenant: String, $userId: String!, $name: String!) { role(tenant: $tenant, userId: $userId, name: $name) { name } }',
);

const userId = lookup({
  operation: FindUser,
  toVariables: ({ params }: { readonly params: { readonly userId: string } }) => ({ name: params.userId }),
  from: ({ byName, byId }) => (byName ?? byId)?.id ?? null,
});

const line = (error: string) => ({ status: 404, envelope: 'plain', error });

const rowOf = (over: Partial<Route> = {}): Route => ({
  ...route({
    method: 'GET',
    path: '/users/{userId}/roles/{name}',
    spec: 'Tiny',
    summary: 'Shows a role of a user.',
    callers: { public: true },
    operation: ShowRole,
    input: {
      params: z.object({ userId: z.string(), name: z.string() }),
      query: z.object({ n: z.enum(['1']).optional() }),
    },
    lookups: { userId },
    toVariables: ({ params }, found) => ({ userId: found.userId, name: params.name }),
    reply: { status: 200, schema: z.object({ name: z.string() }), from: ({ role }) => role },
    missing: { userId: line('no-user'), role: line('no-role') },
  }),
  ...over,
});

describe('a row that looks up what its request names', () => {
  let rest: RestClient | undefined;
  afterEach(async () => {
    await rest?.close();
    rest = undefined;
    calls = [];
  });
  const ask = async (path: string, row = rowOf()) => {
    rest ??= await serveTiny([row], { host: { schema: SCHEMA } });
    const { status, json } = await rest.ask('GET', `/t/acme/tiny${path}`);
    return [status, json.name ?? json.error];
  };

  it('runs its document with what was found', async () => {
    expect(await ask('/users/Anna/roles/chief')).toEqual([200, 'chief of u-1']);
    expect(await ask('/users/u-2/roles/chief')).toEqual([200, 'chief of u-2']);
    expect(await ask('/users/u-1/roles/chief')).toEqual([200, 'chief of u-2']);
  });

  it('tells a lookup what those before it found', async () => {
    const again = lookup({
      operation: FindUser,
      toVariables: (_request: unknown, found) => ({ name: String(found['userId']) }),
      from: ({ byName }) => byName?.id ?? null,
    });
    const row = rowOf({
      lookups: { userId, again },
      toVariables: (_request, found) => ({ userId: found['again'], name: 'chief' }),
    });
    expect(await ask('/users/anna/roles/chief', row)).toEqual([200, 'chief of u-2']);
  });

  it('finds by the request too, and answers with what was found', async () => {
    const name = lookup({
      operation: FindUser,
      toVariables: ({ params }: { readonly params: { readonly userId: string } }) => ({ name: params.userId }),
      from: ({ byName }, { params }) => `${params.userId} is ${byName?.id}`,
    });
    const row = rowOf({
      lookups: { userId, name },
      reply: { status: 200, schema: z.object({ name: z.string() }), from: (_data, _request, { name }) => ({ name }) },
    });
    expect(await ask('/users/Anna/roles/chief', row)).toEqual([200, 'Anna is u-1']);
  });

  it('looks it up in the tenant of the request, in a context that the document does not share', async () => {
    await ask('/users/anna/roles/chief');
    const [first, second] = calls as { tenant?: string; context: object }[];
    expect(first!.tenant).toBe('acme');
    expect(second!.context).not.toBe(first!.context);
  });

  it('answers by what is missing, and without a line as every object that is missing', async () => {
    expect(await ask('/users/nobody/roles/chief')).toEqual([404, 'no-user']);
    expect(await ask('/users/anna/roles/gone')).toEqual([404, 'no-role']);
    await rest!.close();
    rest = undefined;
    expect(await ask('/users/nobody/roles/chief', rowOf({ missing: {} }))).toEqual([404, 'absent']);
    expect(await ask('/users/anna/roles/gone')).toEqual([404, 'absent']);
  });

  it('refuses malformed values before it looks anything up', async () => {
    expect(await ask('/users/nobody/roles/chief?n=2')).toEqual([400, 'invalid']);
    expect(calls).toEqual([]);
  });

  it('does not start when it names something that is never missing', () => {
    const row = rowOf({ missing: { group: line('no-group') } });
    expect(() => tinyEngine([row], { host: { schema: SCHEMA } })).toThrow(
      'neither a root field nor a lookup that may be missing is called "group".',
    );
  });

  it('does not start when its lookup gives a code that has no line', () => {
    const lookups = { userId: { ...userId, operation: { ...FindUser, errors: ['USER_NOT_FOUND'] } } };
    expect(() => tinyEngine([rowOf({ lookups })], { host: { schema: SCHEMA } })).toThrow(
      "its operation FindUser gives USER_NOT_FOUND, which has no line in the row or in the dialect's table.",
    );
  });

  it('describes what may be missing', () => {
    const paths = describedPaths([rowOf()]);
    const { description } = paths['/t/{tenant}/tiny/users/{userId}/roles/{name}'].get.responses[404];
    expect(description).toContain('no-role, no-user');
  });
});
