import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { UserAddressType } from './address.type.ts';

@InputType({
  description:
    'An address as standard profiles have it (RFC 7643, section 4.1.2); one without a text is none. Texts have at most 255 characters, those of several lines 1,000.',
})
export class StandardAddressInput {
  @Field(() => String, { nullable: true, description: 'Kind of the address, such as `home` or `work`.' })
  type?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether it is the default; the earlier default is none any more. Default of a new address, and of each in a list: false.',
  })
  isDefault?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Street, number and the like; may have several lines.' })
  details?: string | null;
  @Field(() => String, { nullable: true, description: 'City.' })
  city?: string | null;
  @Field(() => String, { nullable: true, description: 'State or region.' })
  region?: string | null;
  @Field(() => String, { nullable: true, description: 'Postal code.' })
  postalCode?: string | null;
  @Field(() => String, { nullable: true, description: 'Country, such as `DE`.' })
  country?: string | null;
  @Field(() => String, { nullable: true, description: 'The whole address as it is printed; may have several lines.' })
  formatted?: string | null;
}

@InputType({
  description:
    'An address. Of a change, absent members stay, and null or an empty text removes the value. Texts have at most 255 characters, those of several lines 1,000.',
})
export class UserAddressInput extends StandardAddressInput {
  @Field(() => String, { nullable: true, description: 'Name of the address, such as "At the sea".' })
  title?: string | null;
  @Field(() => String, { nullable: true, description: 'Given name of the addressee.' })
  givenName?: string | null;
  @Field(() => String, { nullable: true, description: 'Family name of the addressee.' })
  familyName?: string | null;
  @Field(() => String, { nullable: true, description: 'District.' })
  district?: string | null;
  @Field(() => String, { nullable: true, description: 'Code of the district.' })
  districtCode?: string | null;
  @Field(() => String, { nullable: true, description: 'Town, where an address has one beside the city.' })
  town?: string | null;
  @Field(() => String, { nullable: true, description: 'Code of the town.' })
  townCode?: string | null;
  @Field(() => String, { nullable: true, description: 'Code of the city.' })
  cityCode?: string | null;
  @Field(() => String, { nullable: true, description: 'How to find the place; may have several lines.' })
  directions?: string | null;
}

@InputType({ description: 'An address to add to a user.' })
export class CreateUserAddressInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => UserAddressInput, { description: 'The address.' })
  address!: UserAddressInput;
}

@InputType({ description: 'Changes to an address of a user.' })
export class UpdateUserAddressInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => ID, { description: 'The address.' })
  userAddressId!: string;
  @Field(() => UserAddressInput, { description: 'The values to change.' })
  address!: UserAddressInput;
}

@InputType({ description: 'An address of a user to delete.' })
export class DeleteUserAddressInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => ID, { description: 'The address.' })
  userAddressId!: string;
}

@ObjectType({ description: 'Result of a change to an address.' })
class UserAddressPayload {
  @Field(() => UserAddressType, {
    nullable: true,
    description: 'The address after the change; null when the caller may not read it.',
  })
  address!: UserAddressType | null;
}

@ObjectType({ description: 'Result of adding an address.' })
export class CreateUserAddressPayload extends UserAddressPayload {}

@ObjectType({ description: 'Result of a change to an address.' })
export class UpdateUserAddressPayload extends UserAddressPayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteUserAddressPayload {
  @Field(() => ID, { description: 'Global id of the deleted address.' })
  deletedUserAddressId!: string;
}
