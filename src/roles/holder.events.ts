import { defineEvents } from '../events/index.ts';

export const holderEvents = defineEvents({
  'role_grant.added': { category: 'role', ends: 'nothing', description: 'A role was granted.' },
  'role_grant.removed': { category: 'role', ends: 'subject', description: 'A role was withdrawn.' },
  'group_member.added': { category: 'group', ends: 'nothing', description: 'A user was added to a group.' },
  'group_member.removed': { category: 'group', ends: 'subject', description: 'A user was removed from a group.' },
});
