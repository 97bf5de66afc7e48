import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { presentClient } from '../../src/clients/index.ts';
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
    const tenant = requireTenant(context);
    return presentClient(await context.services.clientDirectory.byClientId(tenant.id, clientId), tenant);
  }
}
