import type { Services } from '../context.ts';

/** Tenants come from the directory's cache; other rooms' loader files follow this shape. */
export const tenantLoaders = (_services: Services) => ({});
