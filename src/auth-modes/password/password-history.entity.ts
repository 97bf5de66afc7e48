import { defineEntity, p } from '@mikro-orm/core';

/** A former password of a user, where the tenant refuses those that were used before. Deleted with the user. */
export const PasswordHistoryEntity = defineEntity({
  name: 'PasswordHistory',
  tableName: 'password_history',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    userId: p.text(),
    /** PHC string. */
    hash: p.text(),
    /** When another password replaced it. */
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'password_history__user_id', properties: ['tenantId', 'userId', 'createdAt', 'id'] }],
});
