import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import type { Dialect, DialectErrors, Mount } from './dialect.ts';
import { legacyErrorOf, pathsOf } from './errors.ts';
import { loadOperation } from './operation.ts';
import { parsePattern } from './paths.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};

/** The API description of a dialect (OpenAPI 3.1), made from nothing but its rows and documents. */
export function openApiOf(dialect: Dialect, schema: GraphQLSchema, publicUrl: string): Json {
  const paths: Record<string, Json> = {};
  for (const mount of shownMounts(dialect)) {
    for (const route of mount.routes) {
      for (const path of pathsOf(route)) {
        const full = `${mount.prefix}${path}`;
        paths[full] = {
          ...paths[full],
          [route.method.toLowerCase()]: operationOf(dialect, mount, route, path, schema),
        };
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: dialect.title, description: dialect.description, version: '1' },
    servers: [{ url: publicUrl }],
    paths,
    components: { securitySchemes: securitySchemes(dialect) },
  };
}

/** Which pages of other origins may call (CORS). */
function pagesOf({ cors }: Route): string {
  if (cors === 'public') return 'Pages of every origin may read the answer.';
  if (cors === undefined) return 'Pages of other origins may not call it.';
  return 'Pages may call it from the origins that their client lists (`webOrigins`), without cookies.';
}

/** Each list of rows once, under the first prefix that has it. */
function shownMounts({ mounts }: Dialect): Mount[] {
  return mounts.filter(({ routes }, at) => mounts.findIndex((other) => other.routes === routes) === at);
}

function operationOf(dialect: Dialect, mount: Mount, route: Route, path: string, schema: GraphQLSchema): Json {
  const operation = loadOperation(schema, dialect.operations, route.operation);
  const body = requestBodyOf(route);
  return {
    operationId: `${route.method.toLowerCase()}${`${mount.prefix}${path}`.replace(/[^A-Za-z0-9]+/g, '_')}`,
    summary: route.summary,
    description: `${dialect.title}, ${route.spec}. Runs the GraphQL operation \`${operation.name}\`. ${pagesOf(route)}`,
    parameters: parametersOf(mount, route, path),
    ...(body === null ? {} : { requestBody: body }),
    responses: responsesOf(mount.errors ?? dialect.errors, route),
    security: securityOf(route),
    'x-spec': route.spec,
    'x-graphql': { operation: operation.name, document: operation.source },
  };
}

const PLACES = [
  ['params', 'path'],
  ['query', 'query'],
  ['headers', 'header'],
] as const;

function parametersOf(mount: Mount, route: Route, path: string): Json[] {
  const declared = PLACES.flatMap(([member, place]) => {
    const shape = route.input?.[member];
    if (shape === undefined) return [];
    const { properties = {}, required = [] } = schemaOf(shape, 'input') as { properties?: Json; required?: string[] };
    return Object.entries(properties).map(([name, schema]) => {
      const { description, ...rest } = schema as Json;
      const isRequired = place === 'path' || required.includes(name);
      return {
        name,
        in: place,
        required: isRequired,
        ...(description === undefined ? {} : { description }),
        schema: rest,
      };
    });
  });
  const named = new Set(declared.filter((one) => one.in === 'path').map(({ name }) => name));
  const others = parsePattern(`${mount.prefix}${path}`).parameters.filter(({ name }) => !named.has(name));
  return [...others.map(({ name }) => ({ name, in: 'path', required: true, schema: { type: 'string' } })), ...declared];
}

function requestBodyOf({ input }: Route): Json | null {
  if (input?.body !== undefined) {
    const isRequired = !input.body.safeParse(undefined).success;
    return { required: isRequired, content: { 'application/json': { schema: schemaOf(input.body, 'input') } } };
  }
  if (input?.form === undefined) return null;
  return {
    required: true,
    content: { 'application/x-www-form-urlencoded': { schema: schemaOf(input.form, 'input') } },
  };
}

function responsesOf(errors: DialectErrors, route: Route): Json {
  const { reply } = route;
  const content =
    reply.schema === undefined ? {} : { content: { 'application/json': { schema: schemaOf(reply.schema, 'output') } } };
  const empty = reply.orEmpty === undefined ? {} : { 204: { description: reply.orEmpty } };
  const success = { [reply.status]: { description: 'Success.', ...content }, ...empty };
  const codes = new Map<number, Set<string>>();
  const possible = [...ENGINE_CODES, ...routeCodes(route), ...Object.keys(route.errors ?? {})];
  for (const { status, error } of possible.map((code) => legacyErrorOf(errors, route, code)))
    codes.set(status, (codes.get(status) ?? new Set()).add(error));
  const refusals = [...codes]
    .sort(([a], [b]) => a - b)
    .map(([status, names]) => [
      status,
      { description: `${['Refused', [...names].filter(Boolean).join(', ')].filter(Boolean).join(': ')}.` },
    ]);
  return { ...Object.fromEntries(refusals), ...success };
}

const ENGINE_CODES = ['PATH_MALFORMED', 'SERVICE_UNAVAILABLE', 'INTERNAL_ERROR'];

/** Codes that a row can give by what it takes. */
function routeCodes({ callers, input }: Route): string[] {
  return [
    ...(callers.public === true ? [] : ['UNAUTHENTICATED']),
    ...(callers.bearer === undefined ? [] : ['SCOPE_MISSING', 'FORBIDDEN']),
    ...(input?.params === undefined ? [] : ['NOT_FOUND']),
    ...(input?.body === undefined ? [] : ['BODY_MALFORMED']),
    ...(input?.body === undefined && input?.form === undefined
      ? []
      : ['MEDIA_TYPE_UNSUPPORTED', 'REQUEST_TOO_LARGE', 'INVALID_INPUT']),
  ];
}

/** Alternatives: each scope name alone is enough. */
function securityOf({ callers }: Route): Json[] {
  const { user = [], app = [] } = callers.bearer ?? {};
  return [
    ...user.map((scope) => ({ userToken: [scope] })),
    ...app.map((scope) => ({ applicationToken: [scope] })),
    ...(callers.basic === undefined && callers.clientAuth === undefined ? [] : [{ client: [] }]),
    ...(callers.browser === undefined ? [] : [{ browser: [] }]),
    ...(callers.public === undefined ? [] : [{}]),
  ];
}

function securitySchemes({ mounts }: Dialect): Json {
  const routes = mounts.flatMap(({ routes }) => routes);
  const scopes = (of: 'user' | 'app') =>
    Object.fromEntries(routes.flatMap(({ callers }) => (callers.bearer?.[of] ?? []).map((name) => [name, name])));
  const tokenUrl = '/t/{tenant}/oauth/token';
  return {
    userToken: {
      type: 'oauth2',
      description: 'An access token of a user; the scopes are those of user mode.',
      flows: { password: { tokenUrl, scopes: scopes('user') } },
    },
    applicationToken: {
      type: 'oauth2',
      description: 'An access token that a client got for itself.',
      flows: { clientCredentials: { tokenUrl, scopes: scopes('app') } },
    },
    client: { type: 'http', scheme: 'basic', description: 'Id and secret of a client.' },
    browser: { type: 'apiKey', in: 'cookie', name: '__Host-s', description: 'The session of the browser.' },
  };
}
