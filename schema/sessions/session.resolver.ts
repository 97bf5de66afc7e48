import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import type { SessionKeys } from '../../src/sessions/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import { toClientReference } from '../clients/client-reference.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { cutKey } from '../loading.ts';
import { narrowUserById } from '../users/user.loader.ts';
import { UserType } from '../users/user.type.ts';
import { sessionsOfUser } from './session.loader.ts';
import {
  EndCallerSessionInput,
  EndCallerSessionPayload,
  RevokeSessionInput,
  RevokeSessionPayload,
  RevokeTenantSessionsInput,
  RevokeTenantSessionsPayload,
  RevokeUserSessionsInput,
  RevokeUserSessionsPayload,
  SessionConnection,
  SessionFilterInput,
  SessionType,
} from './session.type.ts';

/** Most sessions of one user in a list of users: 200 users with 50 sessions are 10,000 rows of 300 bytes. */
const MAX_OF_USER = 50;

/** The UUID of no client. */
const NO_CLIENT = '00000000-0000-0000-0000-000000000000';

/**
 * The client whose sessions are listed. Callers who see their own sessions alone do not learn which clients exist.
 * @throws NOT_FOUND
 */
async function clientOf({ services, authority }: GraphContext, clientId: string): Promise<string> {
  const reference = toClientReference(clientId, 'filter.clientId');
  if (authority.reach !== 'self') return services.clients.idOf(authority, reference);
  return (await services.clients.find(authority, reference))?.id ?? NO_CLIENT;
}

@Resolver(() => SessionType)
export class SessionResolver {
  @Reads()
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() session: SessionKeys, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Session', tenants.get(session.tenantId)!, session.id);
  }

  @Reads()
  @FieldResolver(() => String)
  sessionId(@Root() session: SessionKeys): string {
    return session.id;
  }

  @Reads()
  @FieldResolver(() => Boolean)
  isCurrent(@Root() session: SessionKeys, @Ctx() { caller }: GraphContext): boolean {
    return caller.sessionId === session.id;
  }

  @Reads()
  @FieldResolver(() => UserType, { nullable: true, description: 'The user who is signed in.' })
  user(
    @Root() session: SessionKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<UserKeys | null> {
    const key = { tenantId: session.tenantId, key: session.userId };
    return loaders.loadColumns(narrowUserById, key, columnsRead(info));
  }

  @RequiresScopes(['session:read'], ['session:read:self'])
  @Query(() => SessionConnection, {
    nullable: true,
    description:
      "Active sessions, newest first: those of the tenant, or the caller's own. An unknown client in the filter is an error for callers who see the sessions of the tenant; others get no sessions.",
  })
  async sessions(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => SessionFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: SessionFilterInput | null,
  ): Promise<ConnectionData<SessionKeys>> {
    const { services, authority, largestPage } = context;
    const { userId, deviceId, ip, clientId } = filter ?? {};
    const narrowed = {
      userId: userId == null ? null : keyOf('User', userId, 'filter.userId'),
      deviceId,
      ip,
      clientUuid: clientId == null ? null : await clientOf(context, clientId),
    };
    const request = toPageRequest(page, info, false, largestPage);
    return toConnection(await services.sessions.page(authority, narrowed, request, columnsRead(info)));
  }

  @RequiresScopes(['session:revoke'], ['session:revoke:self'])
  @Errors('SESSION_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => RevokeSessionPayload, {
    description: 'Ends a session and the tokens made in it.',
  })
  async revokeSession(
    @Arg('input', () => RevokeSessionInput, { description: 'The session.' }) input: RevokeSessionInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RevokeSessionPayload> {
    const sessionId = keyOf('Session', input.sessionId, 'input.sessionId');
    const { id } = await services.sessions.revoke(authority, sessionId, { isOwn: input.isOwn ?? false });
    return { revokedSessionId: toGlobalId('Session', authority.tenant, id) };
  }

  @RequiresScopes(['session:revoke:self'])
  @Errors('SESSION_NOT_FOUND')
  @Mutation(() => EndCallerSessionPayload, {
    description: "Signs the caller out: ends the session of the caller's access token and the tokens made in it.",
  })
  async endCallerSession(
    @Arg('input', () => EndCallerSessionInput, { description: 'The tenant.' }) _input: EndCallerSessionInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<EndCallerSessionPayload> {
    const { id } = await services.sessions.endOfCaller(authority);
    return { endedSessionId: toGlobalId('Session', authority.tenant, id) };
  }

  @RequiresScopes(['session:revoke'], ['session:revoke:self'])
  @Errors('USER_NOT_FOUND', 'ACCOUNT_GUARDED')
  @Mutation(() => RevokeUserSessionsPayload, {
    description:
      'Ends the sessions of a user and the tokens made in them; `resetUserSessions` ends all tokens as well.',
  })
  async revokeUserSessions(
    @Arg('input', () => RevokeUserSessionsInput, { description: 'The user.' }) input: RevokeUserSessionsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RevokeUserSessionsPayload> {
    const exceptSessionId = input.exceptCurrent === true ? authority.caller.sessionId : null;
    const userId = keyOf('User', input.userId, 'input.userId');
    const ended = await services.sessions.revokeOf(authority, userId, { exceptSessionId });
    return { endedSessions: ended.length };
  }

  @RequiresScopes(['session:revoke'])
  @Mutation(() => RevokeTenantSessionsPayload, {
    description:
      'Ends the sessions of all users of a tenant and the tokens made in them, but for users who may do more than the caller.',
  })
  async revokeTenantSessions(
    @Arg('input', () => RevokeTenantSessionsInput, { description: 'The tenant.' }) _input: RevokeTenantSessionsInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<RevokeTenantSessionsPayload> {
    return { endedSessions: await services.sessions.revokeOfTenant(authority) };
  }
}

@Resolver(() => UserType)
export class UserSessionsResolver {
  @Reads()
  @RequiresScopes(['session:read'], ['session:read:self'])
  @FieldResolver(() => [SessionType], {
    nullable: 'itemsAndList',
    description: 'The newest active sessions. Use `sessions(filter: { userId })` to page through all of them.',
  })
  sessions(
    @Root() user: UserKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('first', () => Int, {
      nullable: true,
      description: `Number of sessions to return, at most ${MAX_OF_USER}. Default 20.`,
    })
    first?: number | null,
  ): Promise<readonly SessionKeys[]> {
    const count = first ?? 20;
    if (count < 0 || count > MAX_OF_USER) {
      throw invalidField('first', 'PAGE_SIZE', `At most ${MAX_OF_USER} sessions of a user are shown at once.`);
    }
    const key = { tenantId: user.tenantId, key: cutKey(count, user.id) };
    return loaders.loadColumns(sessionsOfUser, key, columnsRead(info));
  }
}
