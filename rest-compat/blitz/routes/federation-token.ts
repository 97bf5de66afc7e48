import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { NOT_STORED } from '../../oidc/replies.ts';
import { SUBJECT } from '../errors.ts';
import { subjectIdOf } from '../identifiers.ts';
import { FederationToken } from '../operations.generated.ts';
import { SUBJECT_PATH } from './input.ts';

/** Stored tokens of external providers: docs/dialects/blitz.md, section 2.16. */
export const FEDERATION_TOKEN_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v3/users/{subjectId}/fedToken/{fedPointType}/{fedPointName}',
    spec: '2.16 (33)',
    summary: "The stored token of the user's account at an external provider",
    // The scope `fed_token_<type>_<name>` also permits the request, for that provider only.
    callers: { bearer: { app: ['fed_token_any'] } },
    operation: FederationToken,
    input: {
      params: SUBJECT_PATH.extend({
        fedPointType: z.string().describe('Type of the provider.'),
        fedPointName: z.string().describe('Name of the provider.'),
      }),
    },
    toVariables: ({ params: { subjectId, fedPointType, fedPointName } }) => ({
      userId: subjectIdOf(subjectId),
      providerType: fedPointType,
      providerName: fedPointName,
    }),
    reply: {
      status: 200,
      schema: z.object({ access_token: z.string(), token_type: z.string(), expires_in: z.int().optional() }),
      from: ({ federationToken: { accessToken, tokenType, expiresInSeconds } }) => ({
        access_token: accessToken,
        token_type: tokenType,
        ...(expiresInSeconds === null ? {} : { expires_in: expiresInSeconds }),
      }),
      headers: NOT_STORED,
    },
    errors: SUBJECT,
  }),
];
