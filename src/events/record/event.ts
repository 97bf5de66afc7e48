import { newIdAt, type Origin, type TenantRef } from '../../kernel/index.ts';
import { storableOrNull, storableParams, storableText } from './event-text.ts';
import type { EventType } from './event-type.ts';

/** Who acted; a `Caller` of `access/` has this shape. */
export interface EventActor {
  readonly kind: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly clientAuth: string | null;
  readonly sessionId: string | null;
  /** The API key that acted. */
  readonly apiKey?: { readonly id: string };
  readonly origin: Origin;
}

/** What a service reports; the other columns come from the actor and the clock. */
export interface EventDraft {
  readonly type: EventType;
  /** Public id of the account acted on. */
  readonly subjectId?: string | null;
  /** `client_id` the event is about, where it is not the actor's. */
  readonly clientId?: string | null;
  /** Session the event is about, where it is not the actor's. */
  readonly sessionId?: string | null;
  /** Default `success`. */
  readonly outcome?: 'success' | 'failure';
  /** Error code or short word that gives the reason of a failure. */
  readonly reason?: string | null;
  /** Details. Never a secret; each text is cut to 2000 characters. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A row of the log. */
export interface SecurityEvent {
  readonly tenantId: string;
  /** UUIDv7 of the moment the event happened: `occurredAt`, to the millisecond. */
  readonly id: string;
  /** Name of a type of the catalogue, or of one that only a newer node knows. */
  readonly type: string;
  readonly occurredAt: Date;
  /** `anonymous`, `user`, `application`, `api-key` or `system`. */
  readonly actorKind: string;
  /**
   * Public id of the acting user, or `client_id` of the acting application. An API key acts as its owner, unless this is a user of
   * another tenant: then it is the id of the key.
   */
  readonly actorId: string | null;
  readonly subjectId: string | null;
  readonly clientId: string | null;
  readonly clientAuth: string | null;
  readonly sessionId: string | null;
  readonly ip: string | null;
  readonly peerIp: string | null;
  readonly userAgent: string | null;
  readonly api: string;
  readonly processId: string | null;
  readonly outcome: 'success' | 'failure';
  readonly reason: string | null;
  readonly params: Readonly<Record<string, unknown>>;
}

const NO_PARAMS: Readonly<Record<string, unknown>> = Object.freeze({});

/** Makes the row of an event that happened now. Every text is made storable and cut to its bound. */
export function toSecurityEvent(
  actor: EventActor,
  tenant: Pick<TenantRef, 'id'>,
  draft: EventDraft,
  now: Date,
): SecurityEvent {
  const { origin } = actor;
  return {
    tenantId: tenant.id,
    id: newIdAt(now),
    type: draft.type.name,
    occurredAt: now,
    actorKind: actor.kind,
    actorId: storableOrNull(actor.userId ?? actor.clientId ?? actor.apiKey?.id),
    subjectId: storableOrNull(draft.subjectId),
    clientId: storableOrNull(draft.clientId ?? actor.clientId),
    clientAuth: storableOrNull(actor.clientAuth),
    sessionId: draft.sessionId ?? actor.sessionId,
    ip: storableOrNull(origin.ip),
    peerIp: storableOrNull(origin.peerIp),
    userAgent: storableOrNull(origin.userAgent),
    api: storableText(origin.api),
    processId: origin.processId,
    outcome: draft.outcome ?? 'success',
    reason: storableOrNull(draft.reason),
    params: draft.params === undefined ? NO_PARAMS : storableParams(draft.params),
  };
}
