import { Field, InputType, ObjectType } from 'type-graphql';
import { NewClientInput } from '../clients/client.input.ts';
import { CreateTenantInput } from '../tenants/tenant.input.ts';
import { TenantType } from '../tenants/tenant.type.ts';

@InputType({ description: 'The user by whom a new tenant is administered.' })
export class NewAdministratorInput {
  @Field(() => String, { description: 'Username.' })
  username!: string;
  @Field(() => String, { description: 'Password, by the rules of the new tenant. It stays.' })
  password!: string;
  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email?: string | null;
  @Field(() => String, { nullable: true, description: 'Given name.' })
  givenName?: string | null;
  @Field(() => String, { nullable: true, description: 'Family name.' })
  familyName?: string | null;
}

@InputType({ description: 'A tenant to create, with a user who administers it and a client.' })
export class ProvisionTenantInput extends CreateTenantInput {
  @Field(() => NewAdministratorInput, {
    description: 'The user, who gets the roles that `promoteUser` grants.',
  })
  administrator!: NewAdministratorInput;
  @Field(() => NewClientInput, { description: 'The client.' })
  client!: NewClientInput;
}

@ObjectType({ description: 'Result of creating a tenant with a user who administers it and a client.' })
export class ProvisionTenantPayload {
  @Field(() => TenantType, { nullable: true, description: 'The tenant; null when the caller may not read it.' })
  tenant!: TenantType | null;
  @Field(() => String, { description: 'Public id of the user who administers it.' })
  subject!: string;
  @Field(() => String, { description: 'The `client_id` of the client.' })
  clientId!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Secret of the client, shown only this once; null for a public client.',
  })
  secret!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Secret for REST endpoints that take HTTP Basic, shown only this once; null unless it was requested.',
  })
  restSecret!: string | null;
}
