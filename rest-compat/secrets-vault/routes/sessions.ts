import { z } from 'zod';
import { presentItems, type Route, type RouteCallers, route } from '../../engine/index.ts';
import { detail, FORBIDDEN } from '../errors.ts';
import {
  EndCallerSession,
  OwnSessions,
  type OwnSessionsData,
  ResetOwnSessions,
  RevokeOwnSession,
} from '../operations.generated.ts';
import { NO_OWNER, OWNER } from '../owner.ts';

/** Most sessions of a list: a page of the graph inside the process. */
const MAX_LISTED = 10_000;
const SESSION_UNKNOWN = detail(404, 'Session not found');

/** Users with an access token. */
const USERS: RouteCallers = { bearer: { user: ['openid'] } };

const SESSION = z.strictObject({
  session_id: z.string(),
  tenant_id: z.string(),
  client_id: z.string().nullable().describe('The client for which the user signed in; the session serves all.'),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  current: z.boolean(),
});

type ShownSession = NonNullable<NonNullable<OwnSessionsData['sessions']>['nodes'][number]>;

/** A session ends unused, or in any case, whichever is earlier. */
const showSession = (session: ShownSession, tenantName: string): z.input<typeof SESSION> => ({
  session_id: session.sessionId,
  tenant_id: tenantName,
  client_id: session.clientId,
  created_at: session.createdAt,
  last_used_at: session.lastUsedAt,
  expires_at: session.idleExpiresAt < session.expiresAt ? session.idleExpiresAt : session.expiresAt,
  ip: session.ip,
  user_agent: session.userAgent,
  current: session.isCurrent,
});

/** The sessions of the caller: docs/dialects/secrets-vault.md, section 15. */
export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/auth/logout',
    spec: 'section 15 (AUTH-7)',
    summary: 'Ends the session of the caller',
    rateLimit: { name: 'logout', per: 'address', requests: 20, seconds: 1 },
    callers: USERS,
    tenant: 'caller',
    operation: EndCallerSession,
    lookups: OWNER,
    missing: NO_OWNER,
    reply: { status: 200, schema: z.null(), from: () => null },
    errors: { SESSION_NOT_FOUND: SESSION_UNKNOWN },
  }),
  route({
    method: 'POST',
    path: '/auth/sessions/revoke',
    spec: 'section 15 (AUTH-8)',
    summary: 'Ends a session of the caller',
    callers: USERS,
    tenant: 'caller',
    operation: RevokeOwnSession,
    input: { body: z.object({ session_id: z.string().min(1) }) },
    lookups: OWNER,
    missing: NO_OWNER,
    toVariables: ({ body }) => ({ sessionId: body.session_id }),
    reply: {
      status: 200,
      schema: z.strictObject({ session_id: z.string() }),
      from: (_, { body }) => ({ session_id: body.session_id }),
    },
    errors: { SESSION_NOT_FOUND: SESSION_UNKNOWN, NOT_FOUND: SESSION_UNKNOWN, ACCOUNT_GUARDED: FORBIDDEN },
  }),
  route({
    method: 'POST',
    path: '/auth/sessions/revoke-all',
    spec: 'section 15 (AUTH-9)',
    summary: 'Ends all sessions and tokens of the caller',
    callers: USERS,
    tenant: 'caller',
    operation: ResetOwnSessions,
    lookups: OWNER,
    missing: NO_OWNER,
    toVariables: (_, { owner }) => ({ userId: owner }),
    reply: { status: 200, schema: z.null(), from: () => null },
    errors: { USER_NOT_FOUND: SESSION_UNKNOWN, ACCOUNT_GUARDED: FORBIDDEN },
  }),
  route({
    method: 'GET',
    path: '/auth/sessions',
    spec: 'section 15 (AUTH-10)',
    summary: 'The sessions of the caller, newest first',
    callers: { ...USERS, apiKey: ['USER:READ', 'USER'] },
    tenant: 'caller',
    operation: OwnSessions,
    lookups: OWNER,
    missing: NO_OWNER,
    toVariables: (_, { owner }) => ({ userId: owner, first: MAX_LISTED }),
    reply: {
      status: 200,
      schema: z.strictObject({ sessions: z.array(SESSION), total: z.int() }),
      from: ({ sessions }, { tenantName }) => {
        const shown = presentItems(sessions.nodes).map((session) => showSession(session, tenantName));
        return { sessions: shown, total: shown.length };
      },
    },
  }),
];
