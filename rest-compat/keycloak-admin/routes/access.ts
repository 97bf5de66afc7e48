import { z } from 'zod';
import { lookup, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { shownClient } from '../client-path.ts';
import { CLIENT_UNKNOWN, CONSENT_UNKNOWN, LINK_UNKNOWN, NOT_FOUND, refusedWith, unusable } from '../errors.ts';
import {
  Consents,
  EndSessions,
  ExternalAccounts,
  IdentifyClient,
  LinkAccount,
  OfflineSessionsOfUser,
  RevokeConsent,
  SessionsOfUser,
  type SessionsOfUserData,
  UnlinkAccounts,
} from '../operations.generated.ts';
import { LARGEST_PAGE } from '../paging.ts';
import { toId } from '../scope-owner.ts';
import { SESSION, showOffline, showSession } from '../session.ts';
import { NO_USER, OF_NO_USER, USER_PATH } from '../user-path.ts';

const SPEC = '4.7';

/** The sessions of browsers; those that go on without one are no part of the list. */
const showSessions = ({ user, sessions }: SessionsOfUserData) =>
  presentItems(sessions.nodes)
    .filter(({ isOffline }) => !isOffline)
    .map((session) => showSession(session, user));

const SESSIONS = route({
  method: 'GET',
  path: '/users/{id}/sessions',
  spec: SPEC,
  summary: 'Active sessions of a user, newest first, at most 10,000',
  callers: callersWith('session:read'),
  operation: SessionsOfUser,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id, first: LARGEST_PAGE }),
  reply: { status: 200, schema: z.array(SESSION), from: showSessions },
  errors: NO_USER,
});

const OFFLINE_PATH = USER_PATH.extend({ clientId: z.string().max(255).describe('Id of the client.') });

/** The client in the path, behind the user. */
const client = lookup({
  operation: IdentifyClient,
  toVariables: ({ params }: { readonly params: { readonly clientId: string } }) => ({
    clientId: toId(params.clientId),
  }),
  from: shownClient,
});

const OFFLINE_SESSIONS = route({
  method: 'GET',
  path: '/users/{id}/offline-sessions/{clientId}',
  spec: SPEC,
  summary: 'Access of a client to a user that goes on without a session, newest first, at most 10,000',
  callers: callersWith('session:read'),
  operation: OfflineSessionsOfUser,
  input: { params: OFFLINE_PATH },
  lookups: { client },
  toVariables: ({ params }, found) => ({ userId: params.id, clientId: found.client.id, first: LARGEST_PAGE }),
  reply: {
    status: 200,
    schema: z.array(SESSION),
    from: ({ user, offlineAccess }) => presentItems(offlineAccess.nodes).map((access) => showOffline(access, user)),
  },
  errors: NO_USER,
  missing: { client: CLIENT_UNKNOWN },
});

const LOGOUT = route({
  method: 'POST',
  path: '/users/{id}/logout',
  spec: SPEC,
  summary: 'Ends all sessions of a user',
  callers: callersWith('session:revoke'),
  operation: EndSessions,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: { status: 204 },
  errors: NO_USER,
});

const CONSENT = z.strictObject({
  clientId: z.string(),
  grantedClientScopes: z.array(z.string()),
  createdDate: z.number().int().describe('Milliseconds since 1970.'),
  lastUpdatedDate: z.number().int().describe('Milliseconds since 1970.'),
  additionalGrants: z.array(z.unknown()).describe('Always empty.'),
});

const CONSENTS = route({
  method: 'GET',
  path: '/users/{id}/consents',
  spec: SPEC,
  summary: 'What a user allowed applications',
  callers: callersWith('consent:read'),
  operation: Consents,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: {
    status: 200,
    schema: z.array(CONSENT),
    from: ({ consents }) =>
      presentItems(consents).map(({ clientId, scopes, createdAt, updatedAt }) => ({
        clientId,
        grantedClientScopes: scopes,
        createdDate: Date.parse(createdAt),
        lastUpdatedDate: Date.parse(updatedAt),
        additionalGrants: [],
      })),
  },
  errors: NO_USER,
});

