import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ErrorCode } from '../errors/codes.ts';
import { NewUserInput } from './user.input.ts';
import { UserType } from './user.type.ts';

@InputType({ description: 'User accounts to create.' })
export class CreateUsersInput {
  @Field(() => [NewUserInput], {
    description: 'The accounts, 1 to 1,000. Of those that want the same name the first gets it.',
  })
  users!: NewUserInput[];
}

@InputType({ description: 'User accounts to delete.' })
export class DeleteUsersInput {
  @Field(() => [ID], { description: 'The users, 1 to 1,000.' })
  userIds!: string[];
}

@ObjectType({ description: 'Why one user of a list was refused.' })
export class UserRefusal {
  @Field(() => ErrorCode, { description: 'The code that the mutation for a single user gives.' })
  code!: string;
  @Field(() => String, { description: 'What is wrong.' })
  message!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Path of the value that is wrong, such as `input.users.3.email`; of several, the first.',
  })
  field!: string | null;
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

@ObjectType({ description: 'The result for one user account of a list to delete.' })
export class DeleteUsersResult {
  @Field(() => ID, { nullable: true, description: 'Global id of the deleted account; null when it was refused.' })
  deletedUserId!: string | null;
  @Field(() => String, { nullable: true, description: 'Public id of the deleted account; null when it was refused.' })
  subject!: string | null;
  @Field(() => UserRefusal, { nullable: true, description: 'Why it was refused; null when it was deleted.' })
  error!: UserRefusal | null;
}

@ObjectType({ description: 'Result of deleting several user accounts.' })
export class DeleteUsersPayload {
  @Field(() => [DeleteUsersResult], { description: 'The result for each account, in the order of the input.' })
  results!: DeleteUsersResult[];
}
