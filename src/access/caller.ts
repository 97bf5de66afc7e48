import type { Origin, TenantRef } from '../kernel/index.ts';
import { PermissionSet } from './permissions.ts';

/** A claim of the token says whether the caller is a `user` or an `application`; a missing `sub` never does. */
export type CallerKind = 'anonymous' | 'user' | 'application' | 'api-key' | 'system';

/** How the client behind a request proved who it is: `Bearer`, `Basic`, `Post`, `None`. */
export type ClientAuth = 'Bearer' | 'Basic' | 'Post' | 'None';

/** Permissions by the id of a tenant; undefined where no role on that tenant was granted. */
export interface PermissionsElsewhere {
  get(tenantId: string): PermissionSet | undefined;
}

/** A user of some tenant. */
export interface UserRef {
  readonly tenantId: string;
  readonly userId: string;
}

/** The API key that a caller presented. */
export interface CallerApiKey {
  readonly id: string;
  /** The user for whom it acts, who may belong to another tenant than the key (docs/tenancy.md). */
  readonly owner: UserRef;
}

/** Who is behind a credential (docs/tenancy.md). */
export interface Caller {
  readonly kind: CallerKind;
  /** Where the credential lives; null for anonymous callers. */
  readonly tenant: TenantRef | null;
  /** Public id of the user behind the credential, in the caller's tenant; null for applications, and for API keys of other users. */
  readonly userId: string | null;
  /** `client_id` of the application behind the credential. */
  readonly clientId: string | null;
  /** Internal UUID of that application. */
  readonly clientUuid: string | null;
  readonly clientAuth: ClientAuth | null;
  readonly permissions: PermissionSet;
  /**
   * What the caller may do in tenants on which roles were granted to it, by their ids: this, and what `permissions` hold with reach
   * `all` (docs/tenancy.md, rule 8). Absent: there are none.
   */
  readonly elsewhere?: PermissionsElsewhere;
  /** Scope names as granted, in the order of the token. */
  readonly scopes: readonly string[];
  readonly sessionId: string | null;
  /** When the user proved who they are; null for applications. */
  readonly authTime: Date | null;
  readonly amr: readonly string[];
  /** When the credential expires; null when it does not expire. */
  readonly expiresAt: Date | null;
  /** Kind of the issuer of the access token; absent for other credentials. Userinfo accepts only tokens of the same kind. */
  readonly issuerKind?: string;
  /** Names of the claims that the client asked for at userinfo (OpenID Connect Core section 5.5); absent: none. */
  readonly askedClaims?: readonly string[];
  /** The token family of the access token of a user; absent for other credentials. */
  readonly grantId?: string;
  /** Present exactly where `kind` is `api-key`. */
  readonly apiKey?: CallerApiKey;
  readonly origin: Origin;
}

/** A caller without a credential. */
export function anonymousCaller(origin: Origin): Caller {
  return {
    kind: 'anonymous',
    tenant: null,
    userId: null,
    clientId: null,
    clientUuid: null,
    clientAuth: null,
    permissions: PermissionSet.none,
    scopes: [],
    sessionId: null,
    authTime: null,
    amr: [],
    expiresAt: null,
    origin,
  };
}

/** The service as the caller: for start-up, sweeps, and later steps of a flow that was authorised when it began. */
export function systemCaller(origin: Partial<Origin> & { readonly processId: string }): Caller {
  return {
    ...anonymousCaller({ ip: null, peerIp: null, userAgent: null, api: 'internal', ...origin }),
    kind: 'system',
  };
}

/** The user who is behind a credential, or for whom it acts; null where there is none. */
export function userBehind({ kind, tenant, userId, apiKey }: Caller): UserRef | null {
  if (apiKey !== undefined) return apiKey.owner;
  return kind !== 'user' || tenant === null || userId === null ? null : { tenantId: tenant.id, userId };
}
