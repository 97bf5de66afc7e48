import { defineEvents } from '../events/index.ts';

export const mailedLinkEvents = defineEvents({
  'mailed_link.sent': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A link was mailed to a user, to sign in or to carry out actions.',
  },
  'mailed_link.used': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user used a link from a mail.',
  },
});
