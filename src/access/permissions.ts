/**
 * The one list of permissions (docs/tenancy.md): `noun:verb`. `write` implies `read` of its noun; nothing else implies it.
 * Each is demanded somewhere; a migration gives a new one to the builtin roles of tenants that exist already.
 */
const PERMISSION_VERBS = {
  tenant: ['read', 'write', 'create', 'delete', 'import'],
  setting: ['read', 'write'],
  user: ['read', 'create', 'write', 'delete', 'impersonate'],
  email: ['change'],
  'user-property': ['read', 'write'],
  'auth-mode': ['read', 'write'],
  'account-state': ['read', 'write'],
  password: ['change', 'set'],
  'dependent-password': ['change'],
  credential: ['read', 'write', 'delete'],
  'security-question': ['read', 'check', 'write'],
  session: ['read', 'revoke'],
  device: ['read', 'delete'],
  'linked-app': ['read', 'create', 'delete'],
  consent: ['read', 'revoke'],
  'federation-provider': ['read', 'write'],
  'federation-link': ['read', 'write', 'bind'],
  'federation-token': ['read'],
  client: ['read', 'create', 'write', 'delete'],
  'client-secret': ['read', 'rotate'],
  token: ['introspect', 'revoke'],
  role: ['read', 'create', 'write', 'delete'],
  'role-grant': ['read', 'write'],
  group: ['read', 'create', 'write', 'delete'],
  'group-member': ['read', 'write'],
  right: ['read', 'write', 'change', 'revoke'],
  riskbit: ['read', 'write', 'delete', 'verify'],
  block: ['read', 'lift'],
  'qr-sign-in': ['read', 'decide'],
  'api-key': ['read', 'create', 'delete', 'rotate'],
  'sign-in-link': ['send'],
  mail: ['send'],
  event: ['read'],
  analytics: ['read'],
  key: ['read', 'rotate'],
} as const satisfies Record<string, readonly string[]>;

type Verbs = typeof PERMISSION_VERBS;
/** `user:read`, `session:revoke` ... */
export type Permission = { [N in keyof Verbs & string]: `${N}:${Verbs[N][number]}` }[keyof Verbs & string];

/** How far a permission goes: the caller's own account, its tenant, or every tenant (held in `master` alone). */
export type Reach = 'self' | 'tenant' | 'all';
const WIDTH: Readonly<Record<Reach, number>> = { self: 0, tenant: 1, all: 2 };

/** Whether reach `a` covers what reach `b` asks for. */
export function covers(a: Reach, b: Reach): boolean {
  return WIDTH[a] >= WIDTH[b];
}

/** The native form of a permission with its reach: `user:read`, `user:read:self`, `user:read:all`. */
export type ScopeString = Permission | `${Permission}:self` | `${Permission}:all`;

/** A permission with its reach; `only` narrows it to named objects, such as one federation provider. */
export interface PermissionGrant {
  readonly permission: Permission;
  readonly reach: Reach;
  readonly only?: string;
}

const PERMISSIONS: readonly Permission[] = Object.entries(PERMISSION_VERBS).flatMap(([noun, verbs]) =>
  verbs.map((verb) => `${noun}:${verb}` as Permission),
);
const KNOWN = new Set<string>(PERMISSIONS);

/** Every native scope string, parsed in advance because directives look scopes up for every field. */
const GRANTS: ReadonlyMap<string, PermissionGrant> = new Map(
  (['self', 'tenant', 'all'] as const).flatMap((reach) =>
    PERMISSIONS.map((permission) => [formatScope({ permission, reach }), { permission, reach }] as const),
  ),
);

/** Reads a native scope string; null when it is not one. */
export function parseScope(scope: string): PermissionGrant | null {
  return GRANTS.get(scope) ?? null;
}

export function formatScope(grant: PermissionGrant): ScopeString {
  return grant.reach === 'tenant' ? grant.permission : `${grant.permission}:${grant.reach}`;
}

