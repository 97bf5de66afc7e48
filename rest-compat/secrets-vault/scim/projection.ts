import { type FoundAttribute, findAttribute, type ResourceKind, readPath } from './attribute.ts';
import { ScimRefusal } from './refusal.ts';
import { isObject, membersTo } from './resolved-filter.ts';
import type { Resource } from './resource.ts';

/** Which attributes an answer has (RFC 7644 section 3.9). */
export interface Projection {
  /** Names of members that lead to what is asked for, or to what is left out; null: all attributes. */
  readonly paths: readonly (readonly string[])[] | null;
  readonly isExclusion: boolean;
}

/** Most characters of each parameter, as of a filter. */
const MAX_LENGTH = 2048;

/**
 * Reads the parameters `attributes` and `excludedAttributes`: names, paths and URNs, separated by commas. Unknown ones are
 * ignored. An empty parameter is an absent one.
 * @throws ScimRefusal invalidValue: both are given, or one is too long.
 */
export function readProjection(
  kind: ResourceKind,
  attributes: string | null,
  excludedAttributes: string | null,
): Projection {
  if (attributes && excludedAttributes)
    throw new ScimRefusal('invalidValue', 'Give either "attributes" or "excludedAttributes".');
  const text = attributes || excludedAttributes;
  if (!text) return { paths: null, isExclusion: false };
  if (text.length > MAX_LENGTH)
    throw new ScimRefusal('invalidValue', `A list of attributes has at most ${MAX_LENGTH} characters.`);
  const found = text.split(',').flatMap((name) => foundIn(kind, name.trim()));
  return { paths: found.map(membersTo), isExclusion: !attributes };
}

function foundIn(kind: ResourceKind, name: string): FoundAttribute[] {
  const written = readPath(name, 0);
  const found = written === null || written.end < name.length ? null : findAttribute(kind, written.path);
  return found === null ? [] : [found];
}

/** Whether an answer has an attribute of the resource itself, or a part of it. */
export const isShown = ({ paths, isExclusion }: Projection, name: string): boolean =>
  paths === null ||
  (isExclusion
    ? !paths.some((path) => path.length === 1 && path[0] === name)
    : paths.some(([first]) => first === name));

/** Attributes that every answer has. */
const ALWAYS = ['schemas', 'id'];

/** A resource with the attributes that an answer has; `schemas` and `id` are always there. */
export function projectResource(resource: Resource, { paths, isExclusion }: Projection): Resource {
  if (paths === null) return resource;
  const always = Object.fromEntries(ALWAYS.flatMap((name) => (name in resource ? [[name, resource[name]]] : [])));
  const named = isExclusion
    ? paths.reduce<unknown>((left, path) => without(left, path), resource)
    : onlyNamed(resource, paths);
  return { ...always, ...(named as Resource) };
}

/** A copy without what a path leads to, in every value of an attribute of several. */
function without(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => without(each, [first!, ...rest]));
  if (!isObject(value) || !Object.hasOwn(value, first!)) return value;
  const { [first!]: inside, ...others } = value;
  return rest.length === 0 ? others : { ...others, [first!]: without(inside, rest) };
}

/** The members to which paths lead; the whole member when one path ends at it. */
function onlyNamed(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) return value.map((each) => onlyNamed(each, paths));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const inside = paths.filter(([first]) => first === name).map((path) => path.slice(1));
      return inside.length === 0 ? [] : [[name, onlyNamed(member, inside)]];
    }),
  );
}
