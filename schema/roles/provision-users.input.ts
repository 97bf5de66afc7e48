import { Field, InputType, ObjectType } from 'type-graphql';
import { NewUserInput } from '../users/user.input.ts';
import { UserType } from '../users/user.type.ts';
import { UserRefusal } from '../users/user-refusal.ts';
import { FIRST_IMAGE_MAILED } from './provision-user.input.ts';
import { RoleReferenceInput } from './role.input.ts';

@InputType({ description: 'A user account to create, with its roles.' })
export class ListedUserInput extends NewUserInput {
  @Field(() => [RoleReferenceInput], {
    nullable: true,
    description: 'Roles to grant, at most 200. They take `role-grant:write`, and everything that they give.',
  })
  roles?: RoleReferenceInput[] | null;
}

@InputType({ description: 'User accounts to create.' })
export class CreateUsersInput {
  @Field(() => [ListedUserInput], {
    description:
      'The accounts, 1 to 1,000. Of those that want the same name the first gets it. They get at most 5,000 roles together.',
  })
  users!: ListedUserInput[];
  @Field(() => Boolean, { nullable: true, description: `Whether they ${FIRST_IMAGE_MAILED}` })
  isFirstImageMailed?: boolean | null;
}

@ObjectType({ description: 'The result for one user account of a list to create.' })
export class CreateUsersResult {
  @Field(() => String, { nullable: true, description: 'Public id of the user; null when it was refused.' })
  subject!: string | null;
  @Field(() => UserType, {
    nullable: true,
    description: 'The account; null when it was refused, or the caller may not read it.',
  })
  user!: UserType | null;
  @Field(() => UserRefusal, { nullable: true, description: 'Why it was refused; null when it was created.' })
  error!: UserRefusal | null;
}

@ObjectType({ description: 'Result of creating several user accounts.' })
export class CreateUsersPayload {
  @Field(() => [CreateUsersResult], { description: 'The result for each account, in the order of the input.' })
  results!: CreateUsersResult[];
}