/** Every permission, with one reach: what the builtin role `administrator` holds with `all`. */
export function everyPermission(reach: Reach): PermissionGrant[] {
  return PERMISSIONS.map((permission) => ({ permission, reach }));
}

interface Held {
  /** The widest reach held without narrowing to objects; null when only narrowed grants exist. */
  reach: Reach | null;
  /** Narrowed grants: object to widest reach. */
  readonly only: Map<string, Reach>;
}

/** What a caller may do, indexed for look-up. Immutable. */
export class PermissionSet {
  static readonly none = new PermissionSet([]);
  readonly #held = new Map<Permission, Held>();
  #holdsEverything: boolean | undefined;

  constructor(grants: Iterable<PermissionGrant>) {
    for (const grant of grants) {
      this.#add(grant.permission, grant);
      const [noun, verb] = grant.permission.split(':') as [string, string];
      const read = `${noun}:read`;
      if (verb === 'write' && KNOWN.has(read)) this.#add(read as Permission, grant);
    }
  }

  #add(permission: Permission, { reach, only }: PermissionGrant): void {
    let held = this.#held.get(permission);
    if (held === undefined) {
      held = { reach: null, only: new Map() };
      this.#held.set(permission, held);
    }
    if (only === undefined) {
      if (held.reach === null || !covers(held.reach, reach)) held.reach = reach;
      return;
    }
    const before = held.only.get(only);
    if (before === undefined || !covers(before, reach)) held.only.set(only, reach);
  }

  /** The widest reach at which the permission is held without narrowing; null when it is not. */
  reachOf(permission: Permission): Reach | null {
    return this.#held.get(permission)?.reach ?? null;
  }

  /** The objects a narrowed permission is held for, with at least the given reach. */
  onlyOf(permission: Permission, reach: Reach): readonly string[] {
    const held = this.#held.get(permission);
    if (held === undefined) return [];
    return [...held.only].filter(([, width]) => covers(width, reach)).map(([name]) => name);
  }

  /** Whether everything `grant` allows is already allowed. */
  includes(grant: PermissionGrant): boolean {
    const held = this.#held.get(grant.permission);
    if (held === undefined) return false;
    if (held.reach !== null && covers(held.reach, grant.reach)) return true;
    if (grant.only === undefined) return false;
    const narrowed = held.only.get(grant.only);
    return narrowed !== undefined && covers(narrowed, grant.reach);
  }

  includesAll(grants: Iterable<PermissionGrant>): boolean {
    for (const grant of grants) if (!this.includes(grant)) return false;
    return true;
  }

  /** Whether any permission is held with reach `all`: such holders are guarded accounts (docs/tenancy.md, rule 7). */
  get holdsAll(): boolean {
    for (const held of this.#held.values()) {
      if (held.reach === 'all' || [...held.only.values()].includes('all')) return true;
    }
    return false;
  }

  /** Whether every permission is held for all tenants, so that no other caller can hold more. */
  get holdsEverything(): boolean {
    this.#holdsEverything ??= PERMISSIONS.every((permission) => this.reachOf(permission) === 'all');
    return this.#holdsEverything;
  }

  *grants(): IterableIterator<PermissionGrant> {
    for (const [permission, held] of this.#held) {
      if (held.reach !== null) yield { permission, reach: held.reach };
      for (const [only, reach] of held.only) yield { permission, reach, only };
    }
  }

  /** What both sets allow. */
  intersect(other: PermissionSet): PermissionSet {
    const result: PermissionGrant[] = [];
    for (const grant of this.grants()) {
      for (const limit of other.grants()) {
        if (limit.permission !== grant.permission) continue;
        if (grant.only !== undefined && limit.only !== undefined && grant.only !== limit.only) continue;
        const only = grant.only ?? limit.only;
        const reach = covers(grant.reach, limit.reach) ? limit.reach : grant.reach;
        result.push(
          only === undefined ? { permission: grant.permission, reach } : { permission: grant.permission, reach, only },
        );
      }
    }
    return new PermissionSet(result);
  }
}
