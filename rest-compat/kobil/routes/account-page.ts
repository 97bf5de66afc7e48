import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../../engine/index.ts';
import { OpenAccountPage, type OpenAccountPageData, OpenPasswordReset } from '../operations.generated.ts';

/** Where the browser goes, or the page; somebody who gave the sign-in up gets the page that says so. */
function accountAnswer({ openAccountPage: { redirectTo, isSignedIn, ...place } }: OpenAccountPageData): BrowserAnswer {
  if (redirectTo !== null) return { redirectTo };
  if (isSignedIn) return { document: 'sign-in', state: { page: 'account', ...place } };
  return { document: 'sign-in', state: { page: 'signed-out', returnTo: place.pageUrl, application: null } };
}

const SHARED = {
  method: 'GET',
  spec: '3.8',
  callers: { browser: true },
  faults: 'page',
  operation: OpenAccountPage,
  reply: { status: 302, as: 'browser', from: accountAnswer },
} as const;

/** The page on which users change their accounts, and the address to which its sign-in leads back. */
export const ACCOUNT_PAGE_ROUTES: readonly Route[] = [
  route({
    ...SHARED,
    path: '/page',
    summary: 'Page on which users change their accounts',
    input: {
      query: z.object({
        again: z.string().optional().describe('`1`: the user signs in again, because a change needs a recent sign-in.'),
      }),
    },
    toVariables: ({ query: { again } }) => ({ isAgain: again === '1' }),
  }),
  route({
    ...SHARED,
    path: '/page/{handle}',
    summary: 'Leads back to the page after a sign-in',
    input: { params: z.object({ handle: z.string().describe('Names the sign-in.') }) },
    toVariables: ({ params: { handle } }) => ({ handle }),
  }),
];

/** Where links to a forgotten password lead: to a sign-in that begins with it, and ends at the page of the account. */
export const PASSWORD_RESET_ROUTE: Route = route({
  method: 'GET',
  path: '/reset-credentials',
  spec: '3.8',
  summary: 'Leads a user who has forgotten the password to the page for a new one',
  callers: { browser: true },
  faults: 'page',
  operation: OpenPasswordReset,
  reply: {
    status: 302,
    as: 'browser',
    from: ({ openAccountPage }): BrowserAnswer => ({ redirectTo: openAccountPage.redirectTo! }),
  },
});
