import type { TenantId } from './ids.ts';

/**
 * What every layer needs to know about a tenant: its key, its name, and the route bytes that handles and global ids carry.
 */
export interface TenantRef {
  readonly id: TenantId;
  readonly name: string;
  /** 5 random bytes as 8 characters of lower-case base32 (docs/tenancy.md). */
  readonly route: string;
}

/** Stands for a tenant that does not exist. Nobody belongs to it, so only callers with reach `all` pass a check against it. */
export const NOWHERE = { id: '', name: '', route: '' } as unknown as TenantRef;
