import { defineEvents } from '../../events/index.ts';

export const signOutEvents = defineEvents({
  'sign_out.refused': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A request of an application to sign its user out was refused.',
  },
});
