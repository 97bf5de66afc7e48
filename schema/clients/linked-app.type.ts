import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../kit/node.ts';

@ObjectType('LinkedApp', {
  implements: Node,
  description: "An app on a user's device: a client that belongs to that user and has separate credentials.",
})
@RequiresScopes(['linked-app:read'], ['linked-app:read:self'])
export class LinkedAppType extends Node {
  @Field(() => String, { description: '`client_id` with which the app authenticates.' })
  clientId!: string;
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: 'Display name.' })
  name!: string | null;
  @Field(() => String, { nullable: true, description: 'Id of the software that the app is an instance of.' })
  softwareId!: string | null;
  @Field(() => [String], { description: 'Scopes that the client may request, by name.' })
  availableScopes!: readonly string[];
  @Field(() => Date, { description: 'When the app was registered.' })
  createdAt!: Date;
}

@InputType({ description: 'An app to unlink.' })
export class RemoveLinkedAppInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'The app, as `LinkedApp.clientId`.' })
  clientId!: string;
}

@ObjectType({ description: 'Result of unlinking an app.' })
export class RemoveLinkedAppPayload {
  @Field(() => ID, { description: 'Global id of the unlinked app.' })
  removedAppId!: string;
}
