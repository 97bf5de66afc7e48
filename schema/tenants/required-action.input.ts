import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { RequiredActionSettings } from './policy.types.ts';

const INITIAL = 'The actions to begin with where the tenant has not changed the list. Default: none.';

@InputType({ description: 'An action to add to those that can be required of users.' })
export class AddRequiredActionInput {
  @Field(() => String, { description: 'Name by which it is required.' })
  alias!: string;
  @Field(() => String, { description: 'Name for people.' })
  name!: string;
  @Field(() => String, { description: 'What carries it out.' })
  providerId!: string;
  @Field(() => [RequiredActionSettings], { nullable: true, description: INITIAL })
  initial?: RequiredActionSettings[] | null;
}

@InputType({ description: 'Changes to an action; absent members stay.' })
export class UpdateRequiredActionInput {
  @Field(() => String, { description: 'Name by which it is required.' })
  alias!: string;
  @Field(() => String, { nullable: true, description: 'New name by which it is required.' })
  newAlias?: string | null;
  @Field(() => String, { nullable: true, description: 'Name for people.' })
  name?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it can be required.' })
  isEnabled?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it is required of new users.' })
  isDefault?: boolean | null;
  @Field(() => Int, { nullable: true, description: 'Its place among several; small numbers come first.' })
  priority?: number | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Options of what carries it out: at most 20 texts by name, replaced as a whole.',
  })
  config?: Record<string, string> | null;
  @Field(() => [RequiredActionSettings], { nullable: true, description: INITIAL })
  initial?: RequiredActionSettings[] | null;
}

@InputType({ description: 'An action to remove from those that can be required of users.' })
export class RemoveRequiredActionInput {
  @Field(() => String, { description: 'Name by which it is required.' })
  alias!: string;
  @Field(() => [RequiredActionSettings], { nullable: true, description: INITIAL })
  initial?: RequiredActionSettings[] | null;
}

@InputType({ description: 'An action that exchanges its place with its neighbour.' })
export class MoveRequiredActionInput {
  @Field(() => String, { description: 'Name by which it is required.' })
  alias!: string;
  @Field(() => Boolean, { description: 'Whether it goes to an earlier place; else to a later one.' })
  isEarlier!: boolean;
  @Field(() => [RequiredActionSettings], { nullable: true, description: INITIAL })
  initial?: RequiredActionSettings[] | null;
}

@ObjectType({ description: 'Result of a change to the actions that can be required of users.' })
class RequiredActionsPayload {
  @Field(() => [RequiredActionSettings], { description: 'All actions after the change.' })
  requiredActions!: RequiredActionSettings[];
}

@ObjectType({ description: 'Result of adding an action.' })
export class AddRequiredActionPayload extends RequiredActionsPayload {}

@ObjectType({ description: 'Result of changing an action.' })
export class UpdateRequiredActionPayload extends RequiredActionsPayload {}

@ObjectType({ description: 'Result of removing an action.' })
export class RemoveRequiredActionPayload extends RequiredActionsPayload {}

@ObjectType({ description: 'Result of moving an action.' })
export class MoveRequiredActionPayload extends RequiredActionsPayload {}
