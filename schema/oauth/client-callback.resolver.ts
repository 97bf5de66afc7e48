import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { toClientReference } from '../clients/client-reference.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { PushNotBeforeInput, PushNotBeforePayload } from './client-callback.type.ts';

@Resolver()
export class ClientCallbackResolver {
  @RequiresScopes(['client:write'])
  @Mutation(() => PushNotBeforePayload, {
    description:
      'Sends applications the moment before which their tokens are refused, below their `adminUrl`. It does not wait for their answers.',
  })
  async pushNotBefore(
    @Arg('input', () => PushNotBeforeInput, { description: 'The applications.' }) { clientId }: PushNotBeforeInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<PushNotBeforePayload> {
    const id =
      clientId == null ? null : await services.clients.idOf(authority, toClientReference(clientId, 'input.clientId'));
    return { clients: await services.oauth.callbacks.pushNotBefore(authority, id) };
  }
}
