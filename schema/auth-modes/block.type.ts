import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';
import { SortDirection } from '../kit/order.ts';

export enum BlockSubject {
  ACCOUNT = 'account',
  NAME = 'name',
  DEVICE = 'device',
  IP = 'ip',
  TENANT = 'tenant',
}
registerEnumType(BlockSubject, {
  name: 'BlockSubject',
  description: 'What failed attempts are counted for.',
  valuesConfig: {
    ACCOUNT: { description: 'An account, by any name that it can sign in with.' },
    NAME: { description: 'A name that no account has; stored as a hash.' },
    DEVICE: { description: 'A device on which the user of an account signed in before.' },
    IP: { description: 'An address: IPv4, or a /64 network of IPv6.' },
    TENANT: { description: 'The whole tenant, except devices on which an account is known.' },
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
  description: 'What was tried. Failures are counted separately for each value.',
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
  description:
    'A temporary block after failed attempts. A permanently blocked account is disabled instead and is not listed here.',
})
@RequiresScopes(['block:read'])
@Owned({ account: null })
export class LockoutType extends Node {
  tenantId!: string;
  subject!: string;
  @Field(() => BlockSubject, { description: 'What the block is on.' })
  subjectKind!: BlockSubject;
  @Field(() => BlockFactor, { description: 'What was tried.' })
  factor!: BlockFactor;
  @Field(() => Int, { description: 'Failures counted towards the next block.' })
  failures!: number;
  @Field(() => Int, { description: 'Number of consecutive blocks, including this one.' })
  level!: number;
  @Field(() => Date, { description: 'Time of the last failure.' })
  lastAt!: Date;
  @Field(() => String, { nullable: true, description: 'Address of the last failure.' })
  lastIp!: string | null;
  @Field(() => Date, { nullable: true, description: 'When the block began.' })
  blockedFrom!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When the block ends.' })
  blockedUntil!: Date | null;
}

@ObjectType('SignInFailures', {
  description:
    'Failed attempts of a user at first factors, such as the password, or at second ones, from devices on which the user did not sign in before.',
})
export class SignInFailuresType {
  @Field(() => Int, { description: 'Number of failures that count towards the next block.' })
  failures!: number;
  @Field(() => Date, { nullable: true, description: 'Time of the last failure since the last success.' })
  lastFailureAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'End of the current block; null when there is none.' })
  blockedUntil!: Date | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds until the current block ends; null when there is none.',
  })
  waitSeconds!: number | null;
  @Field(() => Int, { description: 'Number of consecutive blocks, the current one included.' })
  level!: number;
  @Field(() => String, { nullable: true, description: 'Address of the last failure.' })
  lastIp!: string | null;
}

@ObjectType('CodeResends', { description: 'Requests of a user to have a code sent again.' })
export class CodeResendsType {
  @Field(() => Boolean, {
    description: 'Whether the tenant counts them (`otpResend` of its settings); nothing is blocked otherwise.',
  })
  isCounted!: boolean;
  @Field(() => Int, { description: 'Number of requests that count towards the next block.' })
  requests!: number;
  @Field(() => Date, { nullable: true, description: 'Time of the last request that was counted.' })
  lastRequestAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'Address of the last request that was counted.' })
  lastIp!: string | null;
  @Field(() => Date, { nullable: true, description: 'End of the current block; null when there is none.' })
  blockedUntil!: Date | null;
}

export const LockoutConnection = connectionOf(LockoutType, 'Lockout');

@InputType({ description: 'Filters for a list of blocks.' })
export class BlockFilterInput {
  @Field(() => BlockSubject, { nullable: true, description: 'Only blocks on this kind of subject.' })
  subjectKind?: BlockSubject | null;
  @Field(() => ID, { nullable: true, description: 'Only blocks on this user and its devices.' })
  userId?: string | null;
  @Field(() => BlockFactor, { nullable: true, description: 'Only blocks of tries at this.' })
  factor?: BlockFactor | null;
}

export enum BlockOrderField {
  SUBJECT = 'subject',
  BLOCKED_FROM = 'blockedFrom',
}
registerEnumType(BlockOrderField, {
  name: 'BlockOrderField',
  description: 'What a list of blocks is ordered by.',
  valuesConfig: {
    SUBJECT: { description: 'What the block is on, and then what was tried.' },
    BLOCKED_FROM: { description: 'When the block began.' },
  },
});

@InputType({ description: 'Order of a list of blocks.' })
export class BlockOrderInput {
  @Field(() => BlockOrderField, { description: 'What to order by.' })
  field!: BlockOrderField;
  @Field(() => SortDirection, { nullable: true, description: 'Direction. Default ASC.' })
  direction?: SortDirection | null;
}

@InputType({
  description:
    'The blocks to end: one block, or all blocks of a user, of all users, of an address, of a name or of a username. Give exactly one member.',
})
export class LiftBlockInput {
  @Field(() => ID, { nullable: true, description: 'Global id of the block.' })
  blockId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The user. Blocks of all factors end, permanent ones included.' })
  userId?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'An IP address. Blocks of all factors end; those of IPv6 are on the network of the address.',
  })
  address?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'A name that no user has, as somebody typed it at sign-in, ignoring case. Blocks of all factors end; blocks of users are ended by `userId`.',
  })
  name?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'A username, whether or not a user has it, ignoring case. Blocks of all factors end, permanent ones of the user included.',
  })
  username?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'True: temporary blocks of all users and of their devices end, except those of users whom the caller may not change.',
  })
  isForAllUsers?: boolean | null;
}

@ObjectType({ description: 'Result of lifting blocks.' })
export class LiftBlockPayload {
  @Field(() => Int, { description: 'Number of current blocks that ended.' })
  liftedCount!: number;
}

@InputType({ description: 'Whose blocks to end.' })
export class LiftResendBlocksInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'The user; blocks of all factors end, as by `liftBlock`. Default: all users, whose other blocks stay, except those that the caller may not change.',
  })
  userId?: string | null;
}

@ObjectType({ description: 'Result of lifting blocks.' })
export class LiftResendBlocksPayload {
  @Field(() => Boolean, {
    description: 'Whether the tenant counts requests to send a code again; if not, nothing was done.',
  })
  isCounted!: boolean;
  @Field(() => Int, { description: 'Number of current blocks that ended.' })
  liftedCount!: number;
}
