import { defineEvents } from '../events/index.ts';

export const consentEvents = defineEvents({
  'consent.granted': {
    category: 'consent',
    ends: 'nothing',
    description: 'A user gave a client permissions (consent).',
  },
  'consent.revoked': {
    category: 'consent',
    ends: 'subject',
    description: 'The permissions that a user gave a client were revoked.',
  },
});
