import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../../engine/index.ts';
import { EndSession, type EndSessionData, PostEndSession } from '../../oidc/operations.generated.ts';
import { toParameters } from '../authorization.ts';

const OPTIONAL = z.string().optional();
/** Parameters of OpenID Connect RP-Initiated Logout section 2. */
const LOGOUT = {
  state: OPTIONAL,
  post_logout_redirect_uri: OPTIONAL.describe('A registered address to which the browser returns.'),
  client_id: OPTIONAL,
  ui_locales: OPTIONAL,
};
const HINT = z.string().describe('An ID token of the session; it may have expired.');

/** The tenant is that of the ID token, or of the request that was posted. */
const TENANT = [
  { in: 'query', name: 'id_token_hint', as: 'handle' },
  { in: 'query', name: 'posted_request', as: 'handle' },
] as const;

/** What the browser does next. Programs get `null` where nobody is signed in any more, and people a page. */
function logoutAnswer({ endSession: { answer } }: EndSessionData): BrowserAnswer {
  if ('redirectTo' in answer) return { redirectTo: answer.redirectTo };
  if ('pageUrl' in answer) return { redirectTo: answer.pageUrl };
  const { application } = answer;
  const state = { page: 'signed-out', application, returnTo: application?.clientUri ?? null };
  return { document: 'sign-in', state, forPrograms: null };
}

/** Below `/api/auth/oidc`: sign-out by applications, which send the browser (OpenID Connect RP-Initiated Logout). */
export const LOGOUT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/logout',
    spec: 'section 15 (AUTH-5)',
    summary: 'Signs the user of an ID token out; without one a page asks first',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    tenant: TENANT,
    operation: EndSession,
    input: {
      query: z.object({
        id_token_hint: HINT.optional(),
        ...LOGOUT,
        posted_request: OPTIONAL.describe('Names a request that was posted.'),
      }),
    },
    toVariables: ({ query }) => ({ parameters: toParameters(query) }),
    reply: { status: 302, as: 'browser', forPrograms: z.null(), from: logoutAnswer },
  }),
  route({
    method: 'POST',
    path: '/logout',
    spec: 'section 15 (AUTH-6)',
    summary: 'Signs the user of an ID token out',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    tenant: { in: 'form', name: 'id_token_hint', as: 'handle' },
    operation: PostEndSession,
    input: { form: z.object({ id_token_hint: HINT, ...LOGOUT }) },
    toVariables: ({ form }) => ({ parameters: toParameters(form) }),
    reply: { status: 303, as: 'browser', from: ({ keepPostedRequest }): BrowserAnswer => keepPostedRequest },
  }),
];
