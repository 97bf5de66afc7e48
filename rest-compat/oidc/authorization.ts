import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../engine/index.ts';
import {
  type AuthorizationAnswer,
  Authorize,
  AuthorizeRegistration,
  PostAuthorization,
  ResumeAuthorization,
} from './operations.generated.ts';

/** What the browser does next: on to the application, or to the page of the interaction. */
export function authorizationAnswer(answer: AuthorizationAnswer): BrowserAnswer {
  if ('redirectTo' in answer) return { redirectTo: answer.redirectTo };
  return 'action' in answer ? { post: answer } : { redirectTo: answer.pageUrl };
}

/**
 * Makes the rows of an authorization endpoint and of the address to which its pages lead back. What is posted goes on as a GET: a
 * browser sends no cookie with a POST of another site.
 * @param status That of redirects. Default 303.
 */
export const authorizationRows = (path: string, spec: string, status: 302 | 303 = 303): readonly Route[] => [
  route({
    method: 'GET',
    path,
    spec,
    summary: 'Signs a user in to an application',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: Authorize,
    input: { query: 'raw' },
    toVariables: ({ query }) => ({ parameters: query }),
    reply: { status, as: 'browser', from: ({ authorize }) => authorizationAnswer(authorize.answer) },
  }),
  route({
    method: 'POST',
    path,
    spec,
    summary: 'Signs a user in to an application',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: PostAuthorization,
    input: { form: 'raw' },
    toVariables: ({ form }) => ({ parameters: form }),
    reply: { status: 303, as: 'browser', from: ({ keepPostedRequest: kept }): BrowserAnswer => kept },
  }),
  route({
    method: 'GET',
    path: `${path}/{handle}`,
    spec,
    summary: 'Answers the application after the pages of a sign-in',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: ResumeAuthorization,
    input: { params: z.object({ handle: z.string().describe('Names the sign-in.') }) },
    toVariables: ({ params: { handle } }) => ({ handle }),
    reply: {
      status,
      as: 'browser',
      from: ({ resumeAuthorization }) => authorizationAnswer(resumeAuthorization.answer),
    },
  }),
];

/** Makes the row of an endpoint that is called as an authorization endpoint, for users who make an account first. */
export const registrationRow = (path: string, spec: string, status: 302 | 303): Route =>
  route({
    method: 'GET',
    path,
    spec,
    summary: 'Signs a user in to an application who makes an account first',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: AuthorizeRegistration,
    input: { query: 'raw' },
    toVariables: ({ query }) => ({ parameters: query }),
    reply: {
      status,
      as: 'browser',
      from: ({ authorizeRegistration }) => authorizationAnswer(authorizeRegistration.answer),
    },
  });
