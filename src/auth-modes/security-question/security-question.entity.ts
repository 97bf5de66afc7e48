import { defineEntity, p } from '@mikro-orm/core';

/** The question a user answers where a password cannot be shown; one per user. */
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
