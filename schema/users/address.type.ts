import { Field, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../kit/node.ts';

@ObjectType('UserAddress', { implements: Node, description: 'A postal address of a user.' })
@RequiresScopes(['user:read'], ['user:read:self'])
export class UserAddressType extends Node {
  tenantId!: string;
  @Field(() => String, { description: 'Public id of the user it belongs to.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: 'Name of the address, such as "At the sea".' })
  title!: string | null;
  @Field(() => String, { nullable: true, description: 'Kind of the address, such as `home` or `work`.' })
  type!: string | null;
  @Field(() => Boolean, { description: 'Whether it is the default; at most one address of a user is.' })
  isDefault!: boolean;
  @Field(() => String, { nullable: true, description: 'Given name of the addressee.' })
  givenName!: string | null;
  @Field(() => String, { nullable: true, description: 'Family name of the addressee.' })
  familyName!: string | null;
  @Field(() => String, { nullable: true, description: 'Street, number and the like; may have several lines.' })
  details!: string | null;
  @Field(() => String, { nullable: true, description: 'District.' })
  district!: string | null;
  @Field(() => String, { nullable: true, description: 'Code of the district.' })
  districtCode!: string | null;
  @Field(() => String, { nullable: true, description: 'Town, where an address has one beside the city.' })
  town!: string | null;
  @Field(() => String, { nullable: true, description: 'Code of the town.' })
  townCode!: string | null;
  @Field(() => String, { nullable: true, description: 'City.' })
  city!: string | null;
  @Field(() => String, { nullable: true, description: 'Code of the city.' })
  cityCode!: string | null;
  @Field(() => String, { nullable: true, description: 'State or region.' })
  region!: string | null;
  @Field(() => String, { nullable: true, description: 'Postal code.' })
  postalCode!: string | null;
  @Field(() => String, { nullable: true, description: 'Country, such as `DE`.' })
  country!: string | null;
  @Field(() => String, { nullable: true, description: 'How to find the place; may have several lines.' })
  directions!: string | null;
  @Field(() => String, { nullable: true, description: 'The whole address as it is printed; may have several lines.' })
  formatted!: string | null;
  @Field(() => Date, { description: 'When it was added.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}
