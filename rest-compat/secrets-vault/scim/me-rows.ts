import { type Method, type Route, refusedRow } from '../../engine/index.ts';
import { SCIM_LIMIT, scimCallers } from './callers.ts';
import { storedUser } from './stored-user.ts';

const row = (method: Method, number: number): Route => ({
  ...refusedRow({
    method,
    path: '/Me',
    spec: `section 9 (SCIM-${number})`,
    summary: 'The account of the caller, which is a key and has none',
    callers: scimCallers('user:read'),
  }),
  rateLimit: SCIM_LIMIT,
  // It never runs: its permission is what the row asks of the caller.
  lookups: { storedUser },
});

/** RFC 7644 section 3.11 allows a service to have no `/Me`. */
export const ME_ROWS: readonly Route[] = [
  row('GET', 20),
  row('POST', 21),
  row('PUT', 22),
  row('PATCH', 23),
  row('DELETE', 24),
];
