import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, Int } from 'type-graphql';
import {
  ApplicationType,
  ConsentDemand,
  PkceDemand,
  ResponseType,
  SpecialFlow,
  TokenEndpointAuthMethod,
} from './client-metadata.type.ts';

@InputType({ description: 'Metadata of a client; null restores the default of a member.' })
export class ClientMetadataInput {
  @Field(() => ApplicationType, {
    nullable: true,
    description: 'Kind of application: decides which schemes its redirect addresses can have. Default WEB.',
  })
  applicationType?: ApplicationType | null;
  @Field(() => [ResponseType], {
    nullable: true,
    description: 'Response types that its authorization requests may have. Default: CODE.',
  })
  responseTypes?: ResponseType[] | null;
  @Field(() => TokenEndpointAuthMethod, {
    nullable: true,
    description:
      'How the client authenticates at the endpoints of OAuth. Default: NONE for a public client, otherwise in either way.',
  })
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod | null;
  @Field(() => String, {
    nullable: true,
    description: 'Page about the application. `https` URL without fragment, or `http` of a loopback address.',
  })
  clientUri?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Picture of the application; the service does not load it. `https` URL without fragment, or `http` of a loopback address.',
  })
  logoUri?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Page about how the application uses data of its users. `https` URL without fragment, or `http` of a loopback address.',
  })
  policyUri?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Page with the terms of service of the application. `https` URL without fragment, or `http` of a loopback address.',
  })
  tosUri?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Page with what users agree to with the application. `https` URL without fragment, or `http` of a loopback address.',
  })
  userAgreementUri?: string | null;
  @Field(() => [String], {
    nullable: true,
    description: 'E-mail addresses of the people who are responsible for the client. At most 10; replaces the list.',
  })
  contacts?: string[] | null;
  @Field(() => Int, {
    nullable: true,
    description: 'How long ago a sign-in may be for an authorization request without `max_age`. At most a year.',
  })
  defaultMaxAgeSeconds?: number | null;
  @Field(() => [String], {
    nullable: true,
    description:
      'Classes of authentication for authorization requests without `acr_values`, the preferred one first. At most 10; replaces the list.',
  })
  defaultAcrValues?: string[] | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the client relies on `auth_time` in its ID tokens. Default false.',
  })
  requireAuthTime?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Page of the application that begins a sign-in (OpenID Connect Core section 4). `https` URL without fragment, or `http` of a loopback address.',
  })
  initiateLoginUri?: string | null;
  @Field(() => ConsentDemand, {
    nullable: true,
    description: 'Whether users are asked before the client gets their data. Default REQUIRED.',
  })
  consent?: ConsentDemand | null;
  @Field(() => PkceDemand, {
    nullable: true,
    description:
      'Whether authorization requests need a `code_challenge`. Default: the issuer decides. Native issuers demand it of public clients in any case.',
  })
  pkce?: PkceDemand | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether permissions on its resources can be asked for (User-Managed Access 2.0 Grant); never for a public client. Default false.',
  })
  isResourceServer?: boolean | null;
  @Field(() => [String], {
    nullable: true,
    description:
      "Origins of web pages that may call the service with this client's tokens, such as `https://app.example.com`; replaces the list. `+` means the origins of `redirects`. `http` is allowed for the user's device only (loopback). Default: `+` for a public client, otherwise none; null restores the default.",
  })
  webOrigins?: string[] | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Address that paths of the client continue. `https` URL without fragment, or `http` of a loopback address.',
  })
  rootUrl?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Page with which the application begins: an address like `rootUrl`, or a path such as `/start`.',
  })
  baseUrl?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Where the application takes messages of the service: an address like `rootUrl`, or a path such as `/admin`.',
  })
  adminUrl?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Page of the application that ends what it knows of a user; it is kept, and nothing is sent there. `https` URL without fragment, or `http` of a loopback address.',
  })
  logoutUri?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Name of the organisation that pages show with the client; at most 255 characters.',
  })
  organizationName?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether people may register themselves while they sign in to the client, where the tenant lets them. Default true.',
  })
  isRegistrationEnabled?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the client cannot be deleted. Default false.' })
  isDeletionLocked?: boolean | null;
  @Field(() => SpecialFlow, {
    nullable: true,
    description: 'A flow of the client beside those of OAuth; replaced as a whole. Default: none.',
  })
  specialFlow?: SpecialFlow | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Settings that the service keeps and does not use. At most 200 members and 64 KiB; replaces the object. Default: none.',
  })
  extra?: Record<string, unknown> | null;
}
