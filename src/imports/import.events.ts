import { defineEvents } from '../events/index.ts';

export const importEvents = defineEvents({
  'import.completed': {
    category: 'tenant',
    ends: 'nothing',
    description: 'An import into the tenant ended, after it had changed something.',
  },
});
