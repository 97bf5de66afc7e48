import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../interfaces/connection.ts';
import { Node } from '../interfaces/node.ts';

const TENANT = "Name of the tenant. Default: the one of the id, else the caller's.";

@ObjectType('Session', { implements: Node, description: 'A sign-in that lasts.' })
@RequiresScopes(['session:read'], ['session:read:self'])
export class SessionType extends Node {
  @Field(() => String, { description: 'The bare id, as `sid` in tokens.' })
  sessionId!: string;
  @Field(() => Boolean, { description: 'Whether it is the session of the caller.' })
  isCurrent!: boolean;
  @Field(() => String, { nullable: true, description: 'The device it is on.' })
  deviceId!: string | null;
  @Field(() => Date, { description: 'When the user proved who they are.' })
  authTime!: Date;
  @Field(() => [String], { description: 'How the user proved who they are (RFC 8176).' })
  amr!: string[];
  @Field(() => String, { nullable: true, description: 'Level of assurance reached.' })
  acr!: string | null;
  @Field(() => Boolean, { name: 'isRemembered', description: 'Whether the user asked to be remembered.' })
  remember!: boolean;
  @Field(() => Boolean, { name: 'isOffline', description: 'Whether it goes on without the browser.' })
  offline!: boolean;
  @Field(() => String, { nullable: true, description: 'Address it was started from.' })
  ip!: string | null;
  @Field(() => String, { nullable: true, description: 'Browser it was started with, as it named itself.' })
  userAgent!: string | null;
  @Field(() => Date, { description: 'When it was last used, give or take a twentieth of the idle time.' })
  lastUsedAt!: Date;
  @Field(() => Date, { description: 'When it ends unless it is used before.' })
  idleExpiresAt!: Date;
  @Field(() => Date, { description: 'When it ends in any case.' })
  expiresAt!: Date;
  @Field(() => Date, { description: 'When it was started.' })
  createdAt!: Date;
}

export const SessionConnection = connectionOf(SessionType, 'Session');

@InputType({ description: 'What a list of sessions can be narrowed by.' })
export class SessionFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only sessions of this user.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: 'Only sessions on this device.' })
  deviceId?: string | null;
  @Field(() => String, { nullable: true, description: 'Only sessions started from this address.' })
  ip?: string | null;
}

@InputType({ description: 'A session to end.' })
export class RevokeSessionInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => ID, { description: 'The session.' })
  sessionId!: string;
}

@InputType({ description: 'A user whose sessions are to end.' })
export class RevokeUserSessionsInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => Boolean, { nullable: true, description: "Whether the caller's own session goes on. Default false." })
  exceptCurrent?: boolean | null;
}

@ObjectType({ description: 'Result of ending a session.' })
export class RevokeSessionPayload {
  @Field(() => ID, { description: 'Global id of the session that is gone.' })
  revokedSessionId!: string;
}

@ObjectType({ description: 'Result of ending sessions.' })
export class RevokeUserSessionsPayload {
  @Field(() => Int, { description: 'How many sessions ended.' })
  endedSessions!: number;
}
