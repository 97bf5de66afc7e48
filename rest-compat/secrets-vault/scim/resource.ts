import { fold } from '../../../src/kernel/index.ts';
import {
  type Attribute,
  extensionNamed,
  findAttribute,
  isSameName,
  named,
  ownAttributes,
  type ResourceKind,
  readPath,
} from './attribute.ts';
import { ScimRefusal } from './refusal.ts';
import { isAssigned, isObject, readBoolean } from './resolved-filter.ts';

/** A resource whose members are named as the schema names them; extensions are members named by their URNs. */
export type Resource = Readonly<Record<string, unknown>>;

/**
 * Reads a resource that a client sent to create or replace one. Names ignore case; members that the service does not have, and
 * those that clients only read, are left out, and so are members without a value.
 * @throws ScimRefusal invalidSyntax: no object, or the URN of the core schema is not in `schemas`.
 * @throws ScimRefusal invalidValue: a value of the wrong type, a required one missing, two primary ones.
 */
export function readResource(kind: ResourceKind, body: unknown): Resource {
  if (!isObject(body)) throw new ScimRefusal('invalidSyntax', 'A resource is an object.');
  const schemas = Object.entries(body).find(([name]) => isSameName(name, 'schemas'))?.[1];
  const names = Array.isArray(schemas) ? schemas.filter((each) => typeof each === 'string') : [];
  if (!names.some((each) => isSameName(each, kind.schema)))
    throw new ScimRefusal('invalidSyntax', `"schemas" names ${kind.schema}.`);
  const resource = readMembers(kind, body);
  assertWhole(kind, resource);
  return resource;
}

function readMembers(kind: ResourceKind, body: Resource): Resource {
  const core = Object.entries(body).filter(([name, value]) => isSameName(name, kind.schema) && isObject(value));
  const members = [body, ...core.map(([, inside]) => inside as Resource)].flatMap((each) => Object.entries(each));
  return members.reduce<Resource>((resource, [name, value]) => addMember(kind, resource, name, value), {});
}

function addMember(kind: ResourceKind, resource: Resource, name: string, value: unknown): Resource {
  const extension = extensionNamed(kind, name);
  if (extension !== null) {
    if (value === null) return resource;
    if (!isObject(value)) throw invalidValue(name, 'is an object');
    return withMember(resource, extension.schema, readObject(extension.attributes, value));
  }
  const attribute = named(ownAttributes(kind), name) ?? coreNamed(kind, name);
  if (attribute === null || attribute.mutability === 'readOnly') return resource;
  return withMember(resource, attribute.name, readValue(attribute, value));
}

/** An attribute of the core schema that is written with its URN. */
function coreNamed(kind: ResourceKind, name: string): Attribute | null {
  const written = readPath(name, 0);
  const found = written === null || written.end < name.length ? null : findAttribute(kind, written.path);
  return found === null || found.extension !== null || found.sub !== null ? null : found.attribute;
}

const invalidValue = (name: string, rule: string): ScimRefusal =>
  new ScimRefusal('invalidValue', `"${name.slice(0, 100)}" ${rule}.`);

/** The members of a value, by the attributes that it may have. */
function readObject(attributes: readonly Attribute[], value: Resource): Resource {
  return Object.entries(value).reduce<Resource>((read, [name, member]) => {
    const attribute = named(attributes, name);
    return attribute === null || attribute.mutability === 'readOnly'
      ? read
      : withMember(read, attribute.name, readValue(attribute, member));
  }, {});
}

/** A copy with a member; without it, when it has no value. */
export function withMember(resource: Resource, name: string, value: unknown): Resource {
  const { [name]: _old, ...rest } = resource;
  return isAssigned(value) ? { ...rest, [name]: value } : rest;
}

/** A resource of these members, without those that have no value. */
export const assigned = (members: Resource): Resource =>
  Object.entries(members).reduce<Resource>((resource, [name, value]) => withMember(resource, name, value), {});

/** The text of a member; null: it has none. */
export const textIn = (resource: Resource, name: string): string | null => {
  const value = resource[name];
  return typeof value === 'string' ? value : null;
};

/**
 * A value of an attribute as the service keeps it; undefined: none. A single value is taken for a list of one, a text for the
 * member `value`, and a list of one `{value}` for a single value, as clients write them.
 * @throws ScimRefusal invalidValue
 */
export function readValue(attribute: Attribute, value: unknown): unknown {
  if (attribute.mutability === 'writeOnly' || value === null || value === undefined) return undefined;
  if (attribute.multiValued) return readList(attribute, value);
  return readSingle(attribute, isListOfOne(value) ? (value[0].value ?? value[0]) : value);
}

const isListOfOne = (value: unknown): value is [Resource] =>
  Array.isArray(value) && value.length === 1 && isObject(value[0]);

function readList(attribute: Attribute, value: unknown): unknown[] {
  const given = Array.isArray(value) ? value : [value];
  return given.map((each) => readSingle(attribute, each)).filter(isAssigned);
}

function readSingle(attribute: Attribute, value: unknown): unknown {
  if (value === null) return undefined;
  if (attribute.type === 'complex') return readComplex(attribute, value);
  if (attribute.type === 'boolean') {
    const flag = readBoolean(value);
    if (flag === null) throw invalidValue(attribute.name, 'is true or false');
    return flag;
  }
  if (typeof value !== 'string') throw invalidValue(attribute.name, 'is a text');
  return value;
}

function readComplex({ name, subAttributes = [] }: Attribute, value: unknown): Resource {
  if (isObject(value)) return readObject(subAttributes, value);
  if (typeof value === 'string' && named(subAttributes, 'value') !== null) return { value };
  throw invalidValue(name, 'is an object');
}

/** @throws ScimRefusal invalidValue: a required attribute has no value, or two values of one attribute are primary. */
export function assertWhole(kind: ResourceKind, resource: Resource): void {
  for (const { name, required, multiValued } of ownAttributes(kind)) {
    const value = resource[name];
    if (required && !isAssigned(value)) throw invalidValue(name, 'is required');
    if (multiValued && primaryOf(value).length > 1) throw invalidValue(name, 'has at most one primary value');
  }
}

const primaryOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value.filter((each) => isObject(each) && each.primary === true) : [];

/** What tells values of an attribute of several apart: members by `value`, others by `type` too, those without a value by all. */
export function valueKey({ subAttributes = [] }: Attribute, value: Resource): string {
  const own = named(subAttributes, 'value');
  const type = named(subAttributes, 'type');
  const compared =
    own === null
      ? subAttributes.filter(({ name }) => name !== 'primary')
      : [own, ...(type === null || type.mutability === 'immutable' ? [] : [type])];
  return JSON.stringify(compared.map((each) => foldedMember(each, value) ?? null));
}

function foldedMember({ name, caseExact }: Attribute, value: Resource): unknown {
  const member = value[name];
  return typeof member === 'string' && !caseExact ? fold(member) : member;
}
