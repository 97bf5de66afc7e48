import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { BAD_REQUEST, SESSION_UNKNOWN } from '../errors.ts';
import {
  ClientSessionStats,
  EndAllSessions,
  EndOneSession,
  PushRevocation,
  TouchRealm,
} from '../operations.generated.ts';

const SPEC = '4.20';
const NOTHING = z.strictObject({}).describe('Always empty, because nobody waits for the clients.');

const LOGOUT_ALL = route({
  method: 'POST',
  path: '/logout-all',
  spec: SPEC,
  summary: 'Ends the sessions of all users, but of those who may do more than the caller',
  callers: callersWith('session:revoke'),
  operation: EndAllSessions,
  reply: { status: 200, schema: NOTHING, from: () => ({}) },
});

const END = route({
  method: 'DELETE',
  path: '/sessions/{id}',
  spec: SPEC,
  summary: 'Ends a session',
  callers: callersWith('session:revoke'),
  operation: EndOneSession,
  input: {
    params: z.object({ id: z.string().max(255) }),
    query: z.object({ isOffline: z.enum(['true', 'false']).optional().describe('Has no effect: a session is one.') }),
  },
  toVariables: ({ params }) => ({ sessionId: params.id }),
  reply: { status: 204 },
  errors: {
    SESSION_NOT_FOUND: SESSION_UNKNOWN,
    INVALID_INPUT: { ...BAD_REQUEST, at: { sessionId: SESSION_UNKNOWN } },
    NOT_FOUND: SESSION_UNKNOWN,
  },
});

const STATS = route({
  method: 'GET',
  path: '/client-session-stats',
  spec: SPEC,
  summary: 'The clients that have sessions, or access that goes on without one; at most 100,000 grants are counted',
  callers: callersWith('session:read'),
  operation: ClientSessionStats,
  reply: {
    status: 200,
    schema: z.array(
      z.strictObject({
        id: z.string(),
        clientId: z.string(),
        active: z.string().describe('A number.'),
        offline: z.string().describe('A number.'),
      }),
    ),
    from: ({ clientSessionCounts }) =>
      presentItems(clientSessionCounts).map(({ clientUuid, clientId, active, offline }) => ({
        id: clientUuid,
        clientId,
        active: String(active),
        offline: String(offline),
      })),
  },
});

/** Asks whether the caller may change the realm, and changes nothing. */
const touching = {
  method: 'POST' as const,
  spec: SPEC,
  callers: callersWith('tenant:write'),
  operation: TouchRealm,
  // Only a change of the realm gives it.
  errors: { TENANT_PROTECTED: BAD_REQUEST },
};

const PUSH_REVOCATION = route({
  method: 'POST',
  path: '/push-revocation',
  spec: SPEC,
  summary: 'Sends clients the moment before which their tokens are refused, and waits for no answers',
  callers: callersWith('client:write'),
  operation: PushRevocation,
  reply: { status: 200, schema: NOTHING, from: () => ({}) },
});

const clearing = (cache: string): Route =>
  route({
    ...touching,
    path: `/clear-${cache}-cache`,
    summary: 'Does nothing: caches of this service follow each change by themselves',
    reply: { status: 204 },
  });

/** Sessions and caches of the realm: docs/dialects/kobil.md, section 4.20. */
export const SESSION_ROUTES: readonly Route[] = [
  LOGOUT_ALL,
  END,
  STATS,
  PUSH_REVOCATION,
  ...['realm', 'user', 'keys', 'crl'].map(clearing),
];
