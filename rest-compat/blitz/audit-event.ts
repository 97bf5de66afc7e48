import { z } from 'zod';
import type { ItemOf } from '../engine/index.ts';
import { eventPrms } from './event-prms.ts';
import { eventName } from './events.ts';
import type { AuditData } from './operations.generated.ts';
import type { NamedVersion } from './user-agent.ts';

const TEXT = z.string().optional();
const NAMED = z.object({ name: TEXT, version: TEXT });

/** The body of an event (docs/dialects/blitz.md, section 4); unknown members are left out. */
export const AUDIT_EVENT = z.object({
  type: z.string(),
  ts: z.int().describe('Milliseconds since the epoch.'),
  sbj: TEXT.describe('Who acted: a user, or the application of a call in system mode.'),
  obj: TEXT.describe('The account acted on.'),
  ip: z.union([z.int(), z.string()]).optional().describe('IPv4 as an unsigned number of 32 bits, IPv6 as text.'),
  ua: z.union([z.string(), z.object({ browser: NAMED, os: NAMED })]).optional(),
  cId: TEXT.describe('The application.'),
  cAthM: TEXT.describe('How the application authenticated.'),
  lpId: TEXT.describe('The application that started the sign-in.'),
  pid: TEXT,
  proc: TEXT,
  sid: TEXT,
  prms: z.record(z.string(), z.string()),
});

/** An event of the graph. */
type AuditEvent = ItemOf<AuditData['accountEvents']['nodes']>;

/** Names of processes by `Origin.api`. The manual names only `api` for REST and `profile`; the other names are assumptions. */
const PROCESSES: Readonly<Record<string, string>> = { rest: 'api', graphql: 'api', oauth: 'login', internal: 'system' };

/** Converts an event to the shape of the manual. */
export function auditEvent(event: AuditEvent): z.input<typeof AUDIT_EVENT> {
  const application = event.clientId ?? undefined;
  return {
    type: eventName(event.type, event.params),
    ts: Date.parse(event.occurredAt),
    // For an anonymous caller only the application is known, not who acted.
    sbj: event.actorKind === 'anonymous' ? undefined : (event.actorId ?? undefined),
    obj: event.subjectId ?? undefined,
    ip: event.ip === null ? undefined : addressNumber(event.ip),
    ua: event.userAgent ?? (event.parsedUserAgent == null ? undefined : split(event.parsedUserAgent)),
    cId: application,
    cAthM: event.clientAuth ?? undefined,
    lpId: event.actorKind === 'application' ? undefined : application,
    pid: event.processId ?? undefined,
    proc: PROCESSES[event.api] ?? event.api,
    sid: event.sessionId ?? undefined,
    prms: eventPrms(event),
  };
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Converts 203.0.113.7 to 3405803783; an IPv6 address stays a text. */
export function addressNumber(ip: string): number | string {
  if (!IPV4.test(ip)) return ip;
  let number = 0;
  for (const part of ip.split('.')) number = number * 256 + Number(part);
  return number;
}

const known = ({ name, version }: NamedVersion) => ({ name: name ?? undefined, version: version ?? undefined });

const split = ({ browser, os }: { browser: NamedVersion; os: NamedVersion }) => ({
  browser: known(browser),
  os: known(os),
});
