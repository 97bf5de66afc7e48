import { defineErrors } from '../../kernel/index.ts';

export const securityQuestionErrors = defineErrors({
  SECURITY_QUESTION_NOT_FOUND: { kind: 'not-found', message: 'The account has no security question.' },
  SECURITY_QUESTION_WRONG: { kind: 'refused', message: 'This is not the security question of the account.' },
  SECURITY_ANSWER_WRONG: { kind: 'refused', message: 'The answer to the security question is not right.' },
});
