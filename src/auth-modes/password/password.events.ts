import { defineEvents } from '../../events/index.ts';

export const passwordEvents = defineEvents({
  'password.changed': { category: 'credential', ends: 'subject', description: 'A password was changed by its user.' },
  'password.reset_requested': {
    category: 'credential',
    ends: 'nothing',
    description: 'A password reset was asked for.',
  },
  'password.reset': {
    category: 'credential',
    ends: 'subject',
    description: 'A password was set by another person or through a reset.',
  },
});
