import { defineEvents } from '../../events/index.ts';

export const deviceEvents = defineEvents({
  'device.seen': {
    category: 'device',
    ends: 'nothing',
    description: 'A user signed in on a device for the first time.',
  },
  'device.removed': { category: 'device', ends: 'nothing', description: 'A known device of a user was removed.' },
});
