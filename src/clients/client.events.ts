import { defineEvents } from '../events/index.ts';

export const clientEvents = defineEvents({
  'linked_app.bound': { category: 'device', ends: 'nothing', description: 'An app instance was given to a user.' },
  'linked_app.removed': {
    category: 'device',
    ends: 'client',
    description: 'An app of a user was unlinked; its credentials ended.',
  },
  'client.created': { category: 'client', ends: 'nothing', description: 'A client was created.' },
  'client.registered': { category: 'client', ends: 'nothing', description: 'A client registered itself.' },
  'client.updated': { category: 'client', ends: 'client', description: 'A client was changed.' },
  'client.deleted': { category: 'client', ends: 'client', description: 'A client was deleted.' },
  'client.secret_rotated': { category: 'client', ends: 'client', description: 'A client secret was replaced.' },
  'client.secret_ended': {
    category: 'client',
    ends: 'client',
    description: 'Earlier secrets of a client ended; the newest one stays.',
  },
  'client_scope.created': { category: 'client', ends: 'nothing', description: 'A scope of the tenant was created.' },
  'client_scope.updated': { category: 'client', ends: 'tenant', description: 'A scope of the tenant was changed.' },
  'client_scope.deleted': {
    category: 'client',
    ends: 'tenant',
    description: 'A scope of the tenant was deleted, and taken from its clients.',
  },
  'client.secret_read': { category: 'client', ends: 'nothing', description: 'A client secret was shown.' },
});
