import { defineEvents } from '../events/index.ts';

export const sessionEvents = defineEvents({
  'session.started': { category: 'sign-in', ends: 'nothing', description: 'A user signed in.' },
  'session.renewed': {
    category: 'sign-in',
    ends: 'nothing',
    description: 'A user who was signed in proved the identity again.',
  },
  'session.ended': { category: 'sign-in', ends: 'session', description: 'A user signed out.' },
  'session.revoked': {
    category: 'sign-in',
    ends: 'session',
    description: 'A session was ended by another person or by a rule.',
  },
  'user.sessions_reset': {
    category: 'sign-in',
    ends: 'subject',
    description: 'All sessions and tokens of a user were ended.',
  },
  'tenant.sessions_revoked': {
    category: 'sign-in',
    ends: 'tenant',
    description: 'All sessions of a tenant were ended.',
  },
});
