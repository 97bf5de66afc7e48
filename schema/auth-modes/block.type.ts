import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../interfaces/connection.ts';
import { Node } from '../interfaces/node.ts';

export enum BlockSubject {
  ACCOUNT = 'account',
  NAME = 'name',
  DEVICE = 'device',
  IP = 'ip',
  TENANT = 'tenant',
}
registerEnumType(BlockSubject, {
  name: 'BlockSubject',
  description: 'Whom failed attempts are counted against.',
  valuesConfig: {
    ACCOUNT: { description: 'An account, however it was named.' },
    NAME: { description: "A name that is nobody's; kept as a hash." },
    DEVICE: { description: 'One device on which an account is known.' },
    IP: { description: 'An address: IPv4, or a /64 network of IPv6.' },
    TENANT: { description: 'The whole tenant, known devices excepted.' },
  },
});

export enum BlockFactor {
  FIRST = 'first',
  SECOND = 'second',
  SECRET_ANSWER = 'secret-answer',
  RESET_CODE = 'reset-code',
  OTP_RESEND = 'otp-resend',
}
registerEnumType(BlockFactor, {
  name: 'BlockFactor',
  description: 'What was tried; each is counted apart.',
  valuesConfig: {
    FIRST: { description: 'A first factor: password, image proof, passkey, mailed code.' },
    SECOND: { description: 'A second factor.' },
    SECRET_ANSWER: { description: 'The answer to a security question.' },
    RESET_CODE: { description: 'A code that resets a password.' },
    OTP_RESEND: { description: 'Having a one-time code sent again.' },
  },
});

@ObjectType('Lockout', {
  implements: Node,
  description: 'A block after failed attempts. Permanent blocks are disabled accounts, not rows of this list.',
})
@RequiresScopes(['block:read'])
@Owned({ account: null })
export class LockoutType extends Node {
  tenantId!: string;
  subject!: string;
  @Field(() => BlockSubject, { description: 'Whom it is on.' })
  subjectKind!: BlockSubject;
  @Field(() => BlockFactor, { description: 'What was tried.' })
  factor!: BlockFactor;
  @Field(() => Int, { description: 'Failures counted towards the next block.' })
  failures!: number;
  @Field(() => Int, { description: 'How many blocks in a row it is.' })
  level!: number;
  @Field(() => Date, { description: 'When the last failure was.' })
  lastAt!: Date;
  @Field(() => String, { nullable: true, description: 'Address of the last failure.' })
  lastIp!: string | null;
  @Field(() => Date, { nullable: true, description: 'When it began.' })
  blockedFrom!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it ends by itself.' })
  blockedUntil!: Date | null;
}

export const LockoutConnection = connectionOf(LockoutType, 'Lockout');

@InputType({ description: 'What a list of blocks can be narrowed by.' })
export class BlockFilterInput {
  @Field(() => BlockSubject, { nullable: true, description: 'Only blocks on this kind of subject.' })
  subjectKind?: BlockSubject | null;
  @Field(() => ID, { nullable: true, description: 'Only blocks on this user and its devices.' })
  userId?: string | null;
}

@InputType({ description: 'What to unblock: one block, or everything of a user.' })
export class LiftBlockInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => ID, { nullable: true, description: 'The block; its global id.' })
  blockId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The user: all factors, and a permanent block too.' })
  userId?: string | null;
}

@ObjectType({ description: 'Result of lifting blocks.' })
export class LiftBlockPayload {
  @Field(() => Int, { description: 'How many running blocks were lifted.' })
  liftedCount!: number;
}
