import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../engine/index.ts';
import { EndSession, type EndSessionData, PostEndSession, SignOut } from './operations.generated.ts';

/** What the browser does next: the page where nobody is signed in any more, unless it is sent on. */
function signOutAnswer({ endSession: { answer } }: EndSessionData): BrowserAnswer {
  if ('redirectTo' in answer) return { redirectTo: answer.redirectTo };
  if ('pageUrl' in answer) return { redirectTo: answer.pageUrl };
  const { application } = answer;
  return {
    document: 'sign-in',
    state: { page: 'signed-out', application, returnTo: application?.clientUri ?? null },
  };
}

/**
 * Makes the row of the endpoint that signs users out (OpenID Connect RP-Initiated Logout section 2).
 * @param status That of redirects. Default 303.
 */
export const endSessionRow = (path: string, spec: string, status: 302 | 303 = 303): Route =>
  route({
    method: 'GET',
    path,
    spec,
    summary: 'Signs the user of the browser out',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: EndSession,
    input: { query: 'raw' },
    toVariables: ({ query }) => ({ parameters: query }),
    reply: { status, as: 'browser', from: signOutAnswer },
  });

/**
 * Makes the row for what is posted to that endpoint. The browser goes on with a GET: it sends no cookie with a POST of another
 * site.
 */
export const postEndSessionRow = (path: string): Route =>
  route({
    method: 'POST',
    path,
    spec: 'RP-Initiated Logout 2',
    summary: 'Signs the user of the browser out',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: PostEndSession,
    input: { form: 'raw' },
    toVariables: ({ form }) => ({ parameters: form }),
    reply: { status: 303, as: 'browser', from: ({ keepPostedRequest: kept }): BrowserAnswer => kept },
  });

/** The page that asks the user. */
export const SIGN_OUT_PAGE: Route = route({
  method: 'GET',
  path: '/sign-out/{handle}',
  spec: 'RP-Initiated Logout 2',
  summary: 'Page that asks the user who signs out',
  callers: { browser: true },
  faults: 'page',
  opener: true,
  operation: SignOut,
  input: { params: z.object({ handle: z.string().describe('Names the sign-out.') }) },
  toVariables: ({ params: { handle } }) => ({ handle }),
  reply: {
    status: 303,
    as: 'browser',
    from: ({ signOut }): BrowserAnswer => ({ document: 'sign-in', state: { page: 'sign-out', ...signOut } }),
  },
});
