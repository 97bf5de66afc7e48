import { z } from 'zod';
import { type BrowserAnswer, type Route, route } from '../engine/index.ts';
import { OpenAccountLinking, type OpenAccountLinkingData } from './operations.generated.ts';

const HANDLE = z.string().describe('Names the linking.');
const SIGN_IN = z.string().describe('Names the sign-in from which the browser comes back.');

function linkingAnswer({ openAccountLinking: { answer } }: OpenAccountLinkingData): BrowserAnswer {
  if ('pageUrl' in answer) return { redirectTo: answer.pageUrl };
  if ('redirectTo' in answer) return { redirectTo: answer.redirectTo };
  return { document: 'sign-in', state: { page: 'link-account', ...answer } };
}

const SHARED = {
  method: 'GET',
  spec: 'RFC 9700 4.7',
  summary: 'Page that asks before an external account is linked',
  callers: { browser: true },
  faults: 'page',
  opener: true,
} as const;

/** The page between the visit to a federation provider and the link, where it is opened and after a sign-in. */
export const LINKING_PAGES: readonly Route[] = [
  route({
    ...SHARED,
    path: '/link-account/{handle}',
    operation: OpenAccountLinking,
    input: { params: z.object({ handle: HANDLE }) },
    toVariables: ({ params: { handle } }) => ({ handle }),
    reply: { status: 303, as: 'browser', from: linkingAnswer },
  }),
  route({
    ...SHARED,
    path: '/link-account/{handle}/{interaction}',
    operation: OpenAccountLinking,
    input: { params: z.object({ handle: HANDLE, interaction: SIGN_IN }) },
    toVariables: ({ params: { handle, interaction } }) => ({ handle, interactionHandle: interaction }),
    reply: { status: 303, as: 'browser', from: linkingAnswer },
  }),
];
