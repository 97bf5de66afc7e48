import { defineErrors } from '../../kernel/index.ts';

/** Errors of the event log. */
export const eventErrors = defineErrors({
  EVENT_CURSOR_INVALID: {
    kind: 'invalid',
    message: 'The cursor was not issued by this tenant’s event feed.',
  },
  EVENT_CURSOR_EXPIRED: {
    kind: 'refused',
    message:
      'Events after this cursor have been deleted. Continue from `oldestCursor` in the extensions, after which none is missing.',
  },
});
