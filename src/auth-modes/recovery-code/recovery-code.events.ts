import { defineEvents } from '../../events/index.ts';

export const recoveryCodeEvents = defineEvents({
  'recovery_code.used': {
    category: 'credential',
    ends: 'nothing',
    description: 'A recovery code was used up in place of a second factor.',
  },
});
