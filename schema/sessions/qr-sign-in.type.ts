import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { UserAgentType } from './user-agent.type.ts';

@ObjectType('QrSignIn', {
  description: 'A browser that shows a QR code and waits to be let in as the user who confirms it.',
})
@RequiresScopes(['qr-sign-in:read'], ['qr-sign-in:read:self'])
export class QrSignInType {
  @Field(() => String, { description: 'The code in the picture, a UUID.' })
  code!: string;
  @Field(() => String, { description: '`client_id` of the application that the browser signs in to.' })
  clientId!: string;
  @Field(() => String, { nullable: true, description: 'Name of that application, if it has one.' })
  clientName!: string | null;
  @Field(() => String, { nullable: true, description: 'Address of the browser.' })
  ip!: string | null;
  @Field(() => UserAgentType, { description: 'What the browser says of itself.' })
  userAgent!: UserAgentType;
  @Field(() => Date, { description: 'Until when it can be decided on.' })
  expiresAt!: Date;
  @Field(() => Int, { description: 'Whole seconds until then.' })
  expiresInSeconds!: number;
}

@InputType({ description: 'A sign-in to let in.' })
export class ConfirmQrSignInInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => String, { description: 'The code in the picture.' })
  code!: string;
}

@InputType({ description: 'A sign-in to send away.' })
export class RefuseQrSignInInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => String, { description: 'The code in the picture.' })
  code!: string;
}

@ObjectType({ description: 'Result of letting a sign-in in.' })
export class ConfirmQrSignInPayload {
  @Field(() => String, { description: 'The code, which is used now.' })
  code!: string;
}

@ObjectType({ description: 'Result of sending a sign-in away.' })
export class RefuseQrSignInPayload {
  @Field(() => String, { description: 'The code, which is used now.' })
  code!: string;
}
