import type { Context } from 'koa';
import { allowPage, answerPreflight, isPreflight, type WebOrigins } from '../../../rest-compat/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';

export interface PageLists {
  readonly directory: Pick<TenantDirectory, 'byHost'>;
  readonly webOrigins: WebOrigins;
}

/** The tenant that owns the host a request was sent to; null for the host of all tenants. */
async function tenantOfHost(host: string | undefined, { directory }: PageLists): Promise<string | null> {
  const bound = await directory.byHost((host ?? '').replace(/:\d+$/, ''));
  return bound?.id ?? null;
}

/**
 * Lets pages read what the graph answers. The graph belongs to no tenant, so the first question is whether any client lists
 * the origin; the client of the token decides next.
 * @returns Whether the request is answered: a preflight, which the server of the graph would refuse as one that its page
 *   was not asked about.
 */
export async function allowPageToGraph(ctx: Context, lists: PageLists): Promise<boolean> {
  ctx.vary('Origin');
  if (ctx.get('Origin') === '') return false;
  const tenantId = await tenantOfHost(ctx.req.headers.host, lists);
  if (!isPreflight(ctx)) {
    await allowPage(ctx, 'client', lists.webOrigins, tenantId);
    return false;
  }
  await answerPreflight(ctx, 'client', ['GET', 'POST'], lists.webOrigins, tenantId);
  return true;
}

/** Whether pages of an origin may open sockets: the same list as for requests. */
export async function mayPageOpenSocket(origin: string, host: string | undefined, lists: PageLists): Promise<boolean> {
  return lists.webOrigins.isListed(await tenantOfHost(host, lists), origin);
}
