import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { EventCatalogue, EventFilter, EventKeys, Feed, FeedItem, SecurityEvent } from '../../src/events/index.ts';
import { invalidField } from '../../src/kernel/index.ts';
import { parseUserAgent } from '../../src/sessions/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { type Live, toLiveSource } from '../live-source.ts';
import { UserAgentType } from '../sessions/user-agent.type.ts';
import { feedCursorOfEvent } from './event.loader.ts';
import {
  AccountEventFilterInput,
  EventTypeInfo,
  HideEventsInput,
  HideEventsPayload,
  SecurityEventConnection,
  SecurityEventFeedItem,
  SecurityEventFilterInput,
  SecurityEventType,
} from './security-event.type.ts';

/** The filter of the arguments, checked. */
function checked<F extends AccountEventFilterInput>(
  catalogue: EventCatalogue,
  input: F | undefined,
): EventFilter | undefined {
  const unknownType = input?.types?.find((type) => catalogue.find(type) === undefined);
  if (unknownType !== undefined)
    throw invalidField('filter.types', 'EVENT_TYPE_UNKNOWN', 'There is no such event type.');
  const unknownCategory = input?.categories?.find((category) => !catalogue.categories.has(category));
  if (unknownCategory !== undefined) {
    throw invalidField('filter.categories', 'EVENT_CATEGORY_UNKNOWN', 'There is no such event category.');
  }
  return input as EventFilter | undefined;
}

/** Callers with reach `self` see only events of their own account. */
async function toFilter(
  { authority, services }: GraphContext,
  { notHiddenFrom: list, ...input }: SecurityEventFilterInput = {},
): Promise<EventFilter> {
  const shown = checked(services.eventEngine.catalogue, input)!;
  const filter =
    list == null ? shown : { ...shown, from: later(shown.from, await services.tenants.hiddenBefore(authority, list)) };
  if (authority.reach !== 'self') return filter;
  return services.accountHistory.about(authority, filter.subjectId ?? authority.caller.userId ?? '', filter);
}

function later(...moments: readonly (Date | null | undefined)[]): Date | null {
  const given = moments.flatMap((moment) => moment ?? []);
  return given.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null;
}

/** Waits for the first item of the feed, so that a refused cursor is an error of the subscribe request itself. */
async function begun(
  feed: AsyncIterableIterator<FeedItem, undefined>,
): Promise<AsyncIterableIterator<FeedItem, undefined>> {
  let first: IteratorResult<FeedItem, undefined> | null = await feed.next();
  const rest: AsyncIterableIterator<FeedItem, undefined> = {
    next: () => {
      const waiting = first;
      first = null;
      return waiting === null ? feed.next() : Promise.resolve(waiting);
    },
    return: () => feed.return!(undefined),
    throw: (error) => feed.throw!(error),
    [Symbol.asyncIterator]: () => rest,
  };
  return rest;
}

/**
 * A feed that begins with the next event, which equal subscriptions can share.
 * @throws SERVICE_UNAVAILABLE The log is not followed yet.
 */
function toLive(feed: Feed, tenantId: string, filter: EventFilter): Live<FeedItem> {
  const checkpoint = () => feed.checkpointNow(tenantId);
  checkpoint();
  return {
    key: JSON.stringify([tenantId, filter]),
    checkpoint,
    isAfter: (item, other) => feed.isAfter(item, other),
    follow: (after, signal) => feed.follow({ tenantId, filter, after: after?.cursor, signal }),
  };
}

