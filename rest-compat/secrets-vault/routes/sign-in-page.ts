import { z } from 'zod';
import { plainRow, type Route } from '../../engine/index.ts';

/** A handle (docs/ids.md). */
const HANDLE = z.string().regex(/^[\w-]{43}$/);
const HINT = z.string().optional();

/** The address to which this dialect sends browsers for a sign-in. It leads to the page of the sign-in, which tells who may go on. */
export const SIGN_IN_PAGE_ROUTES: readonly Route[] = [
  plainRow({
    method: 'GET',
    path: '',
    name: 'SignInPage',
    spec: 'section 14',
    summary: 'Leads to the page on which a user signs in',
    callers: { browser: true },
    opener: true,
    tenant: [
      { in: 'query', name: 'auth_req_id', as: 'handle' },
      { in: 'query', name: 'tenant_id' },
    ],
    input: {
      query: z.object({
        auth_req_id: HANDLE.describe('The authorization request.'),
        tenant_id: z.string().optional(),
        client_id: HINT,
        login_hint: HINT,
        email_hint: HINT,
      }),
    },
    reply: {
      status: 302,
      as: 'browser',
      from: (_, { query, tenantName }) => ({
        redirectTo: `/t/${encodeURIComponent(tenantName)}/sign-in/${query.auth_req_id}`,
      }),
    },
  }),
];
