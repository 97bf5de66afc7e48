/**
 * The security event log: what happened, who did it, from where. `record` joins the transaction of a change, `changes` makes
 * many with one statement, `append` writes an event that stands alone; a sequencer gives committed events dense positions, a
 * follower reads them once for the node, and the feed hands them to subscribers. May import `kernel/`, `crypto/` and
 * `persistence/`.
 */
export { EVENT_TYPES, type EventEnds, type EventType, type EventTypeRow, isEventType } from './catalogue.ts';
export type { ChangeGroup } from './change-group.ts';
export type { CursorSealer } from './cursor.ts';
export { type EndedAccess, type EndedSubject, readEndedAccess } from './ended-access.ts';
export { EventEngine, type EventEngineOptions } from './engine.ts';
export { eventErrors } from './event.errors.ts';
export type { EventStore } from './event.store.ts';
export type { EventActor, EventDraft, SecurityEvent } from './event.ts';
export type { EventFilter } from './event-filter.ts';
export type { Feed, FeedItem, FollowRequest } from './feed.ts';
export type { Follower } from './follower.ts';
export { type CommittedListener, EventLog } from './log.ts';
export type { RetentionDays } from './retention.ts';
