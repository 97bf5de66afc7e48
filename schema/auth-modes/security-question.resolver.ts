import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { type SecurityQuestion, securityQuestionErrors } from '../../src/auth-modes/index.ts';
import { canonicalUserId, type User } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireOnce } from '../directives/once.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { UserType } from '../users/user.type.ts';
import { securityQuestionOfUser } from './auth-modes.loader.ts';
import {
  CheckSecurityAnswerInput,
  CheckSecurityAnswerPayload,
  RemoveSecurityQuestionInput,
  RemoveSecurityQuestionPayload,
  SecurityQuestionType,
  SetSecurityQuestionInput,
  SetSecurityQuestionPayload,
} from './security-question.type.ts';

interface Changed {
  readonly userId: string;
  readonly securityQuestion: SecurityQuestion | null;
}

@Resolver(() => SecurityQuestionType)
export class SecurityQuestionResolver {
  @RequiresScopes(['security-question:read'], ['security-question:read:self'])
  @Errors('SECURITY_QUESTION_NOT_FOUND', 'USER_NOT_FOUND')
  @Query(() => SecurityQuestionType, {
    nullable: true,
    description: 'The security question of a user.',
  })
  securityQuestion(
    @Arg('userId', () => ID, { description: 'The user.' }) userId: string,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<SecurityQuestion> {
    return services.securityQuestions.get(authority, keyOf('User', userId, 'userId'));
  }

  @RequiresScopes(['security-question:write'], ['security-question:write:self'])
  @Errors('USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => SetSecurityQuestionPayload, {
    description: 'Sets the security question of a user and its answer, and replaces earlier ones.',
  })
  async setSecurityQuestion(
    @Arg('input', () => SetSecurityQuestionInput, { description: 'Question and answer.' })
    input: SetSecurityQuestionInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<Changed> {
    const { question, answer } = input;
    const userId = keyOf('User', input.userId, 'input.userId');
    const securityQuestion = await services.securityQuestions.set(authority, { userId, question, answer });
    return { userId: securityQuestion.userId, securityQuestion };
  }

  @RequiresScopes(['security-question:write'], ['security-question:write:self'])
  @Errors('SECURITY_QUESTION_NOT_FOUND', 'USER_NOT_FOUND', 'REAUTHENTICATION_REQUIRED', 'ACCOUNT_GUARDED')
  @Mutation(() => RemoveSecurityQuestionPayload, {
    description: 'Removes the security question of a user.',
  })
  async removeSecurityQuestion(
    @Arg('input', () => RemoveSecurityQuestionInput, { description: 'The user.' }) input: RemoveSecurityQuestionInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<Changed> {
    const userId = canonicalUserId(keyOf('User', input.userId, 'input.userId'));
    await services.securityQuestions.remove(authority, userId);
    return { userId, securityQuestion: null };
  }

  @RequiresScopes(['security-question:check'], ['security-question:check:self'])
  @Errors('SECURITY_QUESTION_NOT_FOUND', 'SECURITY_QUESTION_WRONG', 'SECURITY_ANSWER_WRONG', 'USER_NOT_FOUND')
  @Mutation(() => CheckSecurityAnswerPayload, {
    description:
      'Checks an answer to the security question of a user: first whether the question is the stored one, then the answer. Wrong answers are counted; after too many of them, right answers are refused for a while as well. Only once per request.',
  })
  async checkSecurityAnswer(
    @Arg('input', () => CheckSecurityAnswerInput, { description: 'Question and answer.' })
    input: CheckSecurityAnswerInput,
    @Ctx() { services, authority, signal }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CheckSecurityAnswerPayload> {
    requireOnce(info, signal, securityQuestionErrors.SECURITY_ANSWER_WRONG);
    const { question, answer } = input;
    const userId = canonicalUserId(keyOf('User', input.userId, 'input.userId'));
    await services.securityQuestions.check(authority, { userId, question, answer });
    return { userId };
  }
}

/** Fields of users that this file adds. */
@Resolver(() => UserType)
export class UserSecurityQuestionResolver {
  @RequiresScopes(['security-question:read'], ['security-question:read:self'])
  @FieldResolver(() => SecurityQuestionType, {
    nullable: true,
    description: 'The security question of the user; null when none is set.',
  })
  securityQuestion(@Root() { tenantId, id }: User, @Ctx() { loaders }: GraphContext): Promise<SecurityQuestion | null> {
    return loaders.load(securityQuestionOfUser, { tenantId, key: id });
  }
}
