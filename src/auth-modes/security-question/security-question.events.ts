import { defineEvents } from '../../events/index.ts';

export const securityQuestionEvents = defineEvents({
  'security_question.changed': {
    category: 'credential',
    ends: 'nothing',
    description: 'The security question of a user was set.',
  },
  'security_question.removed': {
    category: 'credential',
    ends: 'nothing',
    description: 'The security question of a user was removed.',
  },
  'security_question.check_failed': {
    category: 'credential',
    ends: 'nothing',
    description: 'An answer to the security question of a user was refused.',
  },
});
