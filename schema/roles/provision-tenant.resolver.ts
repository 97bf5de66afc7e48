import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ProvisionTenant } from '../../src/flows/index.ts';
import { toNewClient } from '../clients/client.resolver.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { toNewTenant } from '../tenants/tenant.resolver.ts';
import { ProvisionTenantInput, ProvisionTenantPayload } from './provision-tenant.input.ts';

const toTenant = ({ administrator, client, ...input }: ProvisionTenantInput): ProvisionTenant => ({
  ...toNewTenant(input),
  administrator: administrator as ProvisionTenant['administrator'],
  client: toNewClient(client),
});

/** Tenants with what they are used with from the beginning. */
@Resolver()
export class ProvisionTenantResolver {
  @RequiresScopes(['tenant:create:all'])
  @Errors(
    'TENANT_NAME_TAKEN',
    'TENANT_NAME_INVALID',
    'TENANT_NAME_RESERVED',
    'TENANT_SETTING_INVALID',
    'USER_USERNAME_INVALID',
    'USER_EMAIL_INVALID',
    'USER_ATTRIBUTE_INVALID',
    'USER_ATTRIBUTE_REFUSED',
    'PASSWORD_POLICY',
    'PASSWORD_TOO_LONG',
    'CLIENT_ID_INVALID',
    'CLIENT_ID_TAKEN',
    'CLIENT_REDIRECT_INVALID',
    'CLIENT_METADATA_INVALID',
    'CLIENT_GRANT_TYPE_INVALID',
    'CLIENT_SCOPE_UNKNOWN',
    'CLIENT_PUBLIC',
    'CLIENT_WITHOUT_ACCOUNT',
    'PERMISSION_UNKNOWN',
    'PERMISSION_ESCALATION',
    'PERMISSION_MASTER_ONLY',
  )
  @Mutation(() => ProvisionTenantPayload, {
    description:
      'Creates a tenant with its keys and builtin roles, a user who administers it and a client, all or nothing. The caller must hold, in all tenants, everything that an administrator holds.',
  })
  async provisionTenant(
    @Arg('input', () => ProvisionTenantInput, { description: 'The tenant.' }) input: ProvisionTenantInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<object> {
    const { tenant, administratorId, client } = await services.provisionTenant.provision(authority, toTenant(input));
    const { secret, restSecret } = client;
    return { tenant, subject: administratorId, clientId: client.client.clientId, secret, restSecret };
  }
}
