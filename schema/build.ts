import { createPubSub } from '@graphql-yoga/subscription';
import { assertValidSchema, type GraphQLSchema, specifiedDirectives } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { DateTime } from './date-time.type.ts';
import { callDirectly, readPropertiesDirectly } from './direct-resolvers.ts';
import { enforceScopes } from './directives/enforce.ts';
import { defineErrorsDirective } from './directives/errors.ts';
import { keyDirective, shareableDirective, stateKeys, stateShared } from './directives/key.ts';
import { requiresScopesDirective } from './directives/requires-scopes.ts';
import { refuseUnstorableInput } from './directives/storable-input.ts';
import { addTenantArguments } from './directives/tenant-argument.ts';
import { publishErrors } from './errors/observe.ts';
import { MODULES } from './modules.ts';

/** The schema with its directives declared but not enforced, for the SDL. */
export async function buildPlainSchema(): Promise<GraphQLSchema> {
  readPropertiesDirectly();
  const resolvers = MODULES.flatMap((module) => module.resolvers);
  const built = await buildSchema({
    resolvers: resolvers as unknown as NonEmptyArray<() => void>,
    validate: false,
    // Checked below: an input whose only member is the tenant has none yet.
    skipCheck: true,
    // type-graphql requires it for subscriptions; these read the event log and publish nothing through it.
    pubSub: createPubSub(),
    // With an explicit list the library omits the directives of the specification: `@include`, `@skip`, `@deprecated` ...
    directives: [...specifiedDirectives, keyDirective, requiresScopesDirective, shareableDirective],
    scalarsMap: [{ type: Date, scalar: DateTime }],
  });
  const described = stateShared(stateKeys(defineErrorsDirective(built)));
  const schema = addTenantArguments(callDirectly(described, resolvers));
  assertValidSchema(schema);
  return schema;
}

let graph: Promise<GraphQLSchema> | undefined;

/** The schema that is served, with its directives enforced. Built once per process; it holds nothing of a node. */
export const buildGraph = (): Promise<GraphQLSchema> => (graph ??= buildServedSchema());

async function buildServedSchema(): Promise<GraphQLSchema> {
  // Check inputs after the directives, so that callers who may not use a field learn nothing about its arguments.
  return publishErrors(enforceScopes(refuseUnstorableInput(await buildPlainSchema())));
}
