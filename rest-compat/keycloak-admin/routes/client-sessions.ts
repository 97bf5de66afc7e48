import { z } from 'zod';
import { invalidField } from '../../../src/kernel/index.ts';
import { present, presentItems, type Route, route } from '../../engine/index.ts';
import { HIDDEN_SECRET } from '../../realm-clients/client.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { CLIENT_ERRORS, CLIENT_PATH, NO_CLIENT } from '../client-path.ts';
import { BAD_REQUEST, CLIENT_UNKNOWN, PAGE_TOO_LARGE, PROVIDER_UNKNOWN } from '../errors.ts';
import {
  ClientInstallation,
  type ClientInstallationData,
  CountOfflineSessionsOfClient,
  CountSessionsOfClient,
  IdentifyClient,
  OfflineSessionsOfClient,
  SessionsOfClient,
} from '../operations.generated.ts';
import { assertAll, FIRST_PAGE, toWholeWindow, WHOLE_PAGE_PARAMETERS } from '../paging.ts';
import { SESSION, showOffline, showSession } from '../session.ts';

const SPEC = '4.10';
const CLIENT_BY_ID = '/clients/{id}';
const PAGE = z.object(WHOLE_PAGE_PARAMETERS);
const LIST_ERRORS = {
  NOT_FOUND: CLIENT_UNKNOWN,
  INVALID_INPUT: { ...BAD_REQUEST, at: { clientId: CLIENT_UNKNOWN, max: PAGE_TOO_LARGE } },
};

const SESSIONS = route({
  method: 'GET',
  path: `${CLIENT_BY_ID}/user-sessions`,
  spec: SPEC,
  summary: 'Sessions in which a client has valid tokens, newest first',
  callers: callersWith('session:read'),
  operation: SessionsOfClient,
  input: { params: CLIENT_PATH, query: PAGE },
  ...NO_CLIENT,
  toVariables: ({ query }, found) => ({ ...toWholeWindow(query), clientId: found.client.id }),
  reply: {
    status: 200,
    schema: z.array(SESSION),
    from: ({ sessions }, { query }) => {
      assertAll(query, present(sessions).totalCount ?? 0);
      return presentItems(present(sessions).nodes).map((session) => showSession(session, present(session.user)));
    },
  },
  errors: LIST_ERRORS,
});

const OFFLINE_SESSIONS = route({
  method: 'GET',
  path: `${CLIENT_BY_ID}/offline-sessions`,
  spec: SPEC,
  summary: 'Access of a client that goes on without a session, newest first',
  callers: callersWith('session:read'),
  operation: OfflineSessionsOfClient,
  input: { params: CLIENT_PATH, query: PAGE },
  ...NO_CLIENT,
  toVariables: ({ query }, found) => ({ ...toWholeWindow(query), clientId: found.client.id }),
  reply: {
    status: 200,
    schema: z.array(SESSION),
    from: ({ offlineAccess }, { query }) => {
      assertAll(query, offlineAccess.totalCount ?? 0);
      return presentItems(offlineAccess.nodes).map(({ user, ...access }) => showOffline(access, present(user)));
    },
  },
  errors: LIST_ERRORS,
});

const COUNT = z.strictObject({ count: z.number().int() });

const SESSION_COUNT = route({
  method: 'GET',
  path: `${CLIENT_BY_ID}/session-count`,
  spec: SPEC,
  summary: 'In how many sessions a client has valid tokens; at most 100,000 are counted',
  callers: callersWith('session:read'),
  operation: CountSessionsOfClient,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: (_request, found) => ({ clientId: found.client.id, after: FIRST_PAGE }),
  reply: {
    status: 200,
    schema: COUNT,
    from: ({ sessions }) => ({ count: present(present(sessions).totalCount) }),
  },
  errors: CLIENT_ERRORS,
});

const OFFLINE_SESSION_COUNT = route({
  method: 'GET',
  path: `${CLIENT_BY_ID}/offline-session-count`,
  spec: SPEC,
  summary: 'How often a client has access that goes on without a session; at most 100,000 are counted',
  callers: callersWith('session:read'),
  operation: CountOfflineSessionsOfClient,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: (_request, found) => ({ clientId: found.client.id, after: FIRST_PAGE }),
  reply: { status: 200, schema: COUNT, from: ({ offlineAccess }) => ({ count: present(offlineAccess.totalCount) }) },
  errors: CLIENT_ERRORS,
});

const PUSH_REVOCATION = route({
  method: 'POST',
  path: `${CLIENT_BY_ID}/push-revocation`,
  spec: SPEC,
  summary: 'Sends no message, because `notBefore` of a client acts at once',
  callers: callersWith('client:read'),
  operation: IdentifyClient,
  input: { params: CLIENT_PATH },
  ...NO_CLIENT,
  toVariables: ({ params }) => ({ clientId: params.id }),
  reply: { status: 200, schema: z.strictObject({}), from: () => ({}) },
  errors: CLIENT_ERRORS,
});

/** The one form in which the settings of an application are given out. */
const PROVIDER = 'keycloak-oidc-keycloak-json';
/** @throws INVALID_INPUT There is no such form. */
function assertProvider(providerId: string): void {
  if (providerId !== PROVIDER) throw invalidField('providerId', 'PROVIDER_UNKNOWN', 'There is no such form.');
}
const ADMINISTRATION = '/admin/realms/';

/** Settings for the older adapters of Keycloak, as a file. */
function showInstallation(
  { client, clientSecret }: ClientInstallationData,
  tenantName: string,
  baseUrl: string,
): string {
  const access =
    client.type === 'PUBLIC' ? { 'public-client': true } : { credentials: { secret: clientSecret ?? HIDDEN_SECRET } };
  const settings = {
    realm: tenantName,
    'auth-server-url': `${baseUrl.slice(0, baseUrl.lastIndexOf(ADMINISTRATION))}/`,
    'ssl-required': 'external',
    resource: client.clientId,
    ...access,
    'confidential-port': 0,
  };
  return JSON.stringify(settings, null, 2);
}

const INSTALLATION = route({
  method: 'GET',
  path: `${CLIENT_BY_ID}/installation/providers/{providerId}`,
  spec: SPEC,
  summary: 'The settings of an application as a file, with its secret, which is recorded',
  callers: callersWith('client-secret:read'),
  operation: ClientInstallation,
  input: { params: CLIENT_PATH.extend({ providerId: z.string().max(255) }) },
  ...NO_CLIENT,
  toVariables: ({ params }, { client: { id, hasReadableSecret } }) => {
    assertProvider(params.providerId);
    return { clientId: id, isReadable: hasReadableSecret };
  },
  reply: {
    status: 200,
    as: 'text',
    schema: z.string(),
    from: (data, { tenantName, baseUrl }) => showInstallation(data, tenantName, baseUrl),
  },
  errors: { NOT_FOUND: CLIENT_UNKNOWN, INVALID_INPUT: { ...CLIENT_UNKNOWN, at: { providerId: PROVIDER_UNKNOWN } } },
});

/** Sessions and settings of clients: docs/dialects/kobil.md, section 4.10. */
export const CLIENT_SESSION_ROUTES: readonly Route[] = [
  SESSIONS,
  OFFLINE_SESSIONS,
  SESSION_COUNT,
  OFFLINE_SESSION_COUNT,
  PUSH_REVOCATION,
  INSTALLATION,
];
