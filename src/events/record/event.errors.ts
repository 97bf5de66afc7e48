import { defineErrors } from '../../kernel/index.ts';

/** Errors of the event log. */
export const eventErrors = defineErrors({
  EVENT_CURSOR_INVALID: {
    kind: 'invalid',
    message: 'The cursor is not one that this tenant’s event feed gave out.',
  },
  EVENT_CURSOR_EXPIRED: {
    kind: 'refused',
    message:
      'Events after this cursor are no longer kept. `oldestCursor` in the extensions is the first from which nothing is missing.',
  },
});
