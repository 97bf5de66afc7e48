import type { Route } from '../../engine/index.ts';

/** SCIM 2.0 (RFC 7644), below `/scim/v2/{tenant_id}`. */
export const SCIM_ROUTES: readonly Route[] = [];
