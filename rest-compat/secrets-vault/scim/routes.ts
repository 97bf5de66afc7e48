import { forPages, type Route } from '../../engine/index.ts';
import { DISCOVERY_ROWS } from './discovery-rows.ts';
import { ME_ROWS } from './me-rows.ts';

/** SCIM 2.0 (RFC 7644), below `/scim/v2/{tenant_id}`. */
export const SCIM_ROUTES: readonly Route[] = [...DISCOVERY_ROWS, ...ME_ROWS].map(forPages);
