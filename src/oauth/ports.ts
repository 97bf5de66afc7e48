import type { Authority } from '../access/index.ts';
import type { TenantRef } from '../kernel/index.ts';

/** Groups of a user, for the claim `groups`: public id, name and attributes. */
export interface OAuthUserGroups {
  ofUser(tenantId: string, userId: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** The part of a session that tokens depend on. Rows of the session store fit. */
export interface OAuthSession {
  readonly id: string;
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly acr?: string | null;
  readonly idleExpiresAt: Date;
  readonly expiresAt: Date;
}

/** Sessions that have ended by a decision are gone; those whose time is over may still be found. */
export interface OAuthSessions {
  findById(tenantId: string, sessionId: string): Promise<OAuthSession | null>;
}

/** Checks a name and a password by the tenant's rules: lock-out, second factor, locked methods, things to do first. */
export interface PasswordVerifier {
  /**
   * @returns The session that the sign-in started.
   * @throws IdentityError Refused, for whatever reason; the failure has been recorded.
   */
  signInWithPassword(
    authority: Authority,
    input: { readonly username: string; readonly password: string },
  ): Promise<{ readonly userId: string; readonly session: OAuthSession }>;
}

/** Tells whether this node has heard of what others changed. */
export interface ChangeFeed {
  /** Whether every change committed more than `maxAgeMs` ago, on any node, has been announced here. */
  isFresh(maxAgeMs: number): boolean;
}

/** A tenant that is the default one is reached without its name in some paths. */
export interface IssuerTenant extends Pick<TenantRef, 'name'> {
  readonly isDefault: boolean;
}
