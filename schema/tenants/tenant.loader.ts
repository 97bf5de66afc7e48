import type { Services } from '../context.ts';

/** Loads tenants from the directory's cache. */
export const tenantLoaders = (_services: Services) => ({});
