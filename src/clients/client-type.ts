import type { Client } from './client.entity.ts';
import { clientErrors } from './client.errors.ts';
import type { ClientChanges } from './client-input.ts';
import { isOpenTo, servedGrantTypes } from './grant-types.ts';
import { assertMetadataFits } from './metadata/index.ts';

/** Whether changes give a client another type. */
export const isRetyped = ({ newType }: ClientChanges, { type }: Client): boolean =>
  newType !== undefined && newType !== type;

/** Changes of a client that gets another type: how it authenticates is that of its type, unless they say so. */
export const withMethodOfType = (changes: ClientChanges): ClientChanges => ({
  tokenEndpointAuthMethod: null,
  ...changes,
});

/**
 * Checks what a client keeps when its type changes.
 * @throws CLIENT_GRANT_TYPE_INVALID, CLIENT_METADATA_INVALID A client of its type cannot have it.
 */
export function assertFitsType(client: Client): void {
  if (!servedGrantTypes(client.grantTypes).every((name) => isOpenTo(client.type, name)))
    throw clientErrors.CLIENT_GRANT_TYPE_INVALID().at('input.newType');
  assertMetadataFits('input.newType', client);
}

/** @throws CLIENT_TYPE_FIXED, CLIENT_ID_FIXED The client is not the one that the changes expect. */
export function assertExpected({ type, expectedClientId }: ClientChanges, client: Client): void {
  if (type !== undefined && type !== client.type) throw clientErrors.CLIENT_TYPE_FIXED().at('input.type');
  if (expectedClientId !== undefined && expectedClientId !== client.clientId)
    throw clientErrors.CLIENT_ID_FIXED().at('input.expectedClientId');
}
