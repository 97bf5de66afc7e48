/**
 * The security event log: what happened, who did it, from where. `record` writes an event in the transaction of a change,
 * `changes` makes many changes with one statement, `append` writes an event that reports no change. A sequencer gives committed
 * events dense positions, a follower reads them once for the node, and the feed delivers them to subscribers. May import
 * `kernel/`, `crypto/` and `persistence/`.
 */

export { EventEngine, type EventEngineOptions } from './engine.ts';
export { type ChangeFeed, FRESH_MS, lifetimesBy } from './read/change-feed.ts';
export type { EventReader } from './read/event.reader.ts';
export type { EventFilter } from './read/event-filter.ts';
export type { Feed, FeedItem, FollowRequest } from './read/feed.ts';
export type { Follower } from './read/follower.ts';
export { EventCatalogue } from './record/catalogue.ts';
export type { CursorSealer } from './record/cursor.ts';
export type { EndedAccess, EndedSubject } from './record/ended-access.ts';
export type { EventActor, EventDraft, SecurityEvent } from './record/event.ts';
export { type ChangeStatement, defineChange, type EventKeys } from './record/event-columns.ts';
export { storableText } from './record/event-text.ts';
export {
  defineEvents,
  type EventEnds,
  type EventTable,
  type EventType,
  type EventTypeRow,
} from './record/event-type.ts';
export type { RetentionDays } from './upkeep/retention.ts';
export type { ChangeGroup } from './write/change-group.ts';
export { type CommittedListener, EventLog } from './write/log.ts';