@Resolver(() => SecurityEventType)
export class SecurityEventResolver {
  @Reads()
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() event: EventKeys, @Ctx() context: GraphContext): string {
    return toGlobalId('SecurityEvent', context.tenants.get(event.tenantId)!, event.id);
  }

  @Reads()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Cursor with which the live feed continues after this event; null in the first milliseconds after the event.',
  })
  feedCursor(@Root() event: EventKeys, @Ctx() { loaders }: GraphContext): Promise<string | null> {
    return loaders.load(feedCursorOfEvent, { tenantId: event.tenantId, key: event.id });
  }

  @RequiresScopes(['event:read'], ['event:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => SecurityEventConnection, {
    description:
      "Security events of a tenant, newest first. With `event:read:self` only those of the caller's own account.",
  })
  async securityEvents(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => SecurityEventFilterInput, {
      nullable: true,
      description: 'Only items that meet these conditions.',
    })
    filter?: SecurityEventFilterInput,
  ): Promise<ConnectionData<EventKeys>> {
    const { services, authority, largestPage } = context;
    const request = toPageRequest(page, info, true, largestPage);
    const conditions = await toFilter(context, filter);
    return toConnection(
      await services.eventEngine.reader.page(authority.tenant.id, conditions, request, columnsRead(info)),
    );
  }

  @Reads('userAgent')
  @FieldResolver(() => UserAgentType, {
    nullable: true,
    description: 'Browser, device and system parsed from `userAgent`; null when there is none.',
  })
  parsedUserAgent(@Root() { userAgent }: Pick<SecurityEvent, 'userAgent'>): UserAgentType | null {
    return userAgent === null ? null : parseUserAgent(userAgent);
  }

  @RequiresScopes(['event:read'], ['event:read:self'])
  @Errors('USER_NOT_FOUND')
  @Query(() => SecurityEventConnection, {
    description: 'Security events of one account, newest first.',
  })
  async accountEvents(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => AccountEventFilterInput, {
      nullable: true,
      description: 'Only items that meet these conditions.',
    })
    filter?: AccountEventFilterInput,
  ): Promise<ConnectionData<SecurityEvent>> {
    const request = toPageRequest(page, info, true);
    const id = keyOf('User', userId, 'userId');
    return toConnection(
      await services.accountHistory.page(authority, id, checked(services.eventEngine.catalogue, filter) ?? {}, request),
    );
  }

  @RequiresScopes(['setting:write', 'event:read'])
  @Mutation(() => HideEventsPayload, {
    description:
      'Hides the events that were recorded so far from a list. The log keeps them, and shows them to other readers.',
  })
  async hideEvents(
    @Arg('input', () => HideEventsInput, { description: 'The list.' }) { list }: HideEventsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<HideEventsPayload> {
    return { hiddenBefore: await services.tenants.hideEvents(authority, list) };
  }

  @Query(() => [EventTypeInfo], { description: 'Every type of security event.' })
  eventTypes(@Ctx() { services }: GraphContext): EventTypeInfo[] {
    return services.eventEngine.catalogue.types.map(({ name, category, description }) => ({
      type: name,
      category,
      description,
    }));
  }

  @RequiresScopes(['event:read'], ['event:read:self'])
  @Errors('EVENT_CURSOR_INVALID', 'EVENT_CURSOR_EXPIRED', 'USER_NOT_FOUND')
  @Subscription(() => SecurityEventFeedItem, {
    name: 'securityEvents',
    description:
      'The events of one tenant as they happen, each once and in order. The first item is a checkpoint; another one comes every 30 ' +
      'seconds if the position has moved. To continue after an interruption, give the cursor of the last item as `after`. When an ' +
      'item fails, the subscription ends with its error; continue after the item before it to receive it again. When events ' +
      'after the cursor are no longer kept, the error EVENT_CURSOR_EXPIRED has `oldestCursor` in its extensions.',
    subscribe: async ({ args, context }: { args: FollowArgs; context: GraphContext }) => {
      const { services, authority, signal } = context;
      const { feed } = services.eventEngine;
      const filter = await toFilter(context, args.filter);
      const tenantId = authority.tenant.id;
      if (args.after == null) return toLiveSource(toLive(feed, tenantId, filter), signal);
      return begun(feed.follow({ tenantId, filter, after: args.after, signal }));
    },
  })
  securityEventFeed(
    @Root() item: SecurityEventFeedItem,
    @Arg('filter', () => SecurityEventFilterInput, {
      nullable: true,
      description: 'Only events that meet these conditions.',
    })
    _filter?: SecurityEventFilterInput,
    @Arg('after', () => String, {
      nullable: true,
      description: 'Cursor of the last item received; without it the feed begins with the next event.',
    })
    _after?: string,
  ): SecurityEventFeedItem {
    return item;
  }
}

interface FollowArgs {
  readonly filter?: SecurityEventFilterInput;
  readonly after?: string | null;
}
