import type { ClientReference } from '../../src/clients/index.ts';
import { isGlobalId, keyOf } from '../global-id.ts';

/**
 * The client that a `clientId` argument names: a global id by its key, anything else by its `client_id`, or by its UUID when no
 * client has that `client_id`.
 * @throws INVALID_INPUT The global id of something else.
 */
export function toClientReference(value: string, path: string): ClientReference {
  return isGlobalId(value) ? { id: keyOf('Client', value, path) } : { clientId: value };
}
