import { defineEvents } from '../events/index.ts';

export const clientEvents = defineEvents({
  'linked_app.bound': { category: 'device', ends: 'nothing', description: 'An app instance was given to a user.' },
  'linked_app.removed': {
    category: 'device',
    ends: 'client',
    description: 'An app of a user was unlinked; its credentials ended.',
  },
  'client.created': { category: 'client', ends: 'nothing', description: 'A client was created.' },
  'client.updated': { category: 'client', ends: 'client', description: 'A client was changed.' },
  'client.deleted': { category: 'client', ends: 'client', description: 'A client was deleted.' },
  'client.secret_rotated': { category: 'client', ends: 'client', description: 'A client secret was replaced.' },
  'client.secret_read': { category: 'client', ends: 'nothing', description: 'A client secret was shown.' },
});
