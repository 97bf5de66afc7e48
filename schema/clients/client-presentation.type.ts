import { Field, ObjectType } from 'type-graphql';
import { IMAGE_PROOF_SETTINGS, IMAGE_PROOFS } from '../tenants/image-proof.types.ts';

@ObjectType({ description: 'What everybody may know of a tenant, to sign in to it.' })
export class TenantPresentation {
  @Field(() => String, { description: 'Name in paths and issuers; never changes.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Display name.' })
  displayName!: string | null;
  @Field(() => Boolean, { description: 'Whether people may make accounts.' })
  registration!: boolean;
  @Field(() => Boolean, { description: 'Whether the e-mail address of a user is also its username.' })
  emailIsUsername!: boolean;
  @Field(() => Boolean, { description: 'Whether users sign in elsewhere and prove only a second factor here.' })
  isSecondFactorOnly!: boolean;
  @Field(() => Boolean, { description: 'Whether users may have passkeys.' })
  isPasskeyEnabled!: boolean;
  @Field(() => IMAGE_PROOF_SETTINGS.shown, { description: IMAGE_PROOFS })
  imageProof!: object;
}

@ObjectType({ description: 'What everybody may know of a client, to sign in to it.' })
export class ClientPresentation {
  @Field(() => String, { description: 'The `client_id`.' })
  clientId!: string;
  @Field(() => String, { nullable: true, description: 'Name for people.' })
  name!: string | null;
  @Field(() => String, { nullable: true, description: 'Picture of the application; the service does not load it.' })
  logoUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Page about the application.' })
  clientUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Page about what it does with the data of users.' })
  policyUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Page with its terms.' })
  tosUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Page with what users agree to.' })
  userAgreementUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Page after a sign-out.' })
  logoutUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the organisation to which it belongs.' })
  organizationName!: string | null;
  @Field(() => Boolean, { description: 'Whether people may make accounts while they sign in to it.' })
  isRegistrationEnabled!: boolean;
  @Field(() => Boolean, { description: 'Whether it may request the scope `profile`.' })
  canRequestProfile!: boolean;
  @Field(() => TenantPresentation, { description: 'The tenant.' })
  tenant!: TenantPresentation;
}
