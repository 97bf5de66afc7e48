import { z } from 'zod';
import { type Route, route } from '../../engine/index.ts';
import { detail } from '../errors.ts';
import { ClientPresentation, type ClientPresentationData, ClientTenant } from '../operations.generated.ts';
import { PUBLIC_TENANT, showPublicTenant } from '../tenant.ts';

const CLIENT_UNKNOWN = detail(404, 'Client not found');
const TENANT_UNKNOWN = detail(404, 'Tenant not found');

const CLIENT_QUERY = z.object({ client_id: z.string(), tenant_id: z.string() });
const IN_QUERY = { in: 'query', name: 'tenant_id' } as const;
const PAGE = z.string().nullable();

/** A client as pages show it to people who are about to sign in. */
const SHOWN_CLIENT = z.strictObject({
  client_id: z.string(),
  name: z.string(),
  tenant_id: z.string(),
  logo_uri: PAGE,
  op_policy_url: PAGE,
  op_tos_url: PAGE,
  op_user_agreement_url: PAGE,
  client_uri: PAGE,
  client_logout_uri: PAGE,
  register_enable: z.boolean(),
  tenant_name: z.string().describe('Of the client, else of the tenant.'),
  has_profile: z.boolean().describe('Whether it may request the scope `profile`.'),
});

const showClient = (client: ClientPresentationData['clientPresentation']): z.input<typeof SHOWN_CLIENT> => ({
  client_id: client.clientId,
  name: client.name ?? client.clientId,
  tenant_id: client.tenant.name,
  logo_uri: client.logoUri,
  op_policy_url: client.policyUri,
  op_tos_url: client.tosUri,
  op_user_agreement_url: client.userAgreementUri,
  client_uri: client.clientUri,
  client_logout_uri: client.logoutUri,
  register_enable: client.isRegistrationEnabled,
  tenant_name: client.organizationName ?? client.tenant.displayName ?? client.tenant.name,
  has_profile: client.canRequestProfile,
});

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

const CLIENT_TENANT = route({
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
    schema: z.strictObject({ client: SHOWN_CLIENT, tenant: PUBLIC_TENANT }),
    from: ({ clientPresentation }) => ({
      client: showClient(clientPresentation),
      tenant: showPublicTenant(clientPresentation.tenant),
    }),
  },
  missing: { clientPresentation: CLIENT_UNKNOWN },
  errors: { TENANT_REQUIRED: TENANT_UNKNOWN },
});

/** Sign-in: docs/dialects/secrets-vault.md, section 11. */
export const AUTHENTICATION_ROUTES: readonly Route[] = [CLIENT, CLIENT_TENANT];
