import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { requireBrowser } from '../../src/sessions/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requireTenant } from '../directives/field-tenant.ts';
import { SessionWatcher } from './session-watch.type.ts';

@Resolver()
export class SessionWatchResolver {
  @Errors('TENANT_REQUIRED', 'BROWSER_REQUIRED')
  @Query(() => String, {
    description:
      'Name of the cookie from which scripts of this service read which session the browser has: the `sid` of its tokens. The cookie opens nothing.',
  })
  sessionIdCookie(@Ctx() context: GraphContext): string {
    const tenant = requireTenant(context);
    return requireBrowser(context.browser).nameOf('sessionId', tenant);
  }

  @Errors('TENANT_REQUIRED')
  @Query(() => SessionWatcher, {
    nullable: true,
    description: 'An application that lists an origin; null when the application does not, or may not be used.',
  })
  async sessionWatcher(
    @Arg('clientId', () => String, { description: 'The client_id.' }) clientId: string,
    @Arg('origin', () => String, { description: 'Origin of a page (RFC 6454).' }) origin: string,
    @Ctx() context: GraphContext,
  ): Promise<SessionWatcher | null> {
    const { webOrigins } = context.services;
    const isListed = await webOrigins.isListedBy(requireTenant(context).id, clientId, origin);
    return isListed ? { clientId, origin } : null;
  }
}
