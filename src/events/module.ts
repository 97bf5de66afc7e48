import { eventErrors } from './record/event.errors.ts';

export const events = { name: 'events', errors: [eventErrors] } as const;
