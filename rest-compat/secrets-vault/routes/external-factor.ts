import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { authorizationAnswer } from '../../oidc/authorization.ts';
import { metadataRow } from '../../oidc/metadata.ts';
import { Jwks } from '../../oidc/operations.generated.ts';
import { DOCUMENT, PUBLIC_DOCUMENT } from '../../oidc/replies.ts';
import { toParameters } from '../authorization.ts';
import {
  AnswerExternalFactor,
  BeginExternalFactor,
  RequestExternalFactor,
  ResumeExternalFactor,
} from '../operations.generated.ts';

const REQUEST = z.object({
  client_id: z.string().describe('A client whose `flow` is of the type `MICROSOFT_MFA`.'),
  redirect_uri: z.string().describe('The registered address at Microsoft Entra to which the answer is posted.'),
  response_type: z.string().default('id_token').describe('`id_token`.'),
  scope: z.string().default('openid').describe('`openid`.'),
  response_mode: z.string().default('form_post').describe('`form_post`.'),
  state: z.string().optional().describe('Any text of at most 4 KiB; it is part of the answer.'),
  nonce: z.string().optional().describe('Any text of at most 4 KiB; it is part of the ID token.'),
  id_token_hint: z.string().optional().describe('The ID token of Microsoft Entra about its user. Always needed.'),
  claims: z.string().optional().describe('The values of `acr` and `amr` that are taken, as JSON.'),
  'client-request-id': z.string().optional().describe('By which Microsoft Entra finds the request; it is recorded.'),
});

const SPEC = 'section 16';

/** The issuer of second factors, below `/api/flows/microsoft-mfa/{tenant_id}`. */
export const EXTERNAL_FACTOR_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/.well-known/jwks.json',
    spec: `${SPEC} (FLOW-1)`,
    summary: 'Public keys of the issuer, with their certificates',
    callers: { public: true },
    cors: 'public',
    operation: Jwks,
    reply: { status: 200, schema: DOCUMENT, from: (data) => data.jwks, headers: PUBLIC_DOCUMENT },
  }),
  metadataRow('/.well-known/openid-configuration', `${SPEC} (FLOW-2)`),
  route({
    method: 'POST',
    path: '/authorize',
    spec: `${SPEC} (FLOW-3)`,
    summary: 'Takes a request for a second factor',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: RequestExternalFactor,
    input: { form: REQUEST },
    toVariables: ({ form }) => ({ parameters: toParameters(form) }),
    reply: {
      status: 303,
      as: 'browser',
      from: ({ requestExternalFactor }) => authorizationAnswer(requestExternalFactor.answer),
    },
  }),
  route({
    method: 'GET',
    path: '/authorize',
    spec: SPEC,
    summary: 'Begins the sign-in for a request that was taken',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: BeginExternalFactor,
    input: { query: z.object({ posted_request: z.string().describe('Names the request that was taken.') }) },
    toVariables: ({ query }) => ({ parameters: toParameters(query) }),
    reply: {
      status: 303,
      as: 'browser',
      from: ({ beginExternalFactor }) => authorizationAnswer(beginExternalFactor.answer),
    },
  }),
  route({
    method: 'GET',
    path: '/authorize/{handle}',
    spec: SPEC,
    summary: 'Goes on after the pages of the sign-in',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    operation: ResumeExternalFactor,
    input: { params: z.object({ handle: z.string().describe('Names the sign-in.') }) },
    toVariables: ({ params: { handle } }) => ({ handle }),
    reply: {
      status: 303,
      as: 'browser',
      from: ({ resumeExternalFactor }) => authorizationAnswer(resumeExternalFactor.answer),
    },
  }),
];

/** The page that posts the answer, below `/api/flows/microsoft-mfa-form`: its secret names the tenant. */
export const EXTERNAL_FACTOR_FORM: readonly Route[] = [
  route({
    method: 'GET',
    path: '/{flow_id}',
    spec: `${SPEC} (FLOW-4)`,
    summary: 'Posts the answer to Microsoft Entra',
    callers: { browser: true },
    faults: 'page',
    opener: true,
    tenant: { in: 'params', name: 'flow_id', as: 'handle' },
    operation: AnswerExternalFactor,
    input: { params: z.object({ flow_id: z.string().describe('Works once, for 120 s, in one browser.') }) },
    toVariables: ({ params: { flow_id: handle } }) => ({ handle }),
    reply: {
      status: 303,
      as: 'browser',
      from: ({ answerExternalFactor }) => authorizationAnswer(answerExternalFactor.answer),
    },
  }),
];
