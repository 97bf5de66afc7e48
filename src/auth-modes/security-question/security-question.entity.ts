import { defineEntity, p } from '@mikro-orm/core';

/** The security question of a user, for use when the password cannot be given; one per user. */
export const SecurityQuestionEntity = defineEntity({
  name: 'SecurityQuestion',
  tableName: 'security_questions',
  properties: {
    tenantId: p.uuid().primary(),
    userId: p.text().primary(),
    question: p.text(),
    /** PHC string. */
    answerHash: p.text(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
