import { FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { type Client, metadataOf } from '../../src/clients/index.ts';
import { ClientObject } from './client.type.ts';
import {
  ApplicationType,
  ConsentDemand,
  PkceDemand,
  ResponseType,
  TokenEndpointAuthMethod,
} from './client-metadata.type.ts';

/** Shows the metadata of clients, completed by the defaults. */
@Resolver(() => ClientObject)
export class ClientMetadataResolver {
  @FieldResolver(() => ApplicationType, {
    description: 'Kind of application: decides which schemes its redirect addresses can have.',
  })
  applicationType(@Root() client: Client): string {
    return metadataOf(client, 'applicationType');
  }

  @FieldResolver(() => [ResponseType], { description: 'Response types that its authorization requests may have.' })
  responseTypes(@Root() client: Client): readonly string[] {
    return metadataOf(client, 'responseTypes');
  }

  @FieldResolver(() => TokenEndpointAuthMethod, {
    nullable: true,
    description: 'How the client authenticates; null = with its secret, in either way.',
  })
  tokenEndpointAuthMethod(@Root() client: Client): string | null {
    return metadataOf(client, 'tokenEndpointAuthMethod');
  }

  @FieldResolver(() => String, { nullable: true, description: 'Page about the application.' })
  clientUri(@Root() client: Client): string | null {
    return metadataOf(client, 'clientUri');
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Picture of the application; the service does not load it.',
  })
  logoUri(@Root() client: Client): string | null {
    return metadataOf(client, 'logoUri');
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Page about how the application uses data of its users.',
  })
  policyUri(@Root() client: Client): string | null {
    return metadataOf(client, 'policyUri');
  }

  @FieldResolver(() => String, { nullable: true, description: 'Page with the terms of service of the application.' })
  tosUri(@Root() client: Client): string | null {
    return metadataOf(client, 'tosUri');
  }

  @FieldResolver(() => [String], { description: 'E-mail addresses of the people who are responsible for the client.' })
  contacts(@Root() client: Client): readonly string[] {
    return metadataOf(client, 'contacts');
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How long ago a sign-in may be for an authorization request without `max_age`; null = any time.',
  })
  defaultMaxAgeSeconds(@Root() client: Client): number | null {
    return metadataOf(client, 'defaultMaxAgeSeconds');
  }

  @FieldResolver(() => [String], {
    description: 'Classes of authentication for authorization requests without `acr_values`, the preferred one first.',
  })
  defaultAcrValues(@Root() client: Client): readonly string[] {
    return metadataOf(client, 'defaultAcrValues');
  }

  @FieldResolver(() => Boolean, { description: 'Whether the client relies on `auth_time` in its ID tokens.' })
  requireAuthTime(@Root() client: Client): boolean {
    return metadataOf(client, 'requireAuthTime');
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Page of the application that begins a sign-in (OpenID Connect Core section 4).',
  })
  initiateLoginUri(@Root() client: Client): string | null {
    return metadataOf(client, 'initiateLoginUri');
  }

  @FieldResolver(() => ConsentDemand, { description: 'Whether users are asked before the client gets their data.' })
  consent(@Root() client: Client): string {
    return metadataOf(client, 'consent');
  }

  @FieldResolver(() => PkceDemand, {
    nullable: true,
    description: 'Whether authorization requests need a `code_challenge`; null = the issuer decides.',
  })
  pkce(@Root() client: Client): string | null {
    return metadataOf(client, 'pkce');
  }

  @FieldResolver(() => [String], {
    description:
      "Origins of web pages that may call the service with this client's tokens; `+` means the origins of `redirects`.",
  })
  webOrigins(@Root() client: Client): readonly string[] {
    return metadataOf(client, 'webOrigins');
  }
}
