import { parse, print } from 'graphql';
import { z } from 'zod';
import { CLIENT_CREDENTIALS } from './client-parameters.ts';
import type { Dialect, IssuerKind, Mount } from './dialect.ts';
import { describeJsonType } from './json-media.ts';
import { describeComponents, type Json, schemaOf } from './json-schema.ts';
import { parsePattern } from './paths.ts';
import { ErrorSchemas, refusalsOf } from './refusals.ts';
import { pathsOf, type Route } from './route.ts';

/**
 * Shapes of the parameters that a document takes from a raw form or query, by the name of the document and the kind of issuer.
 * The rows know none of these parameters; the module that reads them supplies the shapes.
 */
export type RawForms = Readonly<Record<string, (issuerKind: IssuerKind) => z.ZodObject>>;

/** Settings that all API descriptions contain. */
export interface DescriptionOptions {
  /** Public origin of the service. */
  readonly publicUrl: string;
  /** The tenant whose token endpoint is described. */
  readonly defaultTenant: string;
  /** Default: none. */
  readonly rawForms?: RawForms;
}

/** What the description of one row is made from. */
interface Described {
  readonly dialect: Dialect;
  readonly mount: Mount;
  readonly route: Route;
  readonly path: string;
  readonly tag: string | null;
  readonly errorSchemas: ErrorSchemas;
  readonly rawForms: RawForms;
}

/**
 * Makes the API description of a dialect (OpenAPI 3.1) from its rows, error tables and documents.
 * @throws Error Two forms of errors share a name, or raw parameters have no shape in `rawForms`.
 */
export function openApiOf(dialect: Dialect, options: DescriptionOptions): Json {
  const errorSchemas = new ErrorSchemas();
  const { rawForms = {} } = options;
  const paths: Record<string, Json> = {};
  for (const mount of shownMounts(dialect)) {
    for (const route of mount.routes) {
      const tag = dialect.chapters.find(({ routes }) => routes.includes(route))?.name ?? null;
      for (const path of pathsOf(route)) {
        const described = describeOperation({ dialect, mount, route, path, tag, errorSchemas, rawForms });
        const operation = mount.jsonType === undefined ? described : describeJsonType(described, mount.jsonType);
        // OpenAPI has no parameter of several segments; `operationId` and the sample show what it takes.
        const full = `${mount.prefix}${path}`.replace('*}', '}');
        paths[full] = { ...paths[full], [route.method.toLowerCase()]: operation };
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: dialect.title, description: dialect.description, version: '1' },
    servers: [{ url: options.publicUrl }],
    tags: dialect.chapters.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: { ...describeComponents(dialect.components), ...errorSchemas.all() },
      securitySchemes: describeSecuritySchemes(dialect, options),
    },
  };
}

/** Describes which pages of other origins may call the row (CORS). */
function pagesOf({ cors }: Route): string {
  if (cors === 'public') return 'Pages of every origin may read the answer.';
  if (cors === undefined) return 'Pages of other origins may not call it.';
  const cookies = cors === 'credentials' ? 'with or without cookies' : 'without cookies';
  return `Pages may call it from the origins that their client lists (\`webOrigins\`), ${cookies}.`;
}

/** Describes what the row runs. */
function doesOf({ refuse, plain, operation }: Route): string {
  if (refuse === true) return 'It is not implemented.';
  return plain === true ? 'It asks the graph nothing.' : `Runs the GraphQL operation \`${operation.name}\`.`;
}

/** Each list of rows once, at its first mount. */
function shownMounts({ mounts }: Dialect): Mount[] {
  return mounts.filter(({ routes }, at) => mounts.findIndex((other) => other.routes === routes) === at);
}

