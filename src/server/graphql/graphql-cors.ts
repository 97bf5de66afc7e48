import type { Context } from 'koa';
import { type Answer, allowPage, answerPreflight, isPreflight, type WebOrigins } from '../../../rest-compat/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';

export interface PageLists {
  readonly directory: Pick<TenantDirectory, 'byHost'>;
  readonly webOrigins: WebOrigins;
}

/** The tenant that owns the host a request was sent to; null for the host of all tenants. */
async function tenantOfHost(host: string | undefined, { directory }: PageLists): Promise<string | null> {
  const bound = await directory.byHost(host ?? '');
  return bound?.id ?? null;
}

/**
 * Lets a web page, whose request has an `Origin`, read the answers of the graph (CORS). The path names no tenant, so first any client that lists the origin
 * suffices; `keepToClient` then checks the client of the token.
 * @returns Whether the request was a preflight and is answered; the GraphQL server would refuse it for its CSRF prevention.
 */
export async function allowPageToGraph(ctx: Context, lists: PageLists, answer: Answer): Promise<boolean> {
  const tenantId = await tenantOfHost(ctx.req.headers.host, lists);
  if (!isPreflight(ctx)) {
    await allowPage(ctx, 'client', lists.webOrigins, tenantId, answer);
    return false;
  }
  await answerPreflight(ctx, 'client', ['GET', 'POST'], lists.webOrigins, tenantId, answer);
  answer.status = 204;
  return true;
}

/** Whether pages of an origin may open sockets; uses the same list as for requests. */
export async function mayPageOpenSocket(origin: string, host: string | undefined, lists: PageLists): Promise<boolean> {
  return lists.webOrigins.isListed(await tenantOfHost(host, lists), origin);
}
