import { defineErrors } from '../../kernel/index.ts';

export const passwordModeErrors = defineErrors({
  PASSWORD_POLICY: { kind: 'refused', message: 'The password does not follow the rules; `fields` says why.' },
  PASSWORD_CURRENT_WRONG: { kind: 'refused', message: 'The current password is not right.' },
  PASSWORD_CHANGED_MEANWHILE: {
    kind: 'conflict',
    message: 'The password was changed by another request in the meantime.',
  },
});
