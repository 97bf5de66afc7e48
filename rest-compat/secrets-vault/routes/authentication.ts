import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { CLIENT_TENANT, SHOWN_CLIENT, showClient, showClientTenant } from '../client-presentation.ts';
import { detail } from '../errors.ts';
import { ClientPresentation, ClientTenant, SignedClientPresentation } from '../operations.generated.ts';

const CLIENT_UNKNOWN = detail(404, 'Client not found');
const TENANT_UNKNOWN = detail(404, 'Tenant not found');

const CLIENT_QUERY = z.object({ client_id: z.string(), tenant_id: z.string() });
const IN_QUERY = { in: 'query', name: 'tenant_id' } as const;

const CLIENT = route({
  method: 'GET',
  path: '/auth/client',
  spec: 'section 11 (AUTH-12)',
  summary: 'What a client shows to people who are about to sign in to it',
  callers: { public: true },
  tenant: IN_QUERY,
  operation: ClientPresentation,
  input: { query: CLIENT_QUERY },
  toVariables: ({ query }) => ({ clientId: query.client_id }),
  reply: {
    status: 200,
    schema: SHOWN_CLIENT,
    from: ({ clientPresentation }) => showClient(clientPresentation),
  },
  missing: { clientPresentation: CLIENT_UNKNOWN },
  errors: { TENANT_REQUIRED: TENANT_UNKNOWN },
});

const WITH_TENANT = route({
  method: 'GET',
  path: '/auth/client-tenant',
  spec: 'section 11 (AUTH-13)',
  summary: 'The same, and how the tenant lets people sign in',
  callers: { public: true },
  tenant: IN_QUERY,
  operation: ClientTenant,
  input: { query: CLIENT_QUERY },
  toVariables: ({ query }) => ({ clientId: query.client_id }),
  reply: {
    status: 200,
    schema: CLIENT_TENANT,
    from: ({ clientPresentation }) => showClientTenant(clientPresentation),
  },
  missing: { clientPresentation: CLIENT_UNKNOWN },
  errors: { TENANT_REQUIRED: TENANT_UNKNOWN },
});

const SIGNED = route({
  method: 'GET',
  path: '/auth/client-tenant/signed',
  spec: 'section 11 (AUTH-14)',
  summary: 'The same as a JWT, with the key for which image proofs are encrypted',
  callers: { public: true },
  tenant: IN_QUERY,
  operation: SignedClientPresentation,
  input: { query: CLIENT_QUERY },
  toVariables: ({ query }) => ({ clientId: query.client_id }),
  reply: {
    status: 200,
    schema: z.strictObject({ data: z.string().describe('A compact JWS (RFC 7515).') }),
    from: ({ signedClientPresentation }) => ({ data: signedClientPresentation }),
  },
  missing: { signedClientPresentation: CLIENT_UNKNOWN },
  errors: { TENANT_REQUIRED: TENANT_UNKNOWN },
});

/** Sign-in: docs/dialects/secrets-vault.md, section 11. */
export const AUTHENTICATION_ROUTES: readonly Route[] = [CLIENT, WITH_TENANT, SIGNED];
