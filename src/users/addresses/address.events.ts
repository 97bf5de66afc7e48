import { defineEvents } from '../../events/index.ts';

export const addressEvents = defineEvents({
  'user_address.created': { category: 'user', ends: 'nothing', description: 'An address was added to a user.' },
  'user_address.updated': { category: 'user', ends: 'nothing', description: 'An address of a user was changed.' },
  'user_address.deleted': { category: 'user', ends: 'nothing', description: 'An address of a user was deleted.' },
});
