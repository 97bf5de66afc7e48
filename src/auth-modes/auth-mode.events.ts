import { defineEvents } from '../events/index.ts';

export const authModeEvents = defineEvents({
  'auth_mode.required_factor_changed': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'Whether a second factor is required changed.',
  },
  'auth_mode.password_change_required': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'A password change was demanded at the next sign-in.',
  },
  'auth_mode.locked_methods_changed': {
    category: 'auth-mode',
    ends: 'nothing',
    description: 'The sign-in methods a user may not use changed.',
  },
});