/** Makes `getUsersSubjectId` for `GET /users/{subjectId}`; client generators use it as the name of a function. */
function nameOperation({ method }: Route, path: string): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? [];
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function describeOperation(described: Described): Json {
  const { dialect, mount, route, path, tag, errorSchemas } = described;
  const { name, text } = route.operation;
  const body = describeBody(described);
  const isServed = route.refuse !== true;
  return {
    operationId: nameOperation(route, `${mount.prefix}${path}`),
    ...(tag === null ? {} : { tags: [tag] }),
    summary: route.summary,
    description: `${dialect.title}, ${route.spec}. ${doesOf(route)} ${pagesOf(route)}`,
    parameters: describeParameters(described),
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      ...(isServed ? describeSuccess(described) : {}),
      ...refusalsOf(mount.errors ?? dialect.errors, route, errorSchemas),
    },
    security: describeSecurity(route),
    'x-spec': route.spec,
    ...(text === '' ? {} : { 'x-graphql': { operation: name, document: print(parse(text)) } }),
  };
}

const PLACES = [
  ['params', 'path'],
  ['query', 'query'],
  ['headers', 'header'],
] as const;

function describeParameters(described: Described): Json[] {
  const { dialect, mount, route, path } = described;
  const { parameters: common, operations } = dialect.samples;
  const samples = { ...common, ...operations[route.operation.name]?.parameters };
  const sampleOf = (name: string): Json => (Object.hasOwn(samples, name) ? { example: samples[name] } : {});
  const declared = PLACES.flatMap(([member, place]) => {
    const input = route.input?.[member];
    if (input === undefined) return [];
    const shape = input === 'raw' ? rawShapeOf(described) : input;
    const { properties = {}, required = [] } = schemaOf(shape, 'input', dialect.components) as {
      properties?: Json;
      required?: string[];
    };
    return Object.entries(properties).map(([name, schema]) => {
      const { description, ...rest } = schema as Json;
      const isRequired = place === 'path' || required.includes(name);
      return {
        name,
        in: place,
        required: isRequired,
        ...(description === undefined ? {} : { description }),
        schema: rest,
        ...sampleOf(name),
      };
    });
  });
  const named = new Set(declared.filter((one) => one.in === 'path').map(({ name }) => name));
  const others = parsePattern(`${mount.prefix}${path}`).parameters.filter(({ name }) => !named.has(name));
  return [
    ...others.map(({ name }) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
      ...sampleOf(name),
    })),
    ...declared,
  ];
}

/** A schema with the sample of its row, if there is one. */
const describeContent = (type: string, schema: Json, sample: unknown): Json => ({
  [type]: { schema, ...(sample === undefined ? {} : { example: sample }) },
});

function describeBody(described: Described): Json | null {
  const { dialect, route } = described;
  const { input, operation } = route;
  const sample = dialect.samples.operations[operation.name]?.body;
  if (input?.body !== undefined) {
    const isRequired = !input.body.safeParse(undefined).success;
    return {
      required: isRequired,
      content: describeContent('application/json', schemaOf(input.body, 'input', dialect.components), sample),
    };
  }
  if (input?.text !== undefined) {
    return { required: true, content: describeContent('text/plain', schemaOf(input.text, 'input'), sample) };
  }
  if (input?.form === undefined) return null;
  const form = input.form === 'raw' ? rawFormOf(described) : input.form;
  const types = ['application/x-www-form-urlencoded', ...(route.formAsJson === true ? ['application/json'] : [])];
  const contents = types.map((type) => describeContent(type, schemaOf(form, 'input', dialect.components), sample));
  return { required: true, content: Object.assign({}, ...contents) };
}

function rawFormOf(described: Described): z.ZodObject {
  const { shape } = rawShapeOf(described);
  return z.object({ ...shape, ...(described.route.callers.clientAuth !== undefined ? CLIENT_CREDENTIALS : {}) });
}

function rawShapeOf({ mount, route, rawForms }: Described): z.ZodObject {
  const shape = findRawShape(mount, route, rawForms);
  if (shape === null) throw new Error(`The raw parameters of ${route.operation.name} have no description.`);
  return shape;
}

function findRawShape({ issuerKind }: Mount, { operation }: Route, rawForms: RawForms): z.ZodObject | null {
  return issuerKind === undefined ? null : (rawForms[operation.name]?.(issuerKind) ?? null);
}

