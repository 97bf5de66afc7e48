import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, ID, Info, InterfaceType, Query, Resolver } from 'type-graphql';
import { Authority, type Caller } from '../../src/access/index.ts';
import type { GraphContext } from '../context.ts';
import { authorise } from '../directives/enforce.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { alternativesOf } from '../directives/requires-scopes.ts';
import { type NodeTags, parseGlobalId, registerTag, type TaggedType } from '../global-id.ts';

/** Options of every `id` field: `@FieldResolver(() => ID, GLOBAL_ID)`. */
export const GLOBAL_ID = { description: 'Global id: unique across types and tenants, and opaque.' };

@InterfaceType({
  description: 'An object with a global id (Relay Global Object Identification).',
  resolveType: (value: { __typename: string }) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, GLOBAL_ID)
  id!: string;
}

/** Finds the row behind a key of one type, in one tenant; null when there is none. */
export type NodeFinder = (
  context: GraphContext,
  tenantId: string,
  key: string,
) => Promise<object | null> | object | null;

/** The owner of an object, from its key alone, whether or not it exists; null when only the row names the owner. */
export type NodeAccount = (key: string, caller: Caller) => string | null;

/** How `node(id)` finds the objects of one type. */
export interface NodeDefinition {
  readonly tag: keyof NodeTags;
  readonly type: TaggedType;
  readonly find: NodeFinder;
  readonly accountOf: NodeAccount | undefined;
}

export function defineNode<T extends keyof NodeTags>(
  tag: T,
  type: NodeTags[T],
  find: NodeFinder,
  accountOf?: NodeAccount,
): NodeDefinition {
  return { tag, type, find, accountOf };
}

const definitions = new Map<TaggedType, NodeDefinition>();

/** Makes the types known to `node(id)`, with their tags. @throws Error Two types have one tag, or one type has two. */
export function registerNodes(nodes: readonly NodeDefinition[]): void {
  for (const node of nodes) {
    registerTag(node.tag, node.type);
    definitions.set(node.type, node);
  }
}

@Resolver(() => Node)
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'An object by its global id; null when it does not exist or its type cannot be looked up this way. Callers whose permission reaches only their own account get FORBIDDEN for every object that is not theirs, whether or not it exists.',
  })
  async node(
    @Arg('id', () => ID, { description: 'A global id.' }) id: string,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<object | null> {
    const parsed = parseGlobalId(id);
    const definition = parsed === null ? undefined : definitions.get(parsed.type);
    if (parsed === null || definition === undefined) return null;
    const { tenant } = context.authority;
    // Refuse a foreign tenant before reading a row, so that the answer does not reveal whether the row exists.
    const alternatives = alternativesOf(info.schema.getType(parsed.type)?.astNode) ?? [];
    const { reach } = authorise(context.caller, tenant, alternatives);
    if (tenant === null) return null;
    if (reach !== 'all') requireTenant(context);
    const row = await definition.find(context, tenant.id, parsed.key);
    if (row !== null) return { ...row, __typename: parsed.type };
    // Refuse an object that does not exist like one of another user, so that the answer does not reveal which ids exist.
    const own = new Authority(context.caller, tenant, reach);
    own.requireAccount(definition.accountOf?.(parsed.key, context.caller) ?? '');
    return null;
  }
}
