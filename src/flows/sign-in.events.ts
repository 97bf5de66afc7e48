import { defineEvents } from '../events/index.ts';

export const signInEvents = defineEvents({
  'sign_in.failed': { category: 'sign-in', ends: 'nothing', description: 'A sign-in was refused.' },
});
