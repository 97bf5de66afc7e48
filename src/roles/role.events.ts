import { defineEvents } from '../events/index.ts';

export const roleEvents = defineEvents({
  'role.created': { category: 'role', ends: 'nothing', description: 'A role was created.' },
  'role.updated': { category: 'role', ends: 'tenant', description: 'A role was changed.' },
  'role.deleted': { category: 'role', ends: 'tenant', description: 'A role was deleted.' },
});
