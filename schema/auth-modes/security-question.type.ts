import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';

@ObjectType('SecurityQuestion', { description: 'The security question of an account. Its answer is never shown.' })
@RequiresScopes(['security-question:read'], ['security-question:read:self'])
export class SecurityQuestionType {
  tenantId!: string;
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, { description: 'The question.' })
  question!: string;
  @Field(() => Date, { description: 'Since when the account has had a security question without interruption.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When the question or answer was last set.' })
  updatedAt!: Date;
}

@InputType({ description: 'A security question with its answer.' })
export class SetSecurityQuestionInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'The question: 1 to 255 characters.' })
  question!: string;
  @Field(() => String, { description: 'The answer: 1 to 255 characters, compared exactly.' })
  answer!: string;
}

@InputType({ description: 'An answer to a security question.' })
export class CheckSecurityAnswerInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { description: 'The question that was answered; it must be the stored one.' })
  question!: string;
  @Field(() => String, { description: 'The answer.' })
  answer!: string;
}

@InputType({ description: 'The user whose security question is removed.' })
export class RemoveSecurityQuestionInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@ObjectType({ description: 'Result of a change to a security question.' })
class SecurityQuestionPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => SecurityQuestionType, {
    nullable: true,
    description: 'The question after the change; null when there is none, or the caller may not read it.',
  })
  securityQuestion!: SecurityQuestionType | null;
}

@ObjectType({ description: 'Result of a change to a security question.' })
export class SetSecurityQuestionPayload extends SecurityQuestionPayload {}

@ObjectType({ description: 'Result of a change to a security question.' })
export class RemoveSecurityQuestionPayload extends SecurityQuestionPayload {}

@ObjectType({ description: 'Result of a right answer to a security question.' })
export class CheckSecurityAnswerPayload {
  @Field(() => String, { description: 'Public id of the user.' })
  userId!: string;
}
