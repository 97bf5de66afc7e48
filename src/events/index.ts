/**
 * The security event log: what happened, who did it, from where. `record` joins the transaction of a change, `change`
 * makes one that is a single statement, `append` writes an event that stands alone; a sequencer gives committed events dense positions, a follower reads them once for
 * the node, and the feed hands them to subscribers. May import `kernel/`, `crypto/` and `persistence/`.
 */
export { EVENT_TYPES, type EventType, isEventType } from './catalogue.ts';
export type { CursorSealer } from './cursor.ts';
export { EventEngine, type EventEngineOptions } from './engine.ts';
export { eventErrors } from './event.errors.ts';
export type { EventStore } from './event.store.ts';
export type { EventActor, EventDraft, SecurityEvent } from './event.ts';
export type { EventFilter } from './event-filter.ts';
export type { Feed, FeedItem, FollowRequest } from './feed.ts';
export type { Follower } from './follower.ts';
export type { ChangeStatement } from './insert.ts';
export { type CommittedListener, EventLog } from './log.ts';
export type { Retention } from './maintenance.ts';
