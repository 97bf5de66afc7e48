import { forPages, type Route } from '../../engine/index.ts';
import { DISCOVERY_ROWS } from './discovery-rows.ts';
import { GROUP_ROWS } from './group-rows.ts';
import { ME_ROWS } from './me-rows.ts';
import { USER_ROWS } from './user-rows.ts';

/** SCIM 2.0 (RFC 7644), below `/scim/v2/{tenant_id}`. */
export const SCIM_ROUTES: readonly Route[] = [...DISCOVERY_ROWS, ...USER_ROWS, ...GROUP_ROWS, ...ME_ROWS].map(forPages);
