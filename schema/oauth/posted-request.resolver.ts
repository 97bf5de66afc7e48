import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { IssuerKindName } from './oauth.type.ts';
import { KeepPostedRequestInput, KeepPostedRequestPayload } from './posted-request.type.ts';

@Resolver()
export class PostedRequestResolver {
  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED', 'REQUEST_TOO_LARGE')
  @Mutation(() => KeepPostedRequestPayload, {
    description: 'Keeps the parameters that an application posted through the browser, which goes on by GET.',
  })
  async keepPostedRequest(
    @Arg('input', () => KeepPostedRequestInput, { description: 'The request.' }) input: KeepPostedRequestInput,
    @Ctx() context: GraphContext,
  ): Promise<KeepPostedRequestPayload> {
    requireTenant(context);
    const { services, authority, browser } = context;
    const { endpoint, parameters } = input;
    const issuerKind = input.issuerKind ?? IssuerKindName.NATIVE;
    const request = { issuerKind, endpoint, parameters };
    return { redirectTo: await services.oauth.postedRequests.keep(authority, browser, request) };
  }
}
