import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { ClientPresentation } from './client-presentation.type.ts';

/** Clients as pages show them to people who are about to sign in. */
@Resolver()
export class ClientPresentationResolver {
  @Errors('TENANT_REQUIRED')
  @Query(() => ClientPresentation, {
    nullable: true,
    description:
      'What a client shows to people who are about to sign in to it. It takes no credential; null when there is no such client, or it may not be used.',
  })
  async clientPresentation(
    @Arg('clientId', () => String, { description: 'The `client_id`.' }) clientId: string,
    @Ctx() context: GraphContext,
  ): Promise<ClientPresentation | null> {
    const { id: tenantId, name, displayName, settings } = requireTenant(context);
    const record = await context.services.clientDirectory.byClientId(tenantId, clientId);
    if (record === null || !record.isUsable || record.client.kind !== 'regular') return null;
    const { logoUri, clientUri, policyUri, tosUri, userAgreementUri, logoutUri, organizationName, ...others } =
      record.metadata;
    const { registration, emailIsUsername, isSecondFactorOnly, isPasskeyEnabled, imageProof } = settings;
    return {
      clientId,
      name: record.client.name ?? null,
      logoUri,
      clientUri,
      policyUri,
      tosUri,
      userAgreementUri,
      logoutUri,
      organizationName,
      isRegistrationEnabled: others.isRegistrationEnabled,
      canRequestProfile: record.allowedScopes.has('profile'),
      tenant: { name, displayName, registration, emailIsUsername, isSecondFactorOnly, isPasskeyEnabled, imageProof },
    };
  }
}
