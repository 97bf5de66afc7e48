import { defineErrors } from '../../kernel/index.ts';

export const interactionErrors = defineErrors({
  INTERACTION_NOT_FOUND: {
    kind: 'not-found',
    message: 'This sign-in has ended, or it was begun in another browser. Start again at the application.',
  },
  INTERACTION_STEP_OTHER: { kind: 'conflict', message: 'This is not the present step of the sign-in. Load it again.' },
  FACTOR_CODE_WRONG: { kind: 'unauthenticated', message: 'The code is not right.' },
  INTERACTION_REQUEST_REPEATED: { kind: 'invalid', message: 'A request may contain this field only once.' },
});
