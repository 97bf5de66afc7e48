import { invalidField, type TenantRef } from '../src/kernel/index.ts';

/** The tag of each type in global ids. A tag never changes: clients keep ids. */
export const TAGS = {
  Tenant: 'ten',
  User: 'usr',
  Credential: 'crd',
  Session: 'ses',
  Device: 'dev',
  Consent: 'con',
  Client: 'cli',
  LinkedApp: 'app',
  Role: 'rol',
  Group: 'grp',
  FederationProvider: 'idp',
  FederationLink: 'fed',
  Riskbit: 'rsk',
  SecurityEvent: 'evt',
  Lockout: 'blk',
  SigningKey: 'key',
} as const;
export type TaggedType = keyof typeof TAGS;

const TYPE_OF_TAG: ReadonlyMap<string, TaggedType> = new Map(
  Object.entries(TAGS).map(([type, tag]) => [tag, type as TaggedType]),
);

/** A parsed global id: `<tag>~<8 base32 characters of the tenant's route>~<key>` (docs/architecture.md). */
export interface GlobalId {
  readonly type: TaggedType;
  readonly route: string;
  readonly key: string;
}

const ROUTE = /^[a-z2-7]{8}$/;
const GLOBAL_ID = /^[a-z]{3}~[a-z2-7]{8}~./s;

/** Whether a value has the form of a global id, of whatever type. */
export function isGlobalId(value: string): boolean {
  return GLOBAL_ID.test(value);
}

/** Null when the value has no `~` and is therefore a bare key. @throws INVALID_INPUT The value has `~` but is not a global id. */
export function parseGlobalId(value: string, path = 'id'): GlobalId | null {
  if (!value.includes('~')) return null;
  const [tag, route, ...rest] = value.split('~');
  const type = TYPE_OF_TAG.get(tag ?? '');
  const key = rest.join('~');
  if (type === undefined || route === undefined || !ROUTE.test(route) || key === '') {
    throw invalidField(path, 'ID_INVALID', 'This is not an id.');
  }
  return { type, route, key };
}

export function toGlobalId(type: TaggedType, tenant: Pick<TenantRef, 'route'>, key: string): string {
  return `${TAGS[type]}~${tenant.route}~${key}`;
}

/** A composite key as one text: percent-encoded parts joined by `:`. */
export function joinKey(parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join(':');
}

/** @throws INVALID_INPUT when the key has another number of parts or is badly encoded. */
export function splitKey(key: string, count: number, path = 'id'): string[] {
  try {
    const parts = key.split(':').map(decodeURIComponent);
    if (parts.length === count) return parts;
  } catch {
    // Badly encoded keys are refused below.
  }
  throw invalidField(path, 'ID_INVALID', 'This is not an id.');
}

/** The bare key in an `ID` argument that may hold the global or the bare form. @throws INVALID_INPUT for an id of another type. */
export function keyOf(type: TaggedType, value: string, path = 'id'): string {
  const id = parseGlobalId(value, path);
  if (id === null) return value;
  if (id.type !== type) throw invalidField(path, 'ID_INVALID', `This is the id of a ${id.type}, not of a ${type}.`);
  return id.key;
}
