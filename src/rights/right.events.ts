import { defineEvents } from '../events/index.ts';

export const rightEvents = defineEvents({
  'right.granted': {
    category: 'right',
    ends: 'nothing',
    description: 'A right on a user, group or application was given.',
  },
  'right.revoked': {
    category: 'right',
    ends: 'nothing',
    description: 'A right on a user, group or application was taken away.',
  },
});
