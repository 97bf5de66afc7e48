import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../engine/index.ts';
import { authorizationAnswer } from './authorization.ts';
import { makeEndPage, makeLinkPage } from './mailed-link-page.ts';
import { MailedLink, ResumeMailedLink, UseMailedLink, type UseMailedLinkData } from './operations.generated.ts';

const QUERY = z.object({
  key: z.string().max(255).describe('The secret of the link.'),
  client_id: z.string().max(255).optional().describe('The application to which the link leads.'),
});

/** What the browser does next. */
function linkAnswer(answer: UseMailedLinkData['useMailedLink']['answer']): BrowserAnswer {
  return 'isCompleted' in answer ? { page: makeEndPage(answer.isCompleted) } : authorizationAnswer(answer);
}

/**
 * Where the form of the page may lead: to this service, and to addresses of the scheme to which the answer goes, because browsers hold
 * a form to its policy through all redirects, those of the application among them.
 */
export const formTargets = (returnsTo: string | null): readonly string[] =>
  returnsTo === null ? ["'self'"] : ["'self'", new URL(returnsTo).protocol];

const SHARED = { callers: { browser: true }, faults: 'page', opener: true } as const;

/**
 * Makes the rows of links in mails: a page, which uses nothing up, however often mail scanners and browsers load it; its button; and
 * the address to which further pages lead back.
 * @param status That of redirects. Default 303.
 */
export const mailedLinkRows = (path: string, spec: string, status: 302 | 303 = 303): readonly Route[] => [
  route({
    ...SHARED,
    method: 'GET',
    path,
    spec,
    summary: 'Page of a link in a mail, which uses nothing up',
    operation: MailedLink,
    input: { query: QUERY },
    toVariables: ({ query }) => ({ key: query.key, clientId: query.client_id ?? null }),
    reply: {
      status,
      as: 'browser',
      from: ({ mailedLink }): BrowserAnswer => ({
        page: makeLinkPage(mailedLink),
        formAction: formTargets(mailedLink.returnsTo),
      }),
    },
  }),
  route({
    ...SHARED,
    method: 'POST',
    path,
    spec,
    summary: 'Uses a link up: signs its user in, or leads to what there is to do',
    ownPagesOnly: true,
    operation: UseMailedLink,
    input: { query: QUERY },
    toVariables: ({ query }) => ({ key: query.key, clientId: query.client_id ?? null }),
    reply: { status, as: 'browser', from: ({ useMailedLink }) => linkAnswer(useMailedLink.answer) },
  }),
  route({
    ...SHARED,
    method: 'GET',
    path: `${path}/{handle}`,
    spec,
    summary: 'Leads on after the pages to which a link led',
    operation: ResumeMailedLink,
    input: { params: z.object({ handle: z.string().describe('Names the pages.') }) },
    toVariables: ({ params: { handle } }) => ({ handle }),
    reply: { status, as: 'browser', from: ({ resumeMailedLink }) => linkAnswer(resumeMailedLink.answer) },
  }),
];
