import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type FederationProvider, storedConfig } from '../../src/federation/index.ts';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

export enum ProviderAuthentication {
  CLIENT_SECRET_BASIC = 'client_secret_basic',
  CLIENT_SECRET_POST = 'client_secret_post',
  NONE = 'none',
}
registerEnumType(ProviderAuthentication, {
  name: 'ProviderAuthentication',
  description: "How this service authenticates at a provider's token endpoint (OIDC Core section 9).",
  valuesConfig: {
    CLIENT_SECRET_BASIC: { description: 'With the client secret, in the Authorization header.' },
    CLIENT_SECRET_POST: { description: 'With the client secret, in the body.' },
    NONE: { description: 'Without a secret, as a public client.' },
  },
});

@ObjectType({ description: 'A further parameter of the authorization request.' })
export class AuthorizationParameter {
  @Field(() => String, { description: 'Name of the parameter.' })
  name!: string;
  @Field(() => String, { description: 'Its value, not encoded.' })
  value!: string;
}

@ObjectType('FederationProvider', {
  implements: Node,
  description: 'An external identity provider whose accounts can be linked to users.',
})
@RequiresScopes(['federation-provider:read'])
@Owned({ account: null })
export class FederationProviderType extends Node {
  @Field(() => String, { description: 'Kind of provider, as the older APIs name it; cannot be changed.' })
  type!: string;
  @Field(() => String, { description: 'Name, unique in the tenant; cannot be changed.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Display name.' })
  displayName!: string | null;
  @Field(() => Boolean, {
    name: 'isEnabled',
    description: 'Whether accounts can be linked through a visit to the provider.',
  })
  enabled!: boolean;
  @Field(() => Boolean, {
    name: 'storesTokens',
    description: "Whether the service stores the provider's tokens with each link.",
  })
  storeTokens!: boolean;
  @Field(() => String, { nullable: true, description: 'Issuer of an OpenID Connect provider.' })
  issuer!: string | null;
  @Field(() => String, { nullable: true, description: 'Authorization endpoint; null = discovered from the issuer.' })
  authorizationEndpoint!: string | null;
  @Field(() => String, { nullable: true, description: 'Token endpoint; null = discovered from the issuer.' })
  tokenEndpoint!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Where claims about the account are read; null = at the discovered endpoint, or in the ID token only.',
  })
  userinfoEndpoint!: string | null;
  @Field(() => String, {
    nullable: true,
    description: "Address of the issuer's keys; null = discovered from the issuer.",
  })
  jwksUri!: string | null;
  @Field(() => String, { description: 'Id of this service at the provider.' })
  clientId!: string;
  @Field(() => ProviderAuthentication, { description: 'How this service authenticates at the token endpoint.' })
  tokenEndpointAuth!: ProviderAuthentication;
  @Field(() => Boolean, { description: 'Whether a client secret is stored. It is never shown.' })
  hasClientSecret!: boolean;
  @Field(() => String, { description: 'Scopes that are requested, separated by blanks.' })
  scope!: string;
  @Field(() => [AuthorizationParameter], { description: 'Further parameters of the authorization request.' })
  authorizationParameters!: AuthorizationParameter[];
  @Field(() => String, { description: 'Claim with the id of the external account.' })
  subjectClaim!: string;
  @Field(() => String, { nullable: true, description: 'Claim with the name of the external account.' })
  nameClaim!: string | null;
  @Field(() => Boolean, {
    name: 'usesPkce',
    nullable: true,
    description: 'Whether PKCE (RFC 7636) is used; null = when the provider says that it supports it.',
  })
  pkce!: boolean | null;
  @Field(() => GraphQLJSONObject, {
    description: 'What other programs keep with the provider and the service does not use.',
  })
  extra!: Record<string, unknown>;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

/** A provider's row with its settings as members, in the shape of the type. */
export function toProvider(row: FederationProvider): object {
  const { authorizationParameters, ...config } = storedConfig(row.config);
  return {
    ...row,
    ...config,
    hasClientSecret: row.clientSecretSealed != null,
    authorizationParameters: Object.entries(authorizationParameters).map(([name, value]) => ({ name, value })),
  };
}

export const FederationProviderConnection = connectionOf(FederationProviderType, 'FederationProvider');

@ObjectType('FederationLink', {
  implements: Node,
  description: 'An account at an external provider that belongs to a user.',
})
@RequiresScopes(['federation-link:read'], ['federation-link:read:self'])
export class FederationLinkType extends Node {
  @Field(() => String, { description: 'Type of the provider.' })
  providerType!: string;
  @Field(() => String, { description: 'Name of the provider.' })
  providerName!: string;
  @Field(() => String, { description: 'Id of the account at the provider.' })
  externalId!: string;
  @Field(() => String, { nullable: true, description: 'Name of the account at the provider, when it is known.' })
  externalName!: string | null;
  @Field(() => Date, { description: 'When it was linked.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

@ObjectType('FederationToken', { description: 'A token of an external account, as the provider issued it.' })
@RequiresScopes(['federation-token:read'])
@Owned({ account: null })
export class FederationTokenType {
  tenantId!: string;
  @Field(() => String, { description: 'The access token. Treat it as a password.' })
  accessToken!: string;
  @Field(() => String, { description: 'Type of the token, such as `Bearer`.' })
  tokenType!: string;
  @Field(() => Int, { nullable: true, description: 'Seconds until it expires, when the provider said so.' })
  expiresInSeconds!: number | null;
  @Field(() => String, { nullable: true, description: 'Scopes it was issued for, when the provider said so.' })
  scope!: string | null;
}
