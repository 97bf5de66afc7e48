import type { z } from 'zod';

/** `manager`: a caller who may create or change clients; `registrant`: a client that registers itself (RFC 7591). */
export type MetadataSetter = 'manager' | 'registrant';

/** A member of the metadata of clients. */
export interface MetadataMember<T> {
  /** Its name in the standards and in the column. */
  readonly wire: string;
  /** Its form. Messages of this zod schema are shown to callers. */
  readonly check: z.ZodType<T>;
  /** The value when nothing is stored. */
  readonly default: (client: { readonly type: string }) => T;
  readonly setBy: readonly MetadataSetter[];
}
