import { defineEvents } from '../../events/index.ts';

export const registrationEvents = defineEvents({
  'initial_access_token.created': {
    category: 'client',
    ends: 'nothing',
    description: 'A token with which clients are registered was made.',
  },
  'initial_access_token.deleted': {
    category: 'client',
    ends: 'nothing',
    description: 'A token with which clients are registered was deleted.',
  },
  'registration_token.issued': {
    category: 'client',
    ends: 'nothing',
    description: 'A token that opens the registration of a client was made; the one before ended.',
  },
});
