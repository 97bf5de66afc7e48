import { GraphQLJSONObject } from 'graphql-scalars';
import { ArgsType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { FederationLinkType, FederationProviderType, ProviderAuthentication } from './federation.type.ts';

@InputType({ description: 'Filters for a list of federation providers.' })
export class FederationProviderFilterInput {
  @Field(() => String, { nullable: true, description: 'Only the one of this name.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those of this type.' })
  type?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only enabled or only disabled ones.' })
  isEnabled?: boolean | null;
}

@InputType({ description: 'A further parameter of the authorization request.' })
export class AuthorizationParameterInput {
  @Field(() => String, {
    description:
      'Name of the parameter; not one that the flow sets itself (`state`, `nonce`, `scope`, `redirect_uri` ...).',
  })
  name!: string;
  @Field(() => String, { description: 'Value, not encoded.' })
  value!: string;
}

@InputType({ description: 'How a federation provider is reached and read.' })
export class FederationProviderSettingsInput {
  @Field(() => String, { nullable: true, description: 'Display name; null removes it.' })
  displayName?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether accounts can be linked through a visit to the provider. Default true.',
  })
  isEnabled?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the service stores the provider's tokens with each link. Default false.",
  })
  storesTokens?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description: 'Issuer of an OpenID Connect provider. Endpoints that are not given are discovered from it.',
  })
  issuer?: string | null;
  @Field(() => String, { nullable: true, description: 'Authorization endpoint. Required when `issuer` is not given.' })
  authorizationEndpoint?: string | null;
  @Field(() => String, { nullable: true, description: 'Token endpoint. Required when `issuer` is not given.' })
  tokenEndpoint?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Where claims about the account are read. Required when `issuer` is not given.',
  })
  userinfoEndpoint?: string | null;
  @Field(() => String, {
    nullable: true,
    description: "Address of the issuer's keys. Required when `issuer` and the endpoints are given.",
  })
  jwksUri?: string | null;
  @Field(() => ProviderAuthentication, {
    nullable: true,
    description: 'How this service authenticates at the token endpoint. Default CLIENT_SECRET_BASIC.',
  })
  tokenEndpointAuth?: ProviderAuthentication | null;
  @Field(() => String, {
    nullable: true,
    description: 'Client secret at the provider; stored encrypted and never shown.',
  })
  clientSecret?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Scopes to request, separated by blanks. Default `openid`, which a provider with an issuer requires.',
  })
  scope?: string | null;
  @Field(() => [AuthorizationParameterInput], {
    nullable: true,
    description: 'Further parameters of the authorization request, at most 20; replaces the list.',
  })
  authorizationParameters?: AuthorizationParameterInput[] | null;
  @Field(() => String, {
    nullable: true,
    description: 'Claim with the id of the external account. Its value must never change, as with `sub`, the default.',
  })
  subjectClaim?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Claim with the name of the external account; null = none. Default `preferred_username`.',
  })
  nameClaim?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to use PKCE (RFC 7636). Default null: when the provider says that it supports it.',
  })
  usesPkce?: boolean | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'What other programs keep with the provider and the service does not use, at most 16 KiB; replaced as a whole.',
  })
  extra?: Record<string, unknown> | null;
}

@InputType({ description: 'A federation provider to create.' })
export class CreateFederationProviderInput extends FederationProviderSettingsInput {
  @Field(() => String, {
    description: 'Kind of provider: 1 to 64 letters, digits, "_", "." or "-"; cannot be changed later.',
  })
  type!: string;
  @Field(() => String, {
    description: 'Name of the provider, in the same format; unique in the tenant; cannot be changed later.',
  })
  name!: string;
  @Field(() => String, { description: 'Id of this service at the provider.' })
  clientId!: string;
}

@InputType({ description: 'Changes to a federation provider; absent members stay.' })
export class UpdateFederationProviderInput extends FederationProviderSettingsInput {
  @Field(() => ID, { description: 'The provider.' })
  providerId!: string;
  @Field(() => String, { nullable: true, description: 'Id of this service at the provider.' })
  clientId?: string | null;
}

