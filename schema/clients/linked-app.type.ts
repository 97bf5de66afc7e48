import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../interfaces/node.ts';

@ObjectType('LinkedApp', {
  implements: Node,
  description: "An app on a user's device, with credentials of its own: a client that belongs to that user.",
})
@RequiresScopes(['linked-app:read'], ['linked-app:read:self'])
export class LinkedAppType extends Node {
  @Field(() => String, { description: 'What the app authenticates as.' })
  clientId!: string;
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: 'For people to read.' })
  name!: string | null;
  @Field(() => String, { nullable: true, description: 'Which app it is an instance of.' })
  softwareId!: string | null;
  @Field(() => [String], { description: 'Scopes it may ask for, by name.' })
  availableScopes!: readonly string[];
  @Field(() => Date, { description: 'When it registered.' })
  createdAt!: Date;
}

@InputType({ description: 'An app to unlink.' })
export class RemoveLinkedAppInput {
  @Field(() => String, {
    nullable: true,
    description: "Name of the tenant. Default: the one of the id, else the caller's.",
  })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'The app, as `LinkedApp.clientId`.' })
  clientId!: string;
}

@ObjectType({ description: 'Result of unlinking an app.' })
export class RemoveLinkedAppPayload {
  @Field(() => ID, { description: 'Global id of the app that is gone.' })
  removedAppId!: string;
}
