import { invalidField, type TenantRef } from '../src/kernel/index.ts';

/**
 * The tags of global ids, each with its type. Every module declares its tags here, in its `module.ts`; a tag that two modules
 * declare does not compile. A tag never changes: clients keep ids.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the modules declare its members.
export interface NodeTags {}

/** A type that has a global id. */
export type TaggedType = NodeTags[keyof NodeTags];

const TAG_OF = new Map<string, string>();
const TYPE_OF = new Map<string, TaggedType>();

/** Makes the tag of a type known. @throws Error The tag or the type is declared already. */
export function registerTag(tag: string, type: TaggedType): void {
  const taken = TYPE_OF.get(tag);
  if (taken !== undefined) throw new Error(`The tag "${tag}" of ${type} is the tag of ${taken}.`);
  if (TAG_OF.has(type)) throw new Error(`${type} has two tags: "${TAG_OF.get(type)}" and "${tag}".`);
  TAG_OF.set(type, tag);
  TYPE_OF.set(tag, type);
}

/** Every type that has a tag. */
export const taggedTypes = (): readonly TaggedType[] => [...TYPE_OF.values()];

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
  const type = TYPE_OF.get(tag ?? '');
  const key = rest.join('~');
  if (type === undefined || route === undefined || !ROUTE.test(route) || key === '') {
    throw invalidField(path, 'ID_INVALID', 'This is not an id.');
  }
  return { type, route, key };
}

export function toGlobalId(type: TaggedType, tenant: Pick<TenantRef, 'route'>, key: string): string {
  const tag = TAG_OF.get(type);
  if (tag === undefined) throw new Error(`${type} has no tag: no module in schema/modules.ts announces it.`);
  return `${tag}~${tenant.route}~${key}`;
}

/** A composite key as one text: percent-encoded parts joined by `:`. */
export function joinKey(parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join(':');
}

type Parts<N extends 2 | 3> = N extends 2 ? [string, string] : [string, string, string];

/** @throws INVALID_INPUT when the key has another number of parts or is badly encoded. */
export function splitKey<N extends 2 | 3>(key: string, count: N, path = 'id'): Parts<N> {
  try {
    const parts = key.split(':').map(decodeURIComponent);
    if (parts.length === count) return parts as Parts<N>;
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
