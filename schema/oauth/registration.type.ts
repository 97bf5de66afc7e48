import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { ClientObject } from '../clients/client.type.ts';

@ObjectType({ description: 'A token with which clients register themselves (RFC 7591 section 3).' })
export class InitialAccessToken {
  @Field(() => ID, { description: 'UUID of the token; not its text.' })
  tokenId!: string;
  @Field(() => Int, { description: 'How many clients it registers in all.' })
  uses!: number;
  @Field(() => Int, { description: 'How many of them are left; with the last one it is deleted.' })
  usesLeft!: number;
  @Field(() => Date, { nullable: true, description: 'When it expires; null = never.' })
  expiresAt!: Date | null;
  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;
}

@InputType({ description: 'A token with which clients register themselves.' })
export class CreateInitialAccessTokenInput {
  @Field(() => Int, { nullable: true, description: 'How many clients it registers: 1 to 10,000. Default 1.' })
  uses?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds until it expires, at most a year. Default: it does not expire.',
  })
  expiresInSeconds?: number | null;
}

@ObjectType({ description: 'A new token with which clients register themselves.' })
export class CreateInitialAccessTokenPayload {
  @Field(() => String, { description: 'Text of the token, shown only this once.' })
  accessToken!: string;
  @Field(() => InitialAccessToken, { description: 'The token.' })
  initialAccessToken!: InitialAccessToken;
}

@InputType({ description: 'A token to delete.' })
export class DeleteInitialAccessTokenInput {
  @Field(() => ID, { description: 'The token, as `InitialAccessToken.tokenId`.' })
  tokenId!: string;
}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteInitialAccessTokenPayload {
  @Field(() => ID, { nullable: true, description: 'The deleted token; null when there was none.' })
  deletedTokenId!: string | null;
}

@InputType({ description: 'A client whose registration to open.' })
export class IssueRegistrationTokenInput {
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
}

@ObjectType({ description: 'A token that opens the registration of a client (RFC 7592).' })
export class IssueRegistrationTokenPayload {
  @Field(() => String, { description: 'Text of the token, shown only this once.' })
  registrationToken!: string;
  @Field(() => ClientObject, { nullable: true, description: 'The client; null when the caller may not read it.' })
  client!: ClientObject | null;
}

@ObjectType({ description: 'A client as its registration shows it.' })
export class RegisteredClient {
  @Field(() => String, { description: 'The `client_id`.' })
  clientId!: string;
  @Field(() => GraphQLJSONObject, {
    description: 'Its metadata by their names in RFC 7591, with its secret where a readable copy is kept.',
  })
  metadata!: Record<string, unknown>;
}

const METADATA =
  'Metadata by their names in RFC 7591 and OpenID Connect Dynamic Client Registration; unknown ones are ignored.';

@InputType({ description: 'A client that registers itself.' })
export class RegisterClientInput {
  @Field(() => String, { description: 'An initial access token, or an access token that may create clients.' })
  accessToken!: string;
  @Field(() => GraphQLJSONObject, { description: METADATA })
  metadata!: Record<string, unknown>;
}

@ObjectType({ description: 'A client that registered itself.' })
export class RegisterClientPayload {
  @Field(() => String, { description: 'Token that opens the registration of the client, shown only this once.' })
  registrationToken!: string;
  @Field(() => RegisteredClient, { description: 'The client.' })
  registeredClient!: RegisteredClient;
}

@InputType({ description: 'A registration, and the token that opens it.' })
class RegistrationInput {
  @Field(() => String, { description: 'The `client_id`.' })
  clientId!: string;
  @Field(() => String, { description: 'The registration access token.' })
  registrationToken!: string;
}

@InputType({ description: 'A registration with its next metadata.' })
export class UpdateRegisteredClientInput extends RegistrationInput {
  @Field(() => GraphQLJSONObject, {
    description: `${METADATA} They replace the present ones; \`client_id\` has to be among them.`,
  })
  metadata!: Record<string, unknown>;
}

@ObjectType({ description: 'Result of a change to a registration.' })
export class UpdateRegisteredClientPayload {
  @Field(() => RegisteredClient, { description: 'The client.' })
  registeredClient!: RegisteredClient;
}

@InputType({ description: 'A registration to end.' })
export class DeleteRegisteredClientInput extends RegistrationInput {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteRegisteredClientPayload {
  @Field(() => String, { description: '`client_id` of the deleted client.' })
  clientId!: string;
}
