import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { UserAgentType } from './user-agent.type.ts';

@ObjectType('QrSignIn', {
  description: 'A browser that shows a QR code and waits for a user to confirm the sign-in.',
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
  @Field(() => UserAgentType, {
    description: 'Browser, device and system parsed from the `User-Agent` header of the browser.',
  })
  userAgent!: UserAgentType;
  @Field(() => Date, { description: 'When the sign-in expires, unless it was confirmed or refused before.' })
  expiresAt!: Date;
  @Field(() => Int, { description: 'Whole seconds until `expiresAt`.' })
  expiresInSeconds!: number;
}

@InputType({ description: 'A sign-in to confirm.' })
export class ConfirmQrSignInInput {
  @Field(() => String, { description: 'The code from the QR image.' })
  code!: string;
}

@InputType({ description: 'A sign-in to refuse.' })
export class RefuseQrSignInInput {
  @Field(() => String, { description: 'The code from the QR image.' })
  code!: string;
}

@ObjectType({ description: 'Result of confirming a sign-in.' })
export class ConfirmQrSignInPayload {
  @Field(() => String, { description: 'The code, which cannot be used again.' })
  code!: string;
}

@ObjectType({ description: 'Result of refusing a sign-in.' })
export class RefuseQrSignInPayload {
  @Field(() => String, { description: 'The code, which cannot be used again.' })
  code!: string;
}
