import type { ApiKey, OwnerState } from '../../src/api-keys/index.ts';
import { listLoader, rowLoader } from '../loading.ts';

/** The API keys of users, at most 100 each, newest first. */
export const apiKeysOfUser = listLoader<ApiKey>(({ apiKeys }, tenantId, userIds) => apiKeys.ofUsers(tenantId, userIds));

/** Owners of API keys by their public ids, in their own tenant. */
export const apiKeyOwner = rowLoader<OwnerState>(({ apiKeys }, tenantId, userIds) =>
  apiKeys.ownerStates(tenantId, userIds),
);
