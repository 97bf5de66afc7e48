import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { UserRefusal } from './user-refusal.ts';

@InputType({ description: 'User accounts to delete.' })
export class DeleteUsersInput {
  @Field(() => [ID], { description: 'The users, 1 to 1,000.' })
  userIds!: string[];
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
