import { defineEvents, type EventDraft } from '../events/index.ts';

export const signInEvents = defineEvents({
  'sign_in.failed': { category: 'sign-in', ends: 'nothing', description: 'A sign-in was refused.' },
  'user.recovery_started': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user who has forgotten the password proved the account by a code from a mail.',
  },
});

/** Makes the event of a refused sign-in. @param subjectId The account; null: there is none. */
export const signInFailed = (
  subjectId: string | null,
  reason: string,
  params: NonNullable<EventDraft['params']>,
): EventDraft => ({ type: signInEvents['sign_in.failed'], subjectId, outcome: 'failure', reason, params });
