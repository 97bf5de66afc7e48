import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { IssuerKindName } from './oauth.type.ts';

/** What sign-in pages that are served elsewhere trust. */
@Resolver()
export class SignedPresentationResolver {
  @Errors('TENANT_REQUIRED')
  @Query(() => String, {
    nullable: true,
    description:
      'The same as `clientPresentation`, with the key for which messages of sign-ins are encrypted, as a JWT that the issuer signs. It holds for five minutes. Null when there is no such client, it may not be used, or the kind of issuer signs none.',
  })
  signedClientPresentation(
    @Arg('clientId', () => String, { description: 'The `client_id`.' }) clientId: string,
    @Ctx() context: GraphContext,
    @Arg('issuerKind', () => IssuerKindName, { nullable: true, description: 'Kind of the issuer. Default NATIVE.' })
    issuerKind: IssuerKindName | null,
  ): Promise<string | null> {
    const kind = issuerKind ?? IssuerKindName.NATIVE;
    const { presentations } = context.services.oauth;
    return presentations.sign(requireTenant(context), clientId, kind, context.caller.origin);
  }
}
