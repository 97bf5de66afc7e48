import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../interfaces/node.ts';
import { UserAgentType } from '../sessions/user-agent.type.ts';

@ObjectType('Device', { implements: Node, description: 'A browser or app that a user signed in on.' })
@RequiresScopes(['device:read'], ['device:read:self'])
export class DeviceType extends Node {
  @Field(() => String, { description: 'Id of the device; another user on the same browser has the same one.' })
  deviceId!: string;
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: 'Browser, as it named itself.' })
  userAgent!: string | null;
  @Field(() => UserAgentType, { description: 'The same, taken apart.' })
  parsedUserAgent!: UserAgentType;
  @Field(() => String, { nullable: true, description: 'Fingerprint the browser reported.' })
  fingerprint!: string | null;
  @Field(() => String, { nullable: true, description: 'Address it was last used from.' })
  latestIp!: string | null;
  @Field(() => Boolean, { name: 'isTrusted', description: 'Whether the user trusts it.' })
  trusted!: boolean;
  @Field(() => Date, { description: 'When the user first signed in on it.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When the user last signed in on it.' })
  lastUsedAt!: Date;
}

@InputType({ description: 'A device to forget.' })
export class RemoveDeviceInput {
  @Field(() => String, {
    nullable: true,
    description: "Name of the tenant. Default: the one of the id, else the caller's.",
  })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'Id of the device, as `Device.deviceId`.' })
  deviceId!: string;
}

@ObjectType({ description: 'Result of forgetting a device.' })
export class RemoveDevicePayload {
  @Field(() => ID, { description: 'Global id of the device that is gone.' })
  removedDeviceId!: string;
}
