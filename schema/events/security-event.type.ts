import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

export enum EventOutcome {
  SUCCESS = 'success',
  FAILURE = 'failure',
}
registerEnumType(EventOutcome, {
  name: 'EventOutcome',
  description: 'How the reported action ended.',
  valuesConfig: {
    SUCCESS: { description: 'The action was carried out.' },
    FAILURE: { description: 'The action was refused.' },
  },
});

@ObjectType('SecurityEvent', {
  implements: Node,
  description: 'Something that happened to an account, a client, a tenant or its rules. Events are never changed.',
})
@RequiresScopes(['event:read'], ['event:read:self'])
@Owned({ account: 'subjectId' })
export class SecurityEventType extends Node {
  @Field(() => String, { description: 'What happened: one of `eventTypes`, such as `session.started`.' })
  type!: string;
  @Field(() => Date, { description: 'When the event happened.' })
  occurredAt!: Date;
  @Field(() => String, { description: 'Who acted: `anonymous`, `user`, `application`, `api-key` or `system`.' })
  actorKind!: string;
  @Field(() => String, {
    nullable: true,
    description:
      'Public id of the acting user, or client id of the acting application. An API key acts as its owner; where this is a user of another tenant, it is the id of the key.',
  })
  actorId!: string | null;
  @Field(() => String, { nullable: true, description: 'Public id of the account acted on.' })
  subjectId!: string | null;
  @Field(() => String, { nullable: true, description: 'Client id of the application involved.' })
  clientId!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'How the application authenticated: `Bearer`, `Basic`, `Post` or `None`.',
  })
  clientAuth!: string | null;
  @Field(() => String, { nullable: true, description: 'Session involved.' })
  sessionId!: string | null;
  @Field(() => String, { nullable: true, description: 'IP address of the end user, as far as it is known.' })
  ip!: string | null;
  @Field(() => String, { nullable: true, description: 'IP address from which the request came.' })
  peerIp!: string | null;
  @Field(() => String, { nullable: true, description: '`User-Agent` header of the end user.' })
  userAgent!: string | null;
  @Field(() => String, { description: 'How the service was called: `graphql`, `rest`, `oauth` or `internal`.' })
  api!: string;
  @Field(() => String, { nullable: true, description: 'Id that the events of one request have in common.' })
  processId!: string | null;
  @Field(() => EventOutcome, { description: 'How it ended.' })
  outcome!: EventOutcome;
  @Field(() => String, { nullable: true, description: 'Why the action was refused.' })
  reason!: string | null;
  @Field(() => GraphQLJSONObject, { description: 'Details; their names depend on the type.' })
  params!: Record<string, unknown>;
}

export const SecurityEventConnection = connectionOf(SecurityEventType, 'SecurityEvent');

export enum SecurityEventFeedItemKind {
  EVENT = 'event',
  CHECKPOINT = 'checkpoint',
}
registerEnumType(SecurityEventFeedItemKind, {
  name: 'SecurityEventFeedItemKind',
  description: 'What an item of the live feed is.',
  valuesConfig: {
    EVENT: { description: 'An event, in `event`.' },
    CHECKPOINT: { description: 'No event; the item only brings the cursor of the current position.' },
  },
});

@ObjectType({ description: 'One item of the live feed.' })
export class SecurityEventFeedItem {
  @Field(() => SecurityEventFeedItemKind, { description: 'Whether this is an event or a checkpoint.' })
  kind!: SecurityEventFeedItemKind;
  @Field(() => String, {
    description: 'Position of the feed after this item; give it as `after` to continue from here.',
  })
  cursor!: string;
  @Field(() => SecurityEventType, {
    nullable: true,
    description: 'The event; null for a checkpoint.',
  })
  event!: SecurityEventType | null;
}

@ObjectType({ description: 'A type of security event.' })
export class EventTypeInfo {
  @Field(() => String, { description: 'Name, as in `SecurityEvent.type`.' })
  type!: string;
  @Field(() => String, { description: 'Category, by which dashboards can group events.' })
  category!: string;
  @Field(() => String, { description: 'What the event reports.' })
  description!: string;
}

@InputType({ description: 'Conditions for the events of an account; an absent member restricts nothing.' })
export class AccountEventFilterInput {
  @Field(() => [String], { nullable: true, description: 'Only these types.' })
  types?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Only types of these categories.' })
  categories?: string[] | null;
  @Field(() => String, { nullable: true, description: 'Only events caused by this user or application.' })
  actorId?: string | null;
  @Field(() => String, { nullable: true, description: 'Only events that involve this client id.' })
  clientId?: string | null;
  @Field(() => EventOutcome, { nullable: true, description: 'Only successes, or only failures.' })
  outcome?: EventOutcome | null;
  @Field(() => Date, { nullable: true, description: 'Only events of this moment and later.' })
  from?: Date | null;
  @Field(() => Date, { nullable: true, description: 'Only events of this moment and earlier.' })
  to?: Date | null;
}

export enum EventListName {
  ACTIVITY = 'activity',
  CHANGES = 'changes',
}
registerEnumType(EventListName, {
  name: 'EventList',
  description: 'A list of events from which those of the past can be hidden.',
  valuesConfig: {
    ACTIVITY: { description: 'What users did.' },
    CHANGES: { description: 'What was changed by others.' },
  },
});

@InputType({ description: 'A list of events to empty.' })
export class HideEventsInput {
  @Field(() => EventListName, { description: 'The list.' })
  list!: EventListName;
}

@ObjectType({ description: 'Result of emptying a list of events.' })
export class HideEventsPayload {
  @Field(() => Date, { description: 'The list shows no events from before this moment.' })
  hiddenBefore!: Date;
}

@InputType({ description: 'Conditions for security events; an absent member restricts nothing.' })
export class SecurityEventFilterInput extends AccountEventFilterInput {
  @Field(() => EventListName, {
    nullable: true,
    description:
      'Only events that `hideEvents` has not hidden from this list. What types it holds is up to its readers.',
  })
  notHiddenFrom?: EventListName | null;
  @Field(() => String, { nullable: true, description: 'Only events about this account, by public id.' })
  subjectId?: string | null;
}
