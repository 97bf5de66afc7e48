import { type Attribute, extensionNamed, isSameName, type ResourceKind } from './attribute.ts';
import { type PatchPath, readPatchPath } from './patch-path.ts';
import { type Change, changeValues, type PatchOp } from './patch-values.ts';
import { ScimRefusal } from './refusal.ts';
import { isObject } from './resolved-filter.ts';
import { assertWhole, type Resource, readValue, withMember } from './resource.ts';

/** URN of the body of a PATCH (RFC 7644 section 3.5.2). */
export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** One operation of a PATCH. */
export interface PatchOperation {
  readonly op: PatchOp;
  /** Null: the value names what it changes. */
  readonly path: string | null;
  readonly value: unknown;
}

const OPS: readonly PatchOp[] = ['add', 'remove', 'replace'];
/** Most operations of a request, each of which may look at all members of a group. */
const MAX_OPERATIONS = 1000;

/**
 * The operations of the body of a PATCH. Names and `op` ignore case.
 * @throws ScimRefusal invalidSyntax
 */
export function readPatch(body: unknown): readonly PatchOperation[] {
  const [schemas, operations] = ['schemas', 'operations'].map((name) => memberOf(body, name));
  if (!Array.isArray(schemas) || !schemas.some((each) => typeof each === 'string' && isSameName(each, PATCH_SCHEMA)))
    throw invalidSyntax(`"schemas" names ${PATCH_SCHEMA}.`);
  if (!Array.isArray(operations) || operations.length === 0)
    throw invalidSyntax('"Operations" is a list that is not empty.');
  if (operations.length > MAX_OPERATIONS) throw invalidSyntax(`There are at most ${MAX_OPERATIONS} operations.`);
  return operations.map(readOperation);
}

function readOperation(given: unknown): PatchOperation {
  const [name, path = null, value] = ['op', 'path', 'value'].map((member) => memberOf(given, member));
  const op = typeof name === 'string' ? OPS.find((each) => isSameName(each, name)) : undefined;
  if (op === undefined) throw invalidSyntax('"op" is "add", "remove" or "replace".');
  if (path !== null && typeof path !== 'string') throw new ScimRefusal('invalidPath', '"path" is a text.');
  if (op !== 'remove' && value === undefined) throw new ScimRefusal('invalidValue', `"${op}" needs a value.`);
  return { op, path: path === '' ? null : path, value };
}

const invalidSyntax = (message: string): ScimRefusal => new ScimRefusal('invalidSyntax', message);

/** A member whose name ignores case. */
function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? Object.entries(value).find(([each]) => isSameName(each, name))?.[1] : undefined;
}

/**
 * A resource as operations leave it, all of them or none (RFC 7644 section 3.5.2).
 * @param resource As `readResource` gives it, with `id`.
 * @throws ScimRefusal invalidPath, invalidFilter, invalidValue, mutability, noTarget
 */
export function applyPatch(kind: ResourceKind, resource: Resource, operations: readonly PatchOperation[]): Resource {
  const patched = operations.reduce((before, operation) => applyOperation(kind, before, operation), resource);
  assertWhole(kind, patched);
  return patched;
}

function applyOperation(kind: ResourceKind, resource: Resource, { op, path, value }: PatchOperation): Resource {
  if (path !== null) {
    const target = readPatchPath(kind, path);
    if (target === null) throw new ScimRefusal('invalidPath', `There is no attribute "${path.slice(0, 100)}".`);
    assertMutable(target);
    return applyAt(kind, resource, { op, target, value });
  }
  if (op === 'remove') throw new ScimRefusal('noTarget', '"remove" needs a path.');
  return applyMembers(kind, resource, op, value, '');
}

/** What clients only read, and what they set once, is not changed by a path. */
function assertMutable({ attribute, sub }: PatchPath): void {
  const fixed = [attribute, sub].find((each) => each?.mutability === 'readOnly' || each?.mutability === 'immutable');
  if (fixed != null) throw new ScimRefusal('mutability', `"${fixed.name}" cannot be changed.`);
}

/**
 * Applies an operation to each member of a value, whose name is a path. What the service does not have is left out, as in a new
 * resource.
 */
function applyMembers(kind: ResourceKind, resource: Resource, op: PatchOp, value: unknown, prefix: string): Resource {
  if (!isObject(value)) throw new ScimRefusal('invalidValue', 'A value without a path is an object.');
  return Object.entries(value).reduce((before, [name, member]) => {
    if (isSameName(name, kind.schema) && isObject(member)) return applyMembers(kind, before, op, member, prefix);
    const target = readPatchPath(kind, `${prefix}${name}`);
    if (target === null || isDropped(before, target, member)) return before;
    return applyAt(kind, before, { op, target, value: member });
  }, resource);
}

function isDropped(resource: Resource, { attribute, sub }: PatchPath, value: unknown): boolean {
  if (attribute?.name === 'id' && value !== null && value !== resource.id)
    throw new ScimRefusal('mutability', '"id" cannot be changed.');
  return attribute?.mutability === 'readOnly' || sub?.mutability === 'readOnly';
}

function applyAt(kind: ResourceKind, resource: Resource, change: Change): Resource {
  const { extension, attribute } = change.target;
  if (extension === null) return changeMember(resource, attribute!, change);
  if (attribute === null) return changeExtension(kind, resource, extension.schema, change);
  const inside = resource[extension.schema];
  return withMember(resource, extension.schema, changeMember(isObject(inside) ? inside : {}, attribute, change));
}

function changeExtension(kind: ResourceKind, resource: Resource, schema: string, { op, value }: Change): Resource {
  if (op === 'remove' || value === null) return withMember(resource, schema, undefined);
  return applyMembers(kind, resource, op, value, `${extensionNamed(kind, schema)!.schema}:`);
}

function changeMember(container: Resource, attribute: Attribute, { op, target, value }: Change): Resource {
  if (op === 'remove' && attribute.required && target.filter === null && target.sub === null)
    throw new ScimRefusal('mutability', `"${attribute.name}" is required.`);
  const old = container[attribute.name];
  const next = attribute.multiValued
    ? changeValues(attribute, Array.isArray(old) ? (old as Resource[]) : [], { op, target, value })
    : changeSingle(attribute, old, { op, target, value });
  return withMember(container, attribute.name, next);
}

function changeSingle(attribute: Attribute, old: unknown, { op, target: { sub }, value }: Change): unknown {
  const before = isObject(old) ? old : {};
  if (sub !== null) return withMember(before, sub.name, op === 'remove' ? undefined : readValue(sub, value));
  if (op === 'remove' || value === null) return undefined;
  const given = readValue(attribute, value);
  if (attribute.type !== 'complex' || !isObject(given)) return given;
  return { ...before, ...given };
}
