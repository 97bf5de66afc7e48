import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { accountOf, type LiftTarget, type Lockout, type LockoutFilter } from '../../src/auth-modes/index.ts';
import { invalidField } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { joinKey, keyOf, splitKey, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { SortDirection } from '../kit/order.ts';
import { userById } from '../users/user.loader.ts';
import {
  BlockFilterInput,
  BlockOrderInput,
  LiftBlockInput,
  LiftBlockPayload,
  LiftResendBlocksInput,
  LiftResendBlocksPayload,
  LockoutConnection,
  LockoutType,
} from './block.type.ts';

/** The parts of a block's key. @throws INVALID_INPUT The key is not one. */
export const partsOf = (key: string, path?: string): [string, string, string] => splitKey(key, 3, path);

/** @throws INVALID_INPUT Not exactly one thing is named. */
function targetOf({ blockId, userId, address, name, username, isForAllUsers }: LiftBlockInput): LiftTarget {
  const isAll = isForAllUsers === true;
  if ([blockId, userId, address, name, username, isAll || null].filter((named) => named != null).length !== 1)
    throw invalidField('input.blockId', 'BLOCK_AMBIGUOUS', 'Name either a block, users, an address or a name.');
  if (isAll) return { allUsers: true };
  if (userId != null) return { userId: keyOf('User', userId, 'input.userId') };
  if (address != null) return { address };
  if (name != null) return { name };
  if (username != null) return { username };
  const [subjectKind, subject, factor] = partsOf(keyOf('Lockout', blockId!, 'input.blockId'), 'input.blockId');
  return { subjectKind, subject, factor };
}

@Resolver(() => LockoutType)
export class BlockResolver {
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() { tenantId, subjectKind, subject, factor }: Lockout, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Lockout', tenants.get(tenantId)!, joinKey([subjectKind, subject, factor]));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Public id of the blocked user; null when the block is not on an account.',
  })
  userId(@Root() { subjectKind, subject }: Lockout): string | null {
    return accountOf(subjectKind, subject);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The blocked address or network; null when the block is on something else.',
  })
  address(@Root() { subjectKind, subject }: Lockout): string | null {
    return subjectKind === 'ip' ? subject : null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Username of the blocked user; null when the block is not on an account, or there is no such user.',
  })
  async username(
    @Root() { tenantId, subjectKind, subject }: Lockout,
    @Ctx() { loaders }: GraphContext,
  ): Promise<string | null> {
    const account = accountOf(subjectKind, subject);
    const user = account === null ? null : await loaders.load(userById, { tenantId, key: account });
    return user?.username ?? null;
  }

  @RequiresScopes(['block:read'])
  @Query(() => LockoutConnection, { description: 'Current blocks.' })
  async blocks(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => BlockFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: BlockFilterInput | null,
    @Arg('orderBy', () => BlockOrderInput, {
      nullable: true,
      description: 'Order of the list. Default: by what the block is on.',
    })
    orderBy?: BlockOrderInput | null,
  ): Promise<ConnectionData<Lockout>> {
    const narrowed: LockoutFilter = {
      ...(filter?.subjectKind == null ? {} : { subjectKind: filter.subjectKind }),
      ...(filter?.userId == null ? {} : { userId: keyOf('User', filter.userId, 'filter.userId') }),
      ...(filter?.factor == null ? {} : { factor: filter.factor }),
    };
    const request = toPageRequest(page, info, orderBy?.direction === SortDirection.DESC, largestPage);
    return toConnection(await services.lockouts.page(authority, narrowed, request, orderBy?.field ?? 'subject'));
  }

  @RequiresScopes(['block:lift'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => LiftBlockPayload, {
    description:
      'Ends a block, or all blocks of a user, of all users, of an address, of a name or of a username. With `userId` or `isForAllUsers` the failures that led to no block yet are forgotten as well; otherwise they stay counted.',
  })
  async liftBlock(
    @Arg('input', () => LiftBlockInput, { description: 'What to unblock.' }) input: LiftBlockInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<LiftBlockPayload> {
    return { liftedCount: await services.blockLifts.lift(authority, targetOf(input)) };
  }

  @RequiresScopes(['block:lift'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => LiftResendBlocksPayload, {
    description: 'Ends the blocks of users who had codes sent again too often, where the tenant counts such requests.',
  })
  liftResendBlocks(
    @Arg('input', () => LiftResendBlocksInput, { description: 'Whose blocks to end.' }) {
      userId,
    }: LiftResendBlocksInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<LiftResendBlocksPayload> {
    const { codeResends } = services;
    return userId == null
      ? codeResends.liftAll(authority)
      : codeResends.lift(authority, keyOf('User', userId, 'input.userId'));
  }
}
