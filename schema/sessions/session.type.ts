import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

@ObjectType('Session', { implements: Node, description: 'A session of a user who signed in.' })
@RequiresScopes(['session:read'], ['session:read:self'])
export class SessionType extends Node {
  @Field(() => String, { description: 'Id without type and tenant, as `sid` in tokens.' })
  sessionId!: string;
  @Field(() => Boolean, { description: 'Whether it is the session of the caller.' })
  isCurrent!: boolean;
  @Field(() => String, { nullable: true, description: 'Id of the device of the session.' })
  deviceId!: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      '`client_id` of the application that asked for the sign-in, whose session serves all; null when none did.',
  })
  clientId!: string | null;
  @Field(() => Date, { description: 'When the user authenticated.' })
  authTime!: Date;
  @Field(() => [String], { description: 'How the user authenticated (RFC 8176).' })
  amr!: string[];
  @Field(() => String, { nullable: true, description: 'Level of assurance that the sign-in reached.' })
  acr!: string | null;
  @Field(() => Boolean, { name: 'isRemembered', description: 'Whether the user asked to be remembered.' })
  remember!: boolean;
  @Field(() => Boolean, { name: 'isOffline', description: 'Whether it continues without the browser.' })
  offline!: boolean;
  @Field(() => String, { nullable: true, description: 'IP address from which it was started.' })
  ip!: string | null;
  @Field(() => String, { nullable: true, description: '`User-Agent` header of the browser that started it.' })
  userAgent!: string | null;
  @Field(() => Date, { description: 'When it was last used, accurate to a twentieth of the idle time.' })
  lastUsedAt!: Date;
  @Field(() => Date, { description: 'When the session ends, unless it is used before.' })
  idleExpiresAt!: Date;
  @Field(() => Date, { description: 'When the session ends, even if it is used.' })
  expiresAt!: Date;
  @Field(() => Date, { description: 'When it was started.' })
  createdAt!: Date;
}

export const SessionConnection = connectionOf(SessionType, 'Session');

@InputType({ description: 'Filters for a list of sessions.' })
export class SessionFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only sessions of this user.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: 'Only sessions on this device.' })
  deviceId?: string | null;
  @Field(() => String, { nullable: true, description: 'Only sessions started from this address.' })
  ip?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only sessions in which this client has valid tokens.' })
  clientId?: string | null;
}

@InputType({ description: 'A session to end.' })
export class RevokeSessionInput {
  @Field(() => ID, { description: 'The session.' })
  sessionId!: string;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it must be a session of the caller: one of another user is then refused like one that does not exist. Default false.',
  })
  isOwn?: boolean | null;
}

@InputType({ description: 'A user whose sessions to end.' })
export class RevokeUserSessionsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => Boolean, { nullable: true, description: "Whether the caller's own session continues. Default false." })
  exceptCurrent?: boolean | null;
}

@InputType({ description: 'A tenant whose sessions to end.' })
export class RevokeTenantSessionsInput {}

@InputType({ description: "The caller's sign-out." })
export class EndCallerSessionInput {}

@ObjectType({ description: 'Result of signing out.' })
export class EndCallerSessionPayload {
  @Field(() => ID, { description: 'Global id of the session that ended.' })
  endedSessionId!: string;
}

@ObjectType({ description: 'Result of ending a session.' })
export class RevokeSessionPayload {
  @Field(() => ID, { description: 'Global id of the revoked session.' })
  revokedSessionId!: string;
}

@ObjectType({ description: 'Result of ending sessions.' })
export class RevokeUserSessionsPayload {
  @Field(() => Int, { description: 'Number of sessions that ended.' })
  endedSessions!: number;
}

@ObjectType({ description: 'Result of ending the sessions of a tenant.' })
export class RevokeTenantSessionsPayload extends RevokeUserSessionsPayload {}
