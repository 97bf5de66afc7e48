import { type Attribute, named } from './attribute.ts';
import type { ScimFilter } from './filter.ts';
import type { PatchPath } from './patch-path.ts';
import { ScimRefusal } from './refusal.ts';
import { isAssigned, isObject, meetsFilter } from './resolved-filter.ts';
import { type Resource, readValue, valueKey, withMember } from './resource.ts';

/** What an operation of a PATCH does. */
export type PatchOp = 'add' | 'remove' | 'replace';

/** An operation whose path was read. */
export interface Change {
  readonly op: PatchOp;
  readonly target: PatchPath;
  readonly value: unknown;
}

/**
 * The values of an attribute of several, changed by an operation of a PATCH (RFC 7644 section 3.5.2).
 * @throws ScimRefusal noTarget: no value meets the condition in brackets. invalidValue
 */
export function changeValues(attribute: Attribute, old: readonly Resource[], change: Change): readonly Resource[] {
  const { target } = change;
  const isNamed = (value: Resource) => target.filter === null || meetsFilter(target.filter.resolved, value);
  if (change.op === 'remove') return removeValues(attribute, old, change, isNamed);
  if (target.filter === null && target.sub === null) {
    const given = readList(attribute, change.value);
    return change.op === 'replace' ? given : addValues(attribute, old, given);
  }
  return old.some(isNamed) ? changeNamed(attribute, old, change, isNamed) : [...old, made(attribute, change)];
}

const readList = (attribute: Attribute, value: unknown): readonly Resource[] =>
  (readValue(attribute, value) ?? []) as readonly Resource[];

/** Adds values; one that is there takes the members of the new one, and a new primary one ends the old one's preference. */
function addValues(attribute: Attribute, old: readonly Resource[], given: readonly Resource[]): readonly Resource[] {
  const values = new Map(old.map((value) => [valueKey(attribute, value), value]));
  for (const value of given) {
    const key = valueKey(attribute, value);
    if (value.primary === true) endPreference(values);
    values.set(key, { ...values.get(key), ...value });
  }
  return [...values.values()];
}

function endPreference(values: Map<string, Resource>): void {
  for (const [key, value] of values) if (value.primary === true) values.set(key, { ...value, primary: false });
}

/** The values, of which the others are not primary if this one is. */
const preferring = (values: readonly Resource[], at: number): readonly Resource[] =>
  values.map((value, position) => (position === at || value.primary !== true ? value : { ...value, primary: false }));

function changeNamed(
  attribute: Attribute,
  old: readonly Resource[],
  { op, target: { sub }, value }: Change,
  isNamed: (value: Resource) => boolean,
): readonly Resource[] {
  const changed = old.map((each) => {
    if (!isNamed(each)) return each;
    if (sub !== null) return withMember(each, sub.name, readValue(sub, value));
    const given = readOne(attribute, value);
    return op === 'replace' ? given : { ...each, ...given };
  });
  const preferred = changed.findIndex((each, at) => each.primary === true && old[at]!.primary !== true);
  return (preferred < 0 ? changed : preferring(changed, preferred)).filter(isAssigned);
}

/** The value of an operation on values that a condition names, of which it is one. */
function readOne(attribute: Attribute, value: unknown): Resource {
  const [one, ...others] = readList(attribute, value);
  if (others.length > 0) throw new ScimRefusal('invalidValue', `"${attribute.name}" is one value here.`);
  return one ?? {};
}

/** A value for a condition that none meets: what the condition says it equals, with what is added. */
function made(attribute: Attribute, { op, target: { filter, sub }, value }: Change): Resource {
  if (op === 'replace') throw noTarget(attribute);
  const said = filter === null ? {} : saidBy(attribute, filter.written);
  return sub === null ? { ...said, ...readOne(attribute, value) } : withMember(said, sub.name, readValue(sub, value));
}

const noTarget = ({ name }: Attribute): ScimRefusal =>
  new ScimRefusal('noTarget', `No value of "${name}" meets the condition.`);

/** The members that a condition compares by `eq`, all of which hold. */
function saidBy(attribute: Attribute, filter: ScimFilter): Resource {
  if (filter.kind === 'and')
    return Object.assign({}, ...filter.filters.map((each) => saidBy(attribute, each))) as Resource;
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return {};
  const member = named(attribute.subAttributes ?? [], filter.path.name);
  return member === null ? {} : withMember({}, member.name, readValue(member, filter.value));
}

function removeValues(
  attribute: Attribute,
  old: readonly Resource[],
  { target: { filter, sub }, value }: Change,
  isNamed: (value: Resource) => boolean,
): readonly Resource[] {
  if (filter === null && sub === null) {
    if (!isAssigned(value)) return [];
    const given = new Set(readList(attribute, value).map((one) => valueKey(attribute, one)));
    return old.filter((each) => !given.has(valueKey(attribute, each)));
  }
  if (filter !== null && !old.some(isNamed)) {
    // Clients remove members that others have removed before.
    if (attribute.name === 'members') return old;
    throw noTarget(attribute);
  }
  const kept = old.map((each) => (isNamed(each) ? (sub === null ? {} : withMember(each, sub.name, undefined)) : each));
  return kept.filter((each) => isObject(each) && isAssigned(each));
}
