import { z } from 'zod';
import { invalidField } from '../../../src/kernel/index.ts';
import { present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { toObjectId } from '../../realm-users/object-id.ts';
import { BAD_REQUEST, PAGE_TOO_LARGE, unusable } from '../errors.ts';
import { ACTIVITY, nameActivity, nameChange, typesNamed, typesOfChanges } from '../event-types.ts';
import {
  AdminEvents,
  type AdminEventsData,
  type Event,
  Events,
  EventsConfig,
  type EventsData,
  HideEvents,
  UpdateEventsConfig,
} from '../operations.generated.ts';
import { LARGEST_PAGE } from '../paging.ts';

const SPEC = '4.20';
const DEFAULT_SIZE = 100;
const DAY = 86_400_000;
const WHOLE_NUMBER = z
  .string()
  .regex(/^\d{1,9}$/)
  .optional();
const MOMENT = z
  .string()
  .regex(/^(\d{4}-\d\d-\d\d|\d{1,14})$/)
  .optional();
/** One text, or several of the same name. */
const TEXTS = z.union([z.string(), z.array(z.string()).max(100)]).optional();

const LIST_PARAMETERS = {
  first: WHOLE_NUMBER.describe('Events to leave out. Default 0; with `max` at most 10,000.'),
  max: WHOLE_NUMBER.describe('Events of the page. Default 100.'),
  dateFrom: MOMENT.describe('The first day, as 2026-11-27, or a moment in milliseconds since 1970.'),
  dateTo: MOMENT.describe('The last day, or moment.'),
  direction: z.literal('desc').optional().describe('Newest first is the only order.'),
};

const listOf = (value: z.output<typeof TEXTS>): readonly string[] => (value === undefined ? [] : [value].flat());

/** The moment of a parameter; the last one of a day where the list ends with it. */
function momentOf(text: string | undefined, isEnd: boolean): Date | undefined {
  if (text === undefined) return undefined;
  const isDay = text.includes('-');
  const moment = new Date(isDay ? `${text}T00:00:00.000Z` : Number(text));
  if (Number.isNaN(moment.getTime())) throw invalidField(isEnd ? 'dateTo' : 'dateFrom', 'DATE_INVALID', 'Not a date.');
  return isDay && isEnd ? new Date(moment.getTime() + DAY - 1) : moment;
}

interface Window {
  readonly first?: string | undefined;
  readonly max?: string | undefined;
}

const sizeOf = ({ max = String(DEFAULT_SIZE) }: Window): number => Number(max);
const endOf = (page: Window): number => Number(page.first ?? 0) + sizeOf(page);

/** How many of the newest events are read. @throws INVALID_INPUT More than the service reads at once. */
function toSize(page: Window, isNarrowed: boolean): number {
  const end = endOf(page);
  if (end > LARGEST_PAGE) throw invalidField('max', 'PAGE_TOO_LARGE', 'A page has at most 10,000 rows.');
  // What only the answer can be narrowed by is looked for among as many as are read at once.
  return isNarrowed ? LARGEST_PAGE : end;
}

const cut = <T>(items: readonly T[], page: Window): readonly T[] => items.slice(Number(page.first ?? 0), endOf(page));

const DETAILS = z.record(z.string(), z.string());
const textsIn = (params: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

const EVENT_PARAMETERS = z.object({
  ...LIST_PARAMETERS,
  type: TEXTS.describe('Names of types, such as `LOGIN`.'),
  client: z.string().optional().describe('`client_id`.'),
  user: z.string().optional().describe('Id of the user.'),
  ipAddress: z.string().optional(),
});

const EVENT = z.strictObject({
  id: z.string(),
  time: z.number().int().describe('Milliseconds since 1970.'),
  type: z.string(),
  realmId: z.string().describe('Name of the realm.'),
  clientId: z.string().optional(),
  userId: z.string().optional(),
  sessionId: z.string().optional(),
  ipAddress: z.string().optional(),
  error: z.string().optional(),
  details: DETAILS,
});

const showEvent = (event: Event, realmId: string): z.input<typeof EVENT> => ({
  id: toObjectId(event.id),
  time: Date.parse(event.occurredAt),
  type: nameActivity(event),
  realmId,
  ...(event.clientId === null ? {} : { clientId: event.clientId }),
  ...(event.subjectId === null ? {} : { userId: event.subjectId }),
  ...(event.sessionId === null ? {} : { sessionId: event.sessionId }),
  ...(event.ip === null ? {} : { ipAddress: event.ip }),
  ...(event.reason === null ? {} : { error: event.reason }),
  details: textsIn(event.params),
});

function showEvents({ securityEvents }: EventsData, query: z.output<typeof EVENT_PARAMETERS>, realmId: string) {
  const names = listOf(query.type);
  const found = presentItems(securityEvents.nodes)
    .filter(({ ip }) => query.ipAddress === undefined || ip === query.ipAddress)
    .filter((event) => names.length === 0 || names.includes(nameActivity(event)));
  return cut(found, query).map((event) => showEvent(event, realmId));
}

const PAGE_ERRORS = { INVALID_INPUT: { ...BAD_REQUEST, at: { max: PAGE_TOO_LARGE } }, USER_NOT_FOUND: BAD_REQUEST };

const LIST = route({
  method: 'GET',
  path: '/events',
  spec: SPEC,
  summary: 'What users did, newest first',
  callers: callersWith('event:read'),
  operation: Events,
  input: { query: EVENT_PARAMETERS },
  toVariables: ({ query }) => ({
    first: toSize(query, query.type !== undefined || query.ipAddress !== undefined),
    filter: {
      types: query.type === undefined ? Object.keys(ACTIVITY) : typesNamed(listOf(query.type)),
      clientId: query.client,
      subjectId: query.user,
      from: momentOf(query.dateFrom, false),
      to: momentOf(query.dateTo, true),
      notHiddenFrom: 'ACTIVITY' as const,
    },
  }),
  reply: {
    status: 200,
    schema: z.array(EVENT),
    from: (data, { query, tenantName }) => showEvents(data, query, tenantName),
  },
  errors: PAGE_ERRORS,
});

const CHANGE_PARAMETERS = z.object({
  ...LIST_PARAMETERS,
  operationTypes: TEXTS.describe('`CREATE`, `UPDATE`, `DELETE` or `ACTION`.'),
  resourceTypes: TEXTS.describe('Names of what was changed, such as `USER`.'),
  resourcePath: z.string().optional().describe('The path; `*` stands for any text.'),
  authClient: z.string().optional().describe('`client_id` of who changed it.'),
  authUser: z.string().optional().describe('Id of the user who changed it.'),
  authIpAddress: z.string().optional(),
});

const CHANGE = z.strictObject({
  id: z.string(),
  time: z.number().int().describe('Milliseconds since 1970.'),
  realmId: z.string().describe('Name of the realm.'),
  authDetails: z.strictObject({
    realmId: z.string(),
    clientId: z.string().optional(),
    userId: z.string().optional(),
    ipAddress: z.string().optional(),
  }),
  operationType: z.string(),
  resourceType: z.string(),
  resourcePath: z.string(),
  error: z.string().optional(),
  details: DETAILS,
});

function showChange(event: Event, realmId: string): z.input<typeof CHANGE> {
  const { operation, resource, path } = nameChange(event);
  const isUser = event.actorKind === 'user';
  return {
    id: toObjectId(event.id),
    time: Date.parse(event.occurredAt),
    realmId,
    authDetails: {
      realmId,
      ...(event.actorId === null ? {} : { [isUser ? 'userId' : 'clientId']: event.actorId }),
      ...(event.ip === null ? {} : { ipAddress: event.ip }),
    },
    operationType: operation,
    resourceType: resource,
    resourcePath: path,
    ...(event.reason === null ? {} : { error: event.reason }),
    details: textsIn(event.params),
  };
}

/** Whether a path is the one that is asked for; each text between its `*` is there, in this order. */
function isAt(path: string, asked: string): boolean {
  const parts = asked.split('*');
  if (parts.length === 1) return path === asked;
  const [head, tail] = [parts[0]!, parts.at(-1)!];
  if (!path.startsWith(head) || !path.endsWith(tail) || path.length < head.length + tail.length) return false;
  let from = head.length;
  for (const part of parts.slice(1, -1)) {
    const at = path.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from <= path.length - tail.length;
}

function showChanges({ securityEvents }: AdminEventsData, query: z.output<typeof CHANGE_PARAMETERS>, realmId: string) {
  const { authClient, authIpAddress, resourcePath } = query;
  const found = presentItems(securityEvents.nodes)
    .filter(({ ip }) => authIpAddress === undefined || ip === authIpAddress)
    .filter(({ actorKind, actorId }) => authClient === undefined || (actorKind !== 'user' && actorId === authClient))
    .filter((event) => resourcePath === undefined || isAt(nameChange(event).path, resourcePath));
  return cut(found, query).map((event) => showChange(event, realmId));
}

const CHANGES = route({
  method: 'GET',
  path: '/admin-events',
  spec: SPEC,
  summary: 'What was changed by others, newest first',
  callers: callersWith('event:read'),
  operation: AdminEvents,
  input: { query: CHANGE_PARAMETERS },
  toVariables: ({ query }) => ({
    first: toSize(
      query,
      [query.authClient, query.authIpAddress, query.resourcePath].some((one) => one !== undefined),
    ),
    filter: {
      types: typesOfChanges(listOf(query.operationTypes), listOf(query.resourceTypes)),
      actorId: query.authUser,
      from: momentOf(query.dateFrom, false),
      to: momentOf(query.dateTo, true),
      notHiddenFrom: 'CHANGES' as const,
    },
  }),
  reply: {
    status: 200,
    schema: z.array(CHANGE),
    from: (data, { query, tenantName }) => showChanges(data, query, tenantName),
  },
  errors: PAGE_ERRORS,
});

const hiding = (path: string, list: 'ACTIVITY' | 'CHANGES'): Route =>
  route({
    method: 'DELETE',
    path,
    spec: SPEC,
    summary: 'Hides the events that were recorded so far from the list; the log keeps them',
    callers: callersWith('setting:write'),
    operation: HideEvents,
    toVariables: () => ({ list }),
    reply: { status: 204 },
  });

const CONFIG = z.object({
  eventsEnabled: z.boolean().nullable().optional(),
  eventsExpiration: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .nullable()
    .optional(),
  eventsListeners: z.array(z.string().max(255)).max(100).nullable().optional(),
  enabledEventTypes: z.array(z.string().max(255)).max(500).nullable().optional(),
  adminEventsEnabled: z.boolean().nullable().optional(),
  adminEventsDetailsEnabled: z.boolean().nullable().optional(),
});

/** What a realm has that nobody changed. */
const USUAL = {
  eventsEnabled: false,
  eventsListeners: ['jboss-logging'],
  enabledEventTypes: [...new Set(Object.values(ACTIVITY))].sort(),
  adminEventsEnabled: false,
  adminEventsDetailsEnabled: false,
};

const GET_CONFIG = route({
  method: 'GET',
  path: '/events/config',
  spec: SPEC,
  summary: 'What the realm says about events; all are recorded, whatever it says',
  callers: callersWith('setting:read'),
  operation: EventsConfig,
  reply: {
    status: 200,
    schema: z.strictObject({ ...CONFIG.shape }),
    from: ({ tenant }) => {
      const stored = present(present(tenant).extraSettings);
      // The graph lets others store any JSON under these names.
      const kept = Object.entries(CONFIG.shape).filter(
        ([name, type]) => Object.hasOwn(stored, name) && type.safeParse(stored[name]).success,
      );
      return { ...USUAL, ...Object.fromEntries(kept.map(([name]) => [name, stored[name]])) };
    },
  },
});

const NOT_STORED = unusable('Could not update the events of the realm');

const UPDATE_CONFIG = route({
  method: 'PUT',
  path: '/events/config',
  spec: SPEC,
  summary: 'Changes what the realm says about events; what is not sent stays',
  callers: callersWith('setting:write'),
  operation: UpdateEventsConfig,
  input: { body: CONFIG },
  toVariables: ({ body }) => ({
    set: Object.fromEntries(Object.entries(body).filter(([, value]) => value != null)),
    remove: [],
  }),
  reply: { status: 204 },
  errors: { INVALID_INPUT: NOT_STORED, TENANT_SETTING_NOT_FOUND: NOT_STORED },
});

/** Events of the realm: docs/dialects/kobil.md, section 4.20. */
export const EVENT_ROUTES: readonly Route[] = [
  LIST,
  CHANGES,
  hiding('/events', 'ACTIVITY'),
  hiding('/admin-events', 'CHANGES'),
  GET_CONFIG,
  UPDATE_CONFIG,
];
