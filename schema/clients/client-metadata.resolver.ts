import { GraphQLJSONObject } from 'graphql-scalars';
import { FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { type Client, metadataOf } from '../../src/clients/index.ts';
import { Reads } from '../kit/reads.ts';
import { ClientObject } from './client.type.ts';
import {
  ApplicationType,
  ConsentDemand,
  PkceDemand,
  ResponseType,
  SpecialFlow,
  TokenEndpointAuthMethod,
} from './client-metadata.type.ts';

/** What a member and its default depend on. */
type Described = Pick<Client, 'metadata' | 'type'>;
const ReadsMetadata = Reads('metadata', 'type');

/** Shows the metadata of clients, completed by the defaults. */
@Resolver(() => ClientObject)
export class ClientMetadataResolver {
  @ReadsMetadata
  @FieldResolver(() => ApplicationType, {
    description: 'Kind of application: decides which schemes its redirect addresses can have.',
  })
  applicationType(@Root() client: Described): string {
    return metadataOf(client, 'applicationType');
  }

  @ReadsMetadata
  @FieldResolver(() => [ResponseType], { description: 'Response types that its authorization requests may have.' })
  responseTypes(@Root() client: Described): readonly string[] {
    return metadataOf(client, 'responseTypes');
  }

  @ReadsMetadata
  @FieldResolver(() => TokenEndpointAuthMethod, {
    nullable: true,
    description: 'How the client authenticates; null = with its secret, in either way.',
  })
  tokenEndpointAuthMethod(@Root() client: Described): string | null {
    return metadataOf(client, 'tokenEndpointAuthMethod');
  }

  @ReadsMetadata
  @FieldResolver(() => String, { nullable: true, description: 'Page about the application.' })
  clientUri(@Root() client: Described): string | null {
    return metadataOf(client, 'clientUri');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Picture of the application; the service does not load it.',
  })
  logoUri(@Root() client: Described): string | null {
    return metadataOf(client, 'logoUri');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Page about how the application uses data of its users.',
  })
  policyUri(@Root() client: Described): string | null {
    return metadataOf(client, 'policyUri');
  }

  @ReadsMetadata
  @FieldResolver(() => String, { nullable: true, description: 'Page with the terms of service of the application.' })
  tosUri(@Root() client: Described): string | null {
    return metadataOf(client, 'tosUri');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Page with what users agree to with the application.',
  })
  userAgreementUri(@Root() client: Described): string | null {
    return metadataOf(client, 'userAgreementUri');
  }

  @ReadsMetadata
  @FieldResolver(() => [String], { description: 'E-mail addresses of the people who are responsible for the client.' })
  contacts(@Root() client: Described): readonly string[] {
    return metadataOf(client, 'contacts');
  }

  @ReadsMetadata
  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How long ago a sign-in may be for an authorization request without `max_age`; null = any time.',
  })
  defaultMaxAgeSeconds(@Root() client: Described): number | null {
    return metadataOf(client, 'defaultMaxAgeSeconds');
  }

  @ReadsMetadata
  @FieldResolver(() => [String], {
    description: 'Classes of authentication for authorization requests without `acr_values`, the preferred one first.',
  })
  defaultAcrValues(@Root() client: Described): readonly string[] {
    return metadataOf(client, 'defaultAcrValues');
  }

  @ReadsMetadata
  @FieldResolver(() => Boolean, { description: 'Whether the client relies on `auth_time` in its ID tokens.' })
  requireAuthTime(@Root() client: Described): boolean {
    return metadataOf(client, 'requireAuthTime');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Page of the application that begins a sign-in (OpenID Connect Core section 4).',
  })
  initiateLoginUri(@Root() client: Described): string | null {
    return metadataOf(client, 'initiateLoginUri');
  }

  @ReadsMetadata
  @FieldResolver(() => ConsentDemand, { description: 'Whether users are asked before the client gets their data.' })
  consent(@Root() client: Described): string {
    return metadataOf(client, 'consent');
  }

  @ReadsMetadata
  @FieldResolver(() => PkceDemand, {
    nullable: true,
    description: 'Whether authorization requests need a `code_challenge`; null = the issuer decides.',
  })
  pkce(@Root() client: Described): string | null {
    return metadataOf(client, 'pkce');
  }

  @ReadsMetadata
  @FieldResolver(() => Boolean, {
    description: 'Whether permissions on its resources can be asked for (User-Managed Access 2.0 Grant).',
  })
  isResourceServer(@Root() client: Described): boolean {
    return metadataOf(client, 'isResourceServer');
  }

  @ReadsMetadata
  @FieldResolver(() => [String], {
    description:
      "Origins of web pages that may call the service with this client's tokens; `+` means the origins of `redirects`.",
  })
  webOrigins(@Root() client: Described): readonly string[] {
    return metadataOf(client, 'webOrigins');
  }

  @ReadsMetadata
  @FieldResolver(() => String, { nullable: true, description: 'Address that paths of the client continue.' })
  rootUrl(@Root() client: Described): string | null {
    return metadataOf(client, 'rootUrl');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Page with which the application begins: an address, or a path that continues `rootUrl`.',
  })
  baseUrl(@Root() client: Described): string | null {
    return metadataOf(client, 'baseUrl');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Where the application takes messages of the service: an address, or a path that continues `rootUrl`.',
  })
  adminUrl(@Root() client: Described): string | null {
    return metadataOf(client, 'adminUrl');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Page of the application that ends what it knows of a user.',
  })
  logoutUri(@Root() client: Described): string | null {
    return metadataOf(client, 'logoutUri');
  }

  @ReadsMetadata
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Name of the organisation that pages show with the client.',
  })
  organizationName(@Root() client: Described): string | null {
    return metadataOf(client, 'organizationName');
  }

  @ReadsMetadata
  @FieldResolver(() => Boolean, {
    description: 'Whether people may register themselves while they sign in to the client.',
  })
  isRegistrationEnabled(@Root() client: Described): boolean {
    return metadataOf(client, 'isRegistrationEnabled');
  }

  @ReadsMetadata
  @FieldResolver(() => Boolean, { description: 'Whether the client cannot be deleted.' })
  isDeletionLocked(@Root() client: Described): boolean {
    return metadataOf(client, 'isDeletionLocked');
  }

  @ReadsMetadata
  @FieldResolver(() => SpecialFlow, { nullable: true, description: 'A flow of the client beside those of OAuth.' })
  specialFlow(@Root() client: Described): object | null {
    return metadataOf(client, 'specialFlow');
  }

  @ReadsMetadata
  @FieldResolver(() => GraphQLJSONObject, { description: 'Settings that the service keeps and does not use.' })
  extra(@Root() client: Described): Readonly<Record<string, unknown>> {
    return metadataOf(client, 'extra');
  }
}
