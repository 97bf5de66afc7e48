import { defineEvents } from '../../events/index.ts';

export const groupEvents = defineEvents({
  'group.created': { category: 'group', ends: 'nothing', description: 'A group was created.' },
  'group.updated': { category: 'group', ends: 'tenant', description: 'A group was changed.' },
  'group.deleted': { category: 'group', ends: 'tenant', description: 'A group was deleted.' },
  'default_group.added': { category: 'group', ends: 'nothing', description: 'New users join a group from now on.' },
  'default_group.removed': { category: 'group', ends: 'nothing', description: 'New users no longer join a group.' },
});
