import { defineEvents } from '../events/index.ts';

export const signInEvents = defineEvents({
  'sign_in.failed': { category: 'sign-in', ends: 'nothing', description: 'A sign-in was refused.' },
  'user.recovery_started': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user who has forgotten the password proved the account by a code from a mail.',
  },
});
