import { defineEvents } from '../events/index.ts';

export const impersonationEvents = defineEvents({
  'user.impersonated': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'An administrator began to act as a user in a browser.',
  },
});