@InputType({ description: 'A federation provider to delete.' })
export class DeleteFederationProviderInput {
  @Field(() => ID, { description: 'The provider.' })
  providerId!: string;
}

@ObjectType({ description: 'Result of a change to a federation provider.' })
class FederationProviderPayload {
  @Field(() => FederationProviderType, {
    nullable: true,
    description: 'The provider after the change; null when the caller may not read it.',
  })
  provider!: FederationProviderType | null;
}

@ObjectType({ description: 'Result of a change to a federation provider.' })
export class CreateFederationProviderPayload extends FederationProviderPayload {}

@ObjectType({ description: 'Result of a change to a federation provider.' })
export class UpdateFederationProviderPayload extends FederationProviderPayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteFederationProviderPayload {
  @Field(() => ID, { description: 'Global id of the deleted provider.' })
  deletedProviderId!: string;
}

@InputType({ description: 'An issuer of OpenID Connect whose metadata to read.' })
export class DiscoverFederationProviderInput {
  @Field(() => String, {
    description: 'The issuer, or the address of its metadata (OpenID Connect Discovery section 4): an https address.',
  })
  issuer!: string;
}

@ObjectType({ description: 'What an issuer says about itself.' })
export class DiscoverFederationProviderPayload {
  @Field(() => String, { description: 'The issuer.' })
  issuer!: string;
  @Field(() => String, { nullable: true, description: 'Authorization endpoint.' })
  authorizationEndpoint!: string | null;
  @Field(() => String, { nullable: true, description: 'Token endpoint.' })
  tokenEndpoint!: string | null;
  @Field(() => String, { nullable: true, description: 'Where claims about accounts are read.' })
  userinfoEndpoint!: string | null;
  @Field(() => String, { nullable: true, description: 'Address of its keys.' })
  jwksUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Where users sign out.' })
  endSessionEndpoint!: string | null;
}

@InputType({ description: 'A federation provider whose metadata and keys to read again.' })
export class ReloadFederationProviderInput {
  @Field(() => ID, { description: 'The provider.' })
  providerId!: string;
}

@ObjectType({ description: 'Result of reading metadata and keys again.' })
export class ReloadFederationProviderPayload {
  @Field(() => Boolean, { description: 'Whether the provider has an issuer, and answered.' })
  isReloaded!: boolean;
}

@InputType({ description: 'An external account to link to a user.' })
export class LinkExternalAccountInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Type that the provider must have. Default: any.',
  })
  providerType?: string | null;
  @Field(() => String, { description: 'Name of the provider.' })
  providerName!: string;
  @Field(() => String, { description: 'Id of the account at the provider: 1 to 512 characters.' })
  externalId!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Display name of the account at the provider. When absent, a stored name stays.',
  })
  externalName?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the user may have no other account at the provider. Default false.',
  })
  isOnlyOne?: boolean | null;
}

@InputType({ description: 'An external account to unlink from a user.' })
export class UnlinkExternalAccountInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'Type of the provider.' })
  providerType!: string;
  @Field(() => String, { description: 'Name of the provider.' })
  providerName!: string;
  @Field(() => String, { description: 'Id of the account at the provider.' })
  externalId!: string;
}

@InputType({ description: 'A user, and a provider whose accounts to unlink.' })
export class UnlinkProviderInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'Name of the provider.' })
  providerName!: string;
}

@ObjectType({ description: 'Result of unlinking the accounts at a provider.' })
export class UnlinkProviderPayload {
  @Field(() => [ID], { description: 'Global ids of the removed links.' })
  removedLinkIds!: string[];
}

@ObjectType({ description: 'Result of linking an account.' })
export class LinkExternalAccountPayload {
  @Field(() => FederationLinkType, {
    nullable: true,
    description: 'The link; null when the caller may not read it.',
  })
  link!: FederationLinkType | null;
}

@ObjectType({ description: 'Result of unlinking an account.' })
export class UnlinkExternalAccountPayload {
  @Field(() => ID, { description: 'Global id of the removed link.' })
  removedLinkId!: string;
}

@ArgsType()
export class FederationTokenArgs {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'Type of the provider.' })
  providerType!: string;
  @Field(() => String, { description: 'Name of the provider.' })
  providerName!: string;
}
