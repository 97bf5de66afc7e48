import { defineErrors } from '../kernel/index.ts';

/** Errors of the event log. */
export const eventErrors = defineErrors({
  EVENT_CURSOR_INVALID: {
    kind: 'invalid',
    message: 'The cursor is not one that this tenant’s event feed gave out.',
  },
});
