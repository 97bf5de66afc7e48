import { buildSchema, type ExecutionResult, execute, type GraphQLSchema, parse, subscribe, validate } from 'graphql';
import type { GraphContext, Services } from '../../schema/context.ts';
import {
  anonymousCaller,
  type Caller,
  type PermissionGrant,
  PermissionSet,
  parseScope,
  systemCaller,
} from '../../src/access/index.ts';
import { IdentityError, type Origin, type TenantId, type TenantRef } from '../../src/kernel/index.ts';
import { type KnownTenant, TEMPLATE_SETTINGS } from '../../src/tenants/index.ts';

const ORIGIN: Origin = { ip: null, peerIp: null, userAgent: null, api: 'graphql', processId: 'test' };

/** What a field does in a small graph, by `Type.field`. */
export type SmallResolvers = Readonly<
  // biome-ignore lint/suspicious/noExplicitAny: each field has arguments and sources of another shape
  Record<string, (source: any, args: any, context: GraphContext) => unknown>
>;

/** A schema of the test, with `@requiresScopes` as the service defines it. Subscriptions are given as `Subscription.name` too. */
export function smallSchema(sdl: string, resolvers: SmallResolvers = {}): GraphQLSchema {
  const schema = buildSchema(`directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT\n${sdl}`);
  for (const [place, resolve] of Object.entries(resolvers)) {
    const [type = '', name = ''] = place.split('.');
    const object = schema.getType(type) as ReturnType<GraphQLSchema['getQueryType']>;
    const field = object!.getFields()[name]!;
    if (type === 'Subscription') field.subscribe = resolve;
    else field.resolve = resolve;
  }
  return schema;
}

/** A tenant as the directory knows it; its id, name and route are made from the name. */
export function smallTenant(name: string, over: Partial<KnownTenant> = {}): KnownTenant {
  return {
    id: `id-of-${name}` as TenantId,
    name,
    route: name.padEnd(8, 'a').slice(0, 8),
    enabled: true,
    template: 'native',
    displayName: null,
    notBefore: null,
    settings: TEMPLATE_SETTINGS.native,
    ...over,
  };
}

/** An application that holds these native scopes, or these grants. */
export function smallApp(tenant: TenantRef | null, ...scopes: (string | PermissionGrant)[]): Caller {
  const grants = scopes.map((scope) => (typeof scope === 'string' ? parseScope(scope)! : scope));
  return { ...anonymousCaller(ORIGIN), kind: 'application', tenant, permissions: new PermissionSet(grants) };
}

/** A user whose token holds these native scopes. */
export function smallUser(tenant: TenantRef, userId: string, ...scopes: string[]): Caller {
  return { ...smallApp(tenant, ...scopes), kind: 'user', userId };
}

export const nobody: Caller = anonymousCaller(ORIGIN);
export const theService: Caller = systemCaller({ processId: 'test' });

/** The context of one operation, over a directory of these tenants, which answers at once or later. */
export class SmallContext implements GraphContext {
  caller: Caller;
  readonly services: Services;
  readonly loaders: GraphContext['loaders'];
  readonly signal = new AbortController().signal;
  readonly browser = null;
  readonly tenants = new Map<string, KnownTenant>();
  readonly authority = undefined as unknown as GraphContext['authority'];
  /** How often the loaders were cleared. */
  renewals = 0;

  constructor(caller: Caller, tenants: readonly KnownTenant[], { isSlow = false } = {}) {
    this.caller = caller;
    const find = (isIt: (tenant: KnownTenant) => boolean) => {
      const found = tenants.find(isIt) ?? null;
      return isSlow ? Promise.resolve(found) : found;
    };
    const directory = {
      byId: (id: string) => find((tenant) => tenant.id === id),
      byName: (name: string) => find((tenant) => tenant.name === name),
      byRoute: (route: string) => find((tenant) => tenant.route === route),
    };
    this.services = { directory } as unknown as Services;
    this.loaders = { renew: () => (this.renewals += 1) } as unknown as GraphContext['loaders'];
  }
}

/** An answer: its data, and the codes of its errors by their path. */
export interface SmallAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  readonly data: any;
  readonly codes: Readonly<Record<string, string>>;
}

function answerOf({ data, errors = [] }: ExecutionResult): SmallAnswer {
  const codes = errors.map(({ path = [], originalError }) => {
    if (!(originalError instanceof IdentityError)) throw originalError ?? new Error('GraphQL refused the operation.');
    return [path.join('.'), originalError.code];
  });
  return { data, codes: Object.fromEntries(codes) };
}

interface Call {
  readonly schema: GraphQLSchema;
  readonly query: string;
  readonly context: SmallContext;
  readonly variables?: Record<string, unknown>;
}

/** Executes an operation. */
export async function runSmall({ schema, query, context, variables = {} }: Call): Promise<SmallAnswer> {
  const document = parse(query);
  const [fault] = validate(schema, document);
  if (fault !== undefined) throw fault;
  return answerOf(await execute({ schema, document, contextValue: context, variableValues: variables }));
}

/** Begins a subscription: its items, or the answer that refuses it. */
export async function subscribeSmall({
  schema,
  query,
  context,
  variables = {},
}: Call): Promise<{ readonly refusal: SmallAnswer } | { next(): Promise<SmallAnswer> }> {
  const result = await subscribe({ schema, document: parse(query), contextValue: context, variableValues: variables });
  if (!(Symbol.asyncIterator in result)) return { refusal: answerOf(result) };
  return { next: async () => answerOf((await result.next()).value as ExecutionResult) };
}
