import { defineEvents } from '../events/index.ts';

export const userEvents = defineEvents({
  'user.created': { category: 'user', ends: 'nothing', description: 'A user account was created.' },
  'user.updated': { category: 'user', ends: 'nothing', description: 'Attributes of a user changed.' },
  'user.deleted': { category: 'user', ends: 'subject', description: 'A user account was deleted.' },
  'user.enabled': { category: 'user', ends: 'nothing', description: 'A user account was enabled.' },
  'user.disabled': { category: 'user', ends: 'subject', description: 'A user account was disabled.' },
  'user.state_changed': { category: 'user', ends: 'subject', description: 'The inactivity state of a user changed.' },
  'user.properties_changed': { category: 'user', ends: 'nothing', description: 'Properties of a user changed.' },
  'user.username_changed': { category: 'user', ends: 'nothing', description: 'The username of a user changed.' },
  'user.email_changed': { category: 'user', ends: 'nothing', description: 'The e-mail address of a user changed.' },
  'user.email_verified': {
    category: 'user',
    ends: 'nothing',
    description: 'The e-mail address of a user was verified.',
  },
  'user.not_before_changed': {
    category: 'user',
    ends: 'subject',
    description: 'The moment before which tokens of a user are refused changed.',
  },
  'auth_mode.required_actions_changed': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'What a user has to do at the next sign-in changed.',
  },
});
