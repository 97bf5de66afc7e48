/**
 * The security event log: what happened, who did it, from where. `record` joins the transaction of a change, `append`
 * writes an event that stands alone. May import `kernel/` and `persistence/`.
 */
export { EVENT_TYPES, type EventType, isEventType } from './catalogue.ts';
export type { EventActor, EventDraft, SecurityEvent } from './event.ts';
export { type CommittedListener, EventLog } from './log.ts';
