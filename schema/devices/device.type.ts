import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../kit/node.ts';
import { UserAgentType } from '../sessions/user-agent.type.ts';

@ObjectType('Device', { implements: Node, description: 'A browser or app on which a user signed in.' })
@RequiresScopes(['device:read'], ['device:read:self'])
export class DeviceType extends Node {
  @Field(() => String, { description: 'Id of the device; all users of the same browser have the same one.' })
  deviceId!: string;
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: '`User-Agent` header that the browser sent.' })
  userAgent!: string | null;
  @Field(() => UserAgentType, { description: 'Browser, device and system parsed from `userAgent`.' })
  parsedUserAgent!: UserAgentType;
  @Field(() => String, { nullable: true, description: 'Fingerprint that the browser reported.' })
  fingerprint!: string | null;
  @Field(() => String, { nullable: true, description: 'IP address from which it was last used.' })
  latestIp!: string | null;
  @Field(() => Boolean, { name: 'isTrusted', description: 'Whether the user trusts it.' })
  trusted!: boolean;
  @Field(() => Date, { description: 'When the user first signed in on it.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When the user last signed in on it.' })
  lastUsedAt!: Date;
}

@InputType({ description: 'A device to remove.' })
export class RemoveDeviceInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'Id of the device, as `Device.deviceId`.' })
  deviceId!: string;
}

@ObjectType({ description: 'Result of removing a device.' })
export class RemoveDevicePayload {
  @Field(() => ID, { description: 'Global id of the removed device.' })
  removedDeviceId!: string;
}
