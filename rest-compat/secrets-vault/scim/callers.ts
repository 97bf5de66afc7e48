import type { RateLimit, RouteCallers } from '../../engine/index.ts';
import { callersOrKeys } from '../callers.ts';

/** Bearer tokens with a permission, and API keys for SCIM. */
export const scimCallers = (permission: string): RouteCallers => callersOrKeys(permission, 'SCIM2');

/** How often a credential may use SCIM. */
export const SCIM_LIMIT: RateLimit = { name: 'scim', per: 'credential', requests: 200, seconds: 60 };
