import { z } from 'zod';
import { type BrowserAnswer, plainRow, type Route, route } from '../engine/index.ts';
import { makeConfirmedPage, makeConfirmPage } from './mailed-link-page.ts';
import { ConfirmEmail, ImageProofDemands } from './operations.generated.ts';

const QUERY = z.object({ code: z.string().max(255).describe('The code of the mail.') });

const SHARED = { callers: { browser: true }, faults: 'page', spec: 'docs/image-proof.md' } as const;

/**
 * The pages to which mails about accounts lead. Loading one uses nothing up, because mail scanners and browsers open addresses that
 * nobody has clicked; the button of the page does.
 */
export const ACCOUNT_MAIL_PAGES: readonly Route[] = [
  plainRow({
    ...SHARED,
    method: 'GET',
    path: '/oauth/confirm-email',
    name: 'ConfirmEmailPage',
    summary: 'Page of a mail that confirms an address, which uses nothing up',
    input: { query: QUERY },
    reply: { status: 303, as: 'browser', from: () => ({ page: makeConfirmPage(), formAction: ["'self'"] }) },
  }),
  route({
    ...SHARED,
    method: 'POST',
    path: '/oauth/confirm-email',
    summary: 'Confirms the address to which a code was mailed',
    ownPagesOnly: true,
    operation: ConfirmEmail,
    input: { query: QUERY },
    toVariables: ({ query: { code } }) => ({ code }),
    reply: { status: 303, as: 'browser', from: () => ({ page: makeConfirmedPage() }) },
  }),
  route({
    ...SHARED,
    method: 'GET',
    path: '/oauth/image-reset',
    summary: 'Page of a mail about a lost image; the code stands behind `#` in its address',
    operation: ImageProofDemands,
    reply: {
      status: 303,
      as: 'browser',
      from: ({ imageProofDemands: demands }): BrowserAnswer => ({
        document: 'sign-in',
        state: { page: 'image-reset', demands },
      }),
    },
  }),
];
