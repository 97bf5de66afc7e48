import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { SUBJECT } from '../errors.ts';
import { consentClientOf, consentIdOf, subjectIdOf } from '../identifiers.ts';
import { Consents, RevokeConsent } from '../operations.generated.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const ACLS = '/api/v3/users/{subjectId}/acls';

/** Permissions that users gave to applications: docs/dialects/blitz.md, section 2.9. */
export const CONSENT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: ACLS,
    spec: '2.9 (17)',
    summary: 'Permissions the user granted to applications',
    callers: { bearer: { user: ['blitz_api_usec'], app: ['blitz_api_sys_usec'] } },
    operation: Consents,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: z.array(
        z.object({
          id: z.string(),
          updated: z.int().describe('Milliseconds since the epoch.'),
          client_id: z.string(),
          scopes: z.array(z.string()),
        }),
      ),
      from: ({ consents }) =>
        presentItems(consents).map(({ userId, clientId, scopes, updatedAt }) => ({
          id: consentIdOf(userId, clientId),
          updated: Date.parse(updatedAt),
          client_id: clientId,
          scopes,
        })),
    },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: `${ACLS}/{id}`,
    spec: '2.9 (18)',
    summary: 'Revokes the permissions of an application and ends its tokens for the user',
    callers: { bearer: { user: ['blitz_api_usec_chg'], app: ['blitz_api_sys_usec_chg'] } },
    operation: RevokeConsent,
    input: {
      params: SUBJECT_PATH.extend({ id: z.string().describe('`<subjectId>_<client_id>`, as in the list.') }),
      headers: END_USER,
    },
    toVariables: ({ params }) => {
      const userId = subjectIdOf(params.subjectId);
      return { userId, clientId: consentClientOf(params.id, userId) };
    },
    reply: { status: 204 },
    errors: SUBJECT,
  }),
];
