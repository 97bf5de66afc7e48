import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

@ObjectType('ApiKey', {
  implements: Node,
  description: 'A key with which a program acts for a user in one tenant, within its scopes and what the user may do.',
})
@RequiresScopes(['api-key:read'], ['api-key:read:self'])
export class ApiKeyType extends Node {
  @Field(() => String, { description: 'Id without type: a UUID that names the tenant.' })
  apiKeyId!: string;
  @Field(() => String, { description: 'Public id of the user for whom it acts.' })
  ownerUserId!: string;
  @Field(() => String, { description: 'Name of the tenant of that user: the tenant of the key, or `master`.' })
  ownerTenant!: string;
  @Field(() => String, { description: 'Name for people; may be empty.' })
  name!: string;
  @Field(() => [String], { description: 'Names of its scopes, in the order in which they were given.' })
  scopes!: readonly string[];
  @Field(() => [String], { description: "Those of its scopes that reach the owner's account alone." })
  ownScopes!: readonly string[];
  @Field(() => String, { description: 'SHA-256 of the secret, in lower-case hex.' })
  hash!: string;
  @Field(() => Boolean, { description: 'Whether it is accepted: its owner may act.' })
  isActive!: boolean;
  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;
  @Field(() => Date, {
    nullable: true,
    description:
      'When it was last used, accurate to a minute; null when it was not used since it was made or regenerated.',
  })
  lastUsedAt!: Date | null;
}

export const ApiKeyConnection = connectionOf(ApiKeyType, 'ApiKey');

@ObjectType({ description: 'A scope of API keys.' })
export class ApiKeyScope {
  @Field(() => String, { description: 'Name of the scope.' })
  name!: string;
  @Field(() => String, { description: 'What it allows.' })
  description!: string;
  @Field(() => [String], {
    name: 'permissions',
    description:
      "Native permissions that it means. Those with `:self` hold for the owner's account; the others as far as the owner holds them.",
  })
  expandsTo!: readonly string[];
}

@InputType({ description: 'Filters for a list of API keys.' })
export class ApiKeyFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only keys of this user of the tenant.' })
  userId?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether only keys of the caller's own account are listed. Default false.",
  })
  isOwn?: boolean | null;
}

@InputType({ description: 'An API key of the caller to make.' })
export class CreateApiKeyInput {
  @Field(() => String, { description: 'Name for people, at most 255 characters; may be empty.' })
  name!: string;
  @Field(() => [String], { description: 'Names of scopes, 1 to 50, as `apiKeyScopes` lists them.' })
  scopes!: string[];
}

@InputType({ description: 'An API key that gets another secret.' })
export class RegenerateApiKeyInput {
  @Field(() => ID, { description: 'The key.' })
  apiKeyId!: string;
}

@InputType({ description: 'An API key to delete.' })
export class DeleteApiKeyInput {
  @Field(() => ID, { description: 'The key.' })
  apiKeyId!: string;
}

@ObjectType({ description: 'Result of making an API key.' })
export class CreateApiKeyPayload {
  @Field(() => ApiKeyType, { nullable: true, description: 'The key.' })
  apiKey!: ApiKeyType | null;
  @Field(() => String, { description: 'The secret, which is shown this once: `Authorization: Bearer` or `X-API-Key`.' })
  secret!: string;
}

@ObjectType({ description: 'Result of giving an API key another secret.' })
export class RegenerateApiKeyPayload extends CreateApiKeyPayload {}

@ObjectType({ description: 'Result of deleting an API key.' })
export class DeleteApiKeyPayload {
  @Field(() => ID, { description: 'Global id of the deleted key.' })
  deletedApiKeyId!: string;
}