/**
 * Checks that the parameters which a row passes on raw can be described.
 * @throws Error The message lists every row whose raw parameters have no description.
 */
export function assertRawForms(dialects: readonly Dialect[], rawForms: RawForms): void {
  const faults = dialects.flatMap(({ name, mounts }) =>
    mounts.flatMap((mount) =>
      mount.routes
        .filter(({ input }) => input?.form === 'raw' || input?.query === 'raw')
        .filter((route) => findRawShape(mount, route, rawForms) === null)
        .map(
          (route) =>
            `${name} ${route.method} ${mount.prefix}${pathsOf(route)[0]}: its raw parameters have no description.`,
        ),
    ),
  );
  if (faults.length > 0) throw new Error(`The translation layer cannot start:\n${faults.join('\n')}`);
}

function describeSuccess({ dialect, route: { reply, operation, pageBelow } }: Described): Json {
  const describe = (schema: z.ZodType) => ({
    content: describeContent(
      reply.as === 'text' ? 'text/plain' : 'application/json',
      schemaOf(schema, 'output', dialect.components),
      dialect.samples.operations[operation.name]?.reply,
    ),
  });
  const empty = reply.orEmpty === undefined ? {} : { 204: { description: reply.orEmpty } };
  const forPrograms = reply.forPrograms === undefined ? {} : describe(reply.forPrograms).content;
  if (reply.as === 'browser') return { ...describeBrowserAnswers(reply.status, forPrograms), ...empty };
  return {
    [reply.status]: { description: 'Success.', ...(reply.schema === undefined ? {} : describe(reply.schema)) },
    ...(pageBelow === undefined ? {} : { 302: describeRedirect('A browser without a credential is sent to a page.') }),
    ...empty,
  };
}

const describeRedirect = (description: string): Json => ({
  description,
  headers: { Location: { description: 'Where to.', schema: { type: 'string' } } },
});

/**
 * A row for browsers answers pages with 200, whatever its status for redirects is.
 * @param forPrograms What requests get in the place of pages that accept none.
 */
function describeBrowserAnswers(status: number, forPrograms: Json): Json {
  return {
    [status]: describeRedirect('The browser is sent on.'),
    200: { description: 'A page.', content: { ...forPrograms, 'text/html': { schema: { type: 'string' } } } },
  };
}

/** Describes the alternatives of authentication: each scope name alone is enough. */
function describeSecurity({ callers }: Route): Json[] {
  const { user = [], app = [] } = callers.bearer ?? {};
  const { apiKey = [] } = callers;
  return [
    ...apiKey.map((scope) => ({ apiKey: [scope] })),
    ...user.map((scope) => ({ userToken: [scope] })),
    ...app.map((scope) => ({ applicationToken: [scope] })),
    ...(callers.basic === undefined && callers.clientAuth === undefined ? [] : [{ client: [] }]),
    ...(callers.browser === undefined ? [] : [{ browser: [] }]),
    // A browser without a session is served too.
    ...(callers.browser === undefined && callers.public === undefined ? [] : [{}]),
  ];
}

function describeSecuritySchemes({ mounts, apiKeys }: Dialect, { publicUrl, defaultTenant }: DescriptionOptions): Json {
  const routes = mounts.flatMap(({ routes }) => routes);
  const scopes = (of: 'user' | 'app') =>
    Object.fromEntries(routes.flatMap(({ callers }) => (callers.bearer?.[of] ?? []).map((name) => [name, name])));
  const tokenUrl = `${publicUrl}/t/${encodeURIComponent(defaultTenant)}/oauth/token`;
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
    ...(apiKeys === undefined ? {} : { apiKey: describeApiKey(apiKeys) }),
    browser: { type: 'apiKey', in: 'cookie', name: '__Host-s', description: 'The session of the browser.' },
  };
}

const describeApiKey = ({ header, prefix }: NonNullable<Dialect['apiKeys']>): Json => ({
  type: 'apiKey',
  in: 'header',
  name: header,
  description: `An API key, which begins with \`${prefix}\`; it may be sent as a bearer token instead. The scopes are those of the key.`,
});
