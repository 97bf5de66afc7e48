import type { Route } from './route.ts';

/**
 * Lets web pages call a row that accepts access tokens. Rows with a secret or a cookie are for servers and for pages of the
 * service.
 */
export const forPages = (row: Route): Route => (row.callers.bearer === undefined ? row : { ...row, cors: 'client' });
