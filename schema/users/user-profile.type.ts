import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, ObjectType } from 'type-graphql';

@ObjectType('UserProfile', { description: 'What attributes users of a tenant have, and by which rules.' })
export class UserProfileType {
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Attributes, their groups and `unmanagedAttributePolicy`, as `setUserProfile` took them; null: no rules but those of the service.',
  })
  profile!: object | null;
  @Field(() => [String], {
    description: 'Names of attributes that are required of an account when the caller changes it.',
  })
  required!: string[];
  @Field(() => [String], { description: 'Names of attributes that the caller may not change.' })
  readOnly!: string[];
}

@InputType({ description: 'The profile of the users of a tenant.' })
export class SetUserProfileInput {
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Replaces the whole profile, 64 KiB at most: `attributes` (at most 200, each with `name` and, if wanted, `displayName`, `validations`, `annotations`, `required`, `permissions`, `group`, `multivalued`), `groups`, `unmanagedAttributePolicy`. Null or absent: no rules but those of the service.',
  })
  profile?: object | null;
}

@ObjectType({ description: 'Result of setting the profile of users.' })
export class SetUserProfilePayload {
  @Field(() => UserProfileType, { description: 'The profile after the change.' })
  userProfile!: UserProfileType;
}
