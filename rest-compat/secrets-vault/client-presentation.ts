import { z } from 'zod';
import { SHOWN_PAGES, showPages } from './client.ts';
import type { ClientPresentationData, ClientTenantData } from './operations.generated.ts';
import { PUBLIC_TENANT, showPublicTenant } from './tenant.ts';

type Shown = ClientPresentationData['clientPresentation'];
type ShownWithTenant = ClientTenantData['clientPresentation'];

/** A client as pages show it to people who are about to sign in. */
export const SHOWN_CLIENT = z.strictObject({
  client_id: z.string(),
  name: z.string(),
  tenant_id: z.string(),
  ...SHOWN_PAGES,
  tenant_name: z.string().describe('Of the client, else of the tenant.'),
  has_profile: z.boolean().describe('Whether it may request the scope `profile`.'),
});

export const showClient = (client: Shown): z.input<typeof SHOWN_CLIENT> => ({
  client_id: client.clientId,
  name: client.name ?? client.clientId,
  tenant_id: client.tenant.name,
  ...showPages(client),
  tenant_name: client.organizationName ?? client.tenant.displayName ?? client.tenant.name,
  has_profile: client.canRequestProfile,
});

/** A client with its tenant. */
export const CLIENT_TENANT = z.strictObject({ client: SHOWN_CLIENT, tenant: PUBLIC_TENANT });

export const showClientTenant = (client: ShownWithTenant): z.input<typeof CLIENT_TENANT> => ({
  client: showClient(client),
  tenant: showPublicTenant(client.tenant),
});

/** What pages that are served elsewhere get of the service: the same, and the key for which they encrypt. */
export const SIGNED_CLIENT_TENANT = {
  type: 'sv-client-tenant+jwt',
  claims: ({ client, messageKey }: { readonly client: ShownWithTenant; readonly messageKey: object }) => ({
    ...showClientTenant(client),
    enc_jwk: messageKey,
  }),
} as const;
