import { z } from 'zod';
import { type BrowserAnswer, type ParsedRequest, type Route, route } from '../../engine/index.ts';
import { page, SUBJECT } from '../errors.ts';
import { ACCOUNT_ID, subjectIdOf } from '../identifiers.ts';
import {
  BeginAccountLinking,
  CompleteAccountLinking,
  ExternalAccounts,
  LinkExternalAccount,
  UnlinkExternalAccount,
} from '../operations.generated.ts';
import { inSampleOrder, popupPage } from '../quirks.ts';
import { EXTERNAL_ACCOUNTS, externalAccounts, REDIRECT_TO } from '../replies.ts';
import { END_USER, SUBJECT_PATH } from './input.ts';

const LINK_PATH = z.object({
  subjectId: ACCOUNT_ID,
  fpType: z.string().describe('Type of the provider.'),
  fpName: z.string().describe('Name of the provider.'),
  sid: z.string().describe('Id of the account at the provider.'),
});
const LINK = '/users/{subjectId}/fa/{fpType}/{fpName}/{sid}';
const READERS = { bearer: { user: ['blitz_api_ufa'], app: ['blitz_api_sys_ufa'] } } as const;
const WRITERS = { bearer: { user: ['blitz_api_ufa_chg'], app: ['blitz_api_sys_ufa_chg'] } } as const;

type LinkRequest = ParsedRequest<{ params: typeof LINK_PATH }>;

const linkVariables = ({ params: { subjectId, fpType, fpName, sid } }: Pick<LinkRequest, 'params'>) => ({
  userId: subjectIdOf(subjectId),
  providerType: fpType,
  providerName: fpName,
  externalId: sid,
});

/** Where the provider sends the browser after the first stage of `bind`. */
const CALLBACK = '/api/users/current/fps/bind/cb';

const ON_A_PAGE = {
  INVALID_INPUT: page(400),
  NOT_FOUND: page(404),
  TENANT_UNKNOWN: page(404),
  ACCOUNT_LINK_STATE_INVALID: page(400),
  BROWSER_REQUIRED: page(400),
};

/** Accounts at external providers: docs/dialects/blitz.md, section 2.15. */
export const FEDERATION_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}/fa',
    spec: '2.15 (30)',
    summary: 'External accounts of a user',
    callers: READERS,
    operation: ExternalAccounts,
    input: { params: SUBJECT_PATH, headers: END_USER },
    toVariables: ({ params }) => ({ userId: subjectIdOf(params.subjectId) }),
    reply: {
      status: 200,
      schema: EXTERNAL_ACCOUNTS,
      from: externalAccounts,
    },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: `/api/v3${LINK}`,
    spec: '2.15 (31)',
    summary: 'Links a known external account',
    callers: WRITERS,
    operation: LinkExternalAccount,
    input: {
      params: LINK_PATH,
      headers: END_USER,
      body: z.object({ federatedAccountName: z.string().optional() }).optional(),
    },
    toVariables: ({ params, body }) => ({ ...linkVariables({ params }), externalName: body?.federatedAccountName }),
    reply: { status: 204 },
    pos: { 'input.externalId': 'sid', 'input.externalName': 'federatedAccountName' },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    // The manual has v2 in its heading and v3 in its sample (docs/dialects/blitz.md, section 3.2).
    path: `/api/v3${LINK}`,
    spec: '2.15 (32)',
    summary: 'Unlinks an external account',
    callers: WRITERS,
    operation: UnlinkExternalAccount,
    input: { params: LINK_PATH, headers: END_USER },
    toVariables: linkVariables,
    reply: { status: 204 },
    errors: SUBJECT,
  }),
  route({
    method: 'DELETE',
    path: `/api/v2${LINK}`,
    spec: '2.15 (46)',
    summary: 'Unlinks an external account',
    callers: { ...WRITERS, basic: 'rest' },
    operation: UnlinkExternalAccount,
    input: { params: LINK_PATH, headers: END_USER },
    toVariables: linkVariables,
    reply: { status: 204 },
    errors: SUBJECT,
  }),
  route({
    method: 'POST',
    path: '/api/v2/users/current/fa/bind',
    spec: '2.15 (44)',
    summary: 'Begins to link an external account by a visit to its provider',
    callers: { ...WRITERS, basic: 'rest' },
    operation: BeginAccountLinking,
    input: {
      body: z.object({
        fp: z.string().describe('`type:name` of the provider.'),
        callback: z.string().describe('Where the browser returns after linking.'),
        isPopup: z.boolean().optional().describe("Whether the provider's page opens in a popup."),
      }),
    },
    toVariables: ({ body: { fp, callback, isPopup }, baseUrl }) => ({
      provider: fp,
      callback,
      isPopup,
      redirectUri: `${baseUrl}${CALLBACK}/${fp.toWellFormed().split(':').map(encodeURIComponent).join('/')}`,
    }),
    reply: {
      status: 200,
      schema: REDIRECT_TO,
      from: ({ beginAccountLinking }) => ({
        redirectTo: inSampleOrder(beginAccountLinking.redirectTo),
      }),
    },
    pos: { 'input.provider': 'fp', 'input.callback': 'callback', 'input.redirectUri': 'fp' },
  }),
  route({
    method: 'GET',
    path: `${CALLBACK}/{type}/{name}`,
    spec: '2.15 (45)',
    summary: 'Where the provider sends the browser',
    callers: { browser: true },
    opener: true,
    operation: CompleteAccountLinking,
    input: {
      params: z.object({ type: z.string(), name: z.string() }),
      query: z.object({
        state: z.string(),
        code: z.string().optional(),
        error: z.string().optional(),
        iss: z.string().optional(),
      }),
    },
    toVariables: ({ params: { type, name }, query: { state, code, error, iss } }) => ({
      provider: `${type}:${name}`,
      state,
      code,
      error,
      issuer: iss,
    }),
    reply: {
      status: 302,
      as: 'browser',
      from: ({ completeAccountLinking: end }): BrowserAnswer =>
        end.isPopup && end.outcome !== 'CONFIRMATION' ? { page: popupPage(end) } : { redirectTo: end.redirectTo },
    },
    errors: ON_A_PAGE,
  }),
];
