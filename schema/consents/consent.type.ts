import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../kit/node.ts';

@ObjectType('Consent', { implements: Node, description: 'The scopes that a user granted to a client.' })
@RequiresScopes(['consent:read'], ['consent:read:self'])
export class ConsentType extends Node {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, { description: '`client_id` of the client.' })
  clientId!: string;
  @Field(() => [String], { description: 'Scopes the user agreed to, sorted.' })
  scopes!: string[];
  @Field(() => Date, { description: 'When the user first agreed.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

@InputType({ description: 'A consent to revoke.' })
export class RevokeConsentInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: '`client_id` of the client.' })
  clientId!: string;
}

@ObjectType({ description: 'Result of revoking a consent.' })
export class RevokeConsentPayload {
  @Field(() => ID, { description: 'Global id of the revoked consent.' })
  revokedConsentId!: string;
}
