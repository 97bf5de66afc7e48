import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { DOCUMENT, NOT_STORED } from '../../oidc/replies.ts';
import { REGISTRATION_ERRORS, REGISTRATION_REFUSED, REGISTRATION_TOKEN_INVALID } from '../issuer-errors.ts';
import {
  DeleteRegisteredClient,
  RegisterClient,
  RegisteredClient,
  UpdateRegisteredClient,
} from '../operations.generated.ts';

const HEADERS = z.object({
  authorization: z.string().max(16_384).optional().describe('`Bearer` and the token; the operation judges it.'),
});
const CLIENT = '/{clientId}';
const PARAMS = z.object({ clientId: z.string().max(255) });
const METADATA = z.record(z.string(), z.unknown()).describe('By the names of RFC 7591; unknown ones are ignored.');

interface WithToken {
  readonly headers: z.output<typeof HEADERS>;
}

/** The token of the header; empty without one. */
const tokenOf = ({ headers }: WithToken): string => /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';

const toVariables = (request: WithToken & { readonly params: z.output<typeof PARAMS> }) => ({
  clientId: request.params.clientId,
  registrationToken: tokenOf(request),
});

/** The registration with its address and the token that opens it (RFC 7592 section 3). */
const show = (metadata: Readonly<Record<string, unknown>>, baseUrl: string, registrationToken: string) => ({
  ...metadata,
  registration_client_uri: addressOf(String(metadata['client_id']), baseUrl),
  registration_access_token: registrationToken,
});

const addressOf = (clientId: string, baseUrl: string): string => `${baseUrl}/${encodeURIComponent(clientId)}`;

/** Clients that register themselves, below `/realms/{tenant}/clients-registrations/openid-connect`. */
export const REGISTRATION_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '',
    spec: 'RFC 7591 3.1',
    summary: 'Registers a client, with an initial access token or an access token that may create clients',
    callers: { public: true },
    operation: RegisterClient,
    input: { headers: HEADERS, body: METADATA },
    toVariables: (request) => ({ accessToken: tokenOf(request), metadata: request.body }),
    reply: {
      status: 201,
      schema: DOCUMENT,
      from: ({ registerClient: { registeredClient, registrationToken } }, { baseUrl }) =>
        show(registeredClient.metadata, baseUrl, registrationToken),
      headers: ({ registerClient: { registeredClient } }, { baseUrl }) => ({
        ...NOT_STORED,
        Location: addressOf(registeredClient.clientId, baseUrl),
      }),
    },
    errors: { ...REGISTRATION_ERRORS, REGISTRATION_REFUSED },
  }),
  route({
    method: 'GET',
    path: CLIENT,
    spec: 'RFC 7592 2.1',
    summary: 'The registration of a client',
    callers: { public: true },
    operation: RegisteredClient,
    input: { params: PARAMS, headers: HEADERS },
    toVariables,
    reply: {
      status: 200,
      schema: DOCUMENT,
      from: ({ registeredClient }, request) => show(registeredClient.metadata, request.baseUrl, tokenOf(request)),
      headers: NOT_STORED,
    },
    errors: { REGISTRATION_TOKEN_INVALID },
  }),
  route({
    method: 'PUT',
    path: CLIENT,
    spec: 'RFC 7592 2.2',
    summary: 'Replaces the metadata of a client',
    callers: { public: true },
    operation: UpdateRegisteredClient,
    input: { params: PARAMS, headers: HEADERS, body: METADATA },
    toVariables: (request) => ({ ...toVariables(request), metadata: request.body }),
    reply: {
      status: 200,
      schema: DOCUMENT,
      from: ({ updateRegisteredClient: { registeredClient } }, request) =>
        show(registeredClient.metadata, request.baseUrl, tokenOf(request)),
      headers: NOT_STORED,
    },
    errors: {
      ...REGISTRATION_ERRORS,
      REGISTRATION_TOKEN_INVALID,
      CLIENT_ID_FIXED: REGISTRATION_ERRORS.CLIENT_METADATA_INVALID,
      CLIENT_TYPE_FIXED: REGISTRATION_ERRORS.CLIENT_METADATA_INVALID,
    },
  }),
  route({
    method: 'DELETE',
    path: CLIENT,
    spec: 'RFC 7592 2.3',
    summary: 'Deletes a client',
    callers: { public: true },
    operation: DeleteRegisteredClient,
    input: { params: PARAMS, headers: HEADERS },
    toVariables,
    reply: { status: 204 },
    errors: { REGISTRATION_TOKEN_INVALID },
  }),
];