const REVOKE_CONSENT = route({
  method: 'DELETE',
  path: '/users/{id}/consents/{clientId}',
  spec: SPEC,
  summary: 'Withdraws what a user allowed an application, whose tokens for the user end',
  callers: callersWith('consent:revoke'),
  operation: RevokeConsent,
  input: { params: USER_PATH.extend({ clientId: z.string().max(255) }) },
  toVariables: ({ params }) => ({ userId: params.id, clientId: params.clientId }),
  reply: { status: 204 },
  errors: { ...NO_USER, CONSENT_NOT_FOUND: CONSENT_UNKNOWN },
});

const LINK = z.strictObject({
  identityProvider: z.string(),
  userId: z.string(),
  userName: z.string().optional(),
});

const LINKS = route({
  method: 'GET',
  path: '/users/{id}/federated-identity',
  spec: SPEC,
  summary: 'Accounts at identity providers that are linked to a user',
  callers: callersWith('federation-link:read'),
  operation: ExternalAccounts,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: {
    status: 200,
    schema: z.array(LINK),
    from: ({ federationLinks }) =>
      presentItems(federationLinks).map(({ providerName, externalId, externalName }) => ({
        identityProvider: providerName,
        userId: externalId,
        ...(externalName === null ? {} : { userName: externalName }),
      })),
  },
  errors: NO_USER,
});

const LINK_PATH = USER_PATH.extend({ alias: z.string().max(255).describe('Name of the provider.') });
const ALREADY_LINKED = refusedWith(409, 'User is already linked with provider');

const ADD_LINK = route({
  method: 'POST',
  path: '/users/{id}/federated-identity/{alias}',
  spec: SPEC,
  summary: 'Links an account at an identity provider to a user, who may have one at each',
  callers: callersWith('federation-link:write'),
  operation: LinkAccount,
  input: {
    params: LINK_PATH,
    body: z.object({
      userId: z.string().describe('Id of the account there.'),
      userName: z.string().nullable().optional(),
    }),
  },
  toVariables: ({ params, body }) => ({
    userId: params.id,
    providerName: params.alias,
    externalId: body.userId,
    ...(body.userName == null || body.userName === '' ? {} : { externalName: body.userName }),
  }),
  reply: { status: 204 },
  errors: {
    NOT_FOUND: NO_USER.NOT_FOUND,
    INVALID_INPUT: { ...unusable('Could not update user!'), ...OF_NO_USER },
    FEDERATION_PROVIDER_NOT_FOUND: NOT_FOUND,
    LINK_ALREADY_BOUND: ALREADY_LINKED,
    LINK_LIMIT_REACHED: { ...unusable('Could not update user!'), at: { isOnlyOne: ALREADY_LINKED } },
  },
});

const REMOVE_LINK = route({
  method: 'DELETE',
  path: '/users/{id}/federated-identity/{alias}',
  spec: SPEC,
  summary: 'Unlinks the accounts of a user at an identity provider',
  callers: callersWith('federation-link:write'),
  operation: UnlinkAccounts,
  input: { params: LINK_PATH },
  toVariables: ({ params }) => ({ userId: params.id, providerName: params.alias }),
  reply: { status: 204 },
  errors: { ...NO_USER, LINK_NOT_FOUND: LINK_UNKNOWN },
});

/** Sessions, consents and linked accounts of users: docs/dialects/kobil.md, section 4.7. */
export const ACCESS_ROUTES: readonly Route[] = [
  SESSIONS,
  OFFLINE_SESSIONS,
  LOGOUT,
  CONSENTS,
  REVOKE_CONSENT,
  LINKS,
  ADD_LINK,
  REMOVE_LINK,
];
