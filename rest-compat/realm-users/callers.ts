import type { RouteCallers } from '../engine/index.ts';

/** Users and applications with a bearer token that has a scope. */
export const callersWith = (scope: string): RouteCallers => ({ bearer: { user: [scope], app: [scope] } });
