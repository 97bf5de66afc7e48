import type { RouteCallers } from '../engine/index.ts';
import { callersWith } from '../realm-users/callers.ts';

/** Bearer tokens with a permission, and API keys with one of these scopes of keys. */
export const callersOrKeys = (permission: string, ...scopes: readonly string[]): RouteCallers => ({
  ...callersWith(permission),
  apiKey: scopes,
});
