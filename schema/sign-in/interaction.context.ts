import type { GraphQLResolveInfo } from 'graphql';
import { Authority } from '../../src/access/index.ts';
import { interactionErrors } from '../../src/flows/index.ts';
import type { BrowserPort } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { requireOnce } from '../directives/once.ts';

/**
 * The first arguments of every method of the service of interactions.
 * @throws INTERACTION_NOT_FOUND, TENANT_DISABLED
 */
export async function enterInteraction(
  { services, tenants, authority, caller, browser }: GraphContext,
  handle: string,
): Promise<[authority: Authority, browser: BrowserPort | null, handle: string]> {
  const named = authority.tenant === null ? null : (tenants.get(authority.tenant.id) ?? null);
  const tenant = await services.interactions.tenantOf(named, handle);
  return [new Authority(caller, tenant, 'self'), browser, handle];
}

/**
 * As `enterInteraction`, for a step, which a request may contain once: aliases and batches would multiply its tries.
 * @throws INTERACTION_REQUEST_REPEATED, INTERACTION_NOT_FOUND, TENANT_DISABLED
 */
export function enterStep(context: GraphContext, info: GraphQLResolveInfo, handle: string) {
  requireOnce(info, context.signal, interactionErrors.INTERACTION_REQUEST_REPEATED);
  return enterInteraction(context, handle);
}

/** The errors that every step gives beside those of its proof. */
export const STEP_ERRORS = [
  'INTERACTION_REQUEST_REPEATED',
  'INTERACTION_NOT_FOUND',
  'INTERACTION_STEP_OTHER',
  'BROWSER_REQUIRED',
] as const;
