import type { GraphQLSchema } from 'graphql';
import { enforceScopes } from '../../schema/directives/enforce.ts';
import { registerTag, type TaggedType } from '../../schema/global-id.ts';
import type { Caller } from '../../src/access/index.ts';
import { runSmall, SmallContext, type SmallResolvers, smallSchema, smallTenant } from './small-graph.ts';

registerTag('dog', 'Dog' as TaggedType);

const SDL = `
  interface Animal { name: String }
  type Dog implements Animal @requiresScopes(scopes: [["user:read"], ["user:read:self"]]) {
    name: String
    chip: String @requiresScopes(scopes: [["credential:read"], ["credential:read:self"]])
    friend: Dog
    toy: Toy
    thing: Thing
    pet: Pet
  }
  type Cat implements Animal { name: String }
  type Kennel @requiresScopes(scopes: [["group:read"], ["group:read:self"]]) {
    name: String
    keys: String @requiresScopes(scopes: [["credential:read"], ["credential:read:self"]])
  }
  type Toy { name: String price: String @requiresScopes(scopes: [["setting:read"], ["setting:read:self"]]) }
  union Pet = Dog | Cat
  union Thing = Cat | Toy
  input DogInput { tenant: String }
  type Query {
    open(tenant: String): String
    closed(tenant: String, dogId: ID): String @requiresScopes(scopes: [["user:read"], ["user:read:self"]])
    plain: String @requiresScopes(scopes: [["user:read"]])
    dog: Dog
    dogs: [Dog]
    litters: [[Dog]]
    animal: Animal
    pet: Pet
    pets: [Pet]
    cat: Cat
    kennel: Kennel
    toy(tenant: String): Toy
  }
  type Mutation {
    first(input: DogInput): String @requiresScopes(scopes: [["user:write"]])
    second: String @requiresScopes(scopes: [["user:write"]])
  }
  type Subscription { barks(tenant: String): String @requiresScopes(scopes: [["user:read"]]) barker: Dog }
`;

export const master = smallTenant('master');
export const acme = smallTenant('acme');
export const closed = smallTenant('closed', { enabled: false });

/** Who acts where, as resolvers see it. */
const whereOf: SmallResolvers[string] = (_source, _args, { authority }) =>
  `${authority.tenant?.name ?? authority.tenant?.id ?? 'nowhere'} ${authority.reach} ${authority.only ?? ''}`.trim();

/** What `Query.dog` and the other fields return, which a test sets, and which resolvers ran. */
export const resolved: { found: unknown; calls: string[] } = { found: undefined, calls: [] };

export const RESOLVERS: SmallResolvers = {
  ...Object.fromEntries(
    ['dog', 'dogs', 'litters', 'animal', 'pet', 'pets', 'cat', 'kennel', 'toy'].map((name) => [
      `Query.${name}`,
      () => {
        resolved.calls.push(name);
        return resolved.found;
      },
    ]),
  ),
  'Query.open': whereOf,
  'Query.closed': (...call) => {
    resolved.calls.push('closed');
    return whereOf(...call);
  },
  'Mutation.first': whereOf,
  'Mutation.second': whereOf,
  'Dog.chip': whereOf,
  'Kennel.keys': whereOf,
  'Toy.price': whereOf,
};

/** The schema with its permissions enforced. */
export function makeSchema(resolvers: SmallResolvers = RESOLVERS) {
  const schema = smallSchema(SDL, resolvers);
  const kennel = schema.getType('Kennel')!;
  kennel.extensions = { ownedBy: { tenant: 'homeId', account: null } };
  return enforceScopes(schema);
}
/** The schema of the running test: building it is a part of what the tests check, so each test builds it again. */
export let schema: GraphQLSchema;

export const contextOf = (caller: Caller, isSlow = false) =>
  new SmallContext(caller, [master, acme, closed], { isSlow });
/** Runs a query as a caller. */
export const run = (caller: Caller, query: string, variables = {}) =>
  runSmall({ schema, query, context: contextOf(caller), variables });

/** Builds the schema, and forgets what the last test set and what ran. */
export function resetGraph(): void {
  schema = makeSchema();
  resolved.found = undefined;
  resolved.calls = [];
}
