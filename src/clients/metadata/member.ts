import type { z } from 'zod';

/** `manager`: a caller who may create or change clients; `registrant`: a client that registers itself (RFC 7591). */
export type MetadataSetter = 'manager' | 'registrant';

/** The part of a client that defaults and checks of its metadata depend on. */
export interface MemberClient {
  /** `confidential` or `public`. */
  readonly type: string;
}

/** A member of the metadata of clients. */
export interface MetadataMember<T> {
  /** Its name in the standards and in the column. */
  readonly wire: string;
  /** Its form. Messages of this zod schema are shown to callers. */
  readonly check: z.ZodType<T>;
  /** The value when nothing is stored; null where there is none. */
  readonly default: (client: MemberClient) => T | null;
  /** Why a client of this type cannot have a value of the right form, or null. Absent: every client can have every value. */
  fault?(value: T, client: MemberClient): string | null;
  /**
   * Who may set it. What weakens the protection of users (`consent`, `pkce`) or opens the service to pages (`web_origins`) is
   * for managers alone: a client that registers itself must not make itself trusted (RFC 7591 section 5).
   */
  readonly setBy: readonly MetadataSetter[];
}

export const MANAGER: readonly MetadataSetter[] = ['manager'];
export const EVERYBODY: readonly MetadataSetter[] = ['manager', 'registrant'];
