import { fold } from '../../../src/kernel/index.ts';
import {
  type Attribute,
  type FoundAttribute,
  findAttribute,
  named,
  type ResourceKind,
  type WrittenPath,
} from './attribute.ts';
import type { ScimFilter, ScimOperator, ScimValue } from './filter.ts';
import { ScimRefusal } from './refusal.ts';

/** A filter whose paths are attributes of a kind of resource, and whose operators suit their types. */
export type ResolvedFilter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly ResolvedFilter[] }
  | { readonly kind: 'not'; readonly filter: ResolvedFilter }
  /** What is asked of an attribute that resources of the kind do not have: they are as if it had no value. */
  | { readonly kind: 'constant'; readonly holds: boolean }
  | AttributeTest
  | { readonly kind: 'values'; readonly members: readonly string[]; readonly filter: ResolvedFilter };

/** What is asked of one attribute. */
export interface AttributeTest {
  readonly kind: 'test';
  /** Names of the members that lead to the value, as the schema writes them. */
  readonly members: readonly string[];
  readonly attribute: Attribute;
  /** `pr`: it has a value. */
  readonly operator: ScimOperator | 'pr';
  /** Null with `pr`. */
  readonly value: string | boolean | null;
}

/** Operators that look inside a text. */
const TEXT_OPERATORS: ReadonlySet<string> = new Set(['co', 'sw', 'ew']);
const ORDER_OPERATORS: ReadonlySet<string> = new Set(['gt', 'ge', 'lt', 'le']);
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Finds the attributes of a filter (RFC 7644 section 3.4.2.2).
 * @throws ScimRefusal invalidFilter: an operator or a value that does not suit the type of its attribute.
 * @throws ScimRefusal sensitive: a question about a password.
 */
export const resolveFilter = (kind: ResourceKind, filter: ScimFilter): ResolvedFilter =>
  resolveWith(filter, (path) => foundIn(kind, path));

/** The same of a filter in brackets, whose paths name members of the values of an attribute. */
export const resolveValueFilter = (attribute: Attribute, filter: ScimFilter): ResolvedFilter =>
  resolveWith(filter, (path) => memberIn(attribute, path));

/** The attribute of a path, with the names of the members that lead to it. */
interface Target {
  readonly members: readonly string[];
  readonly attribute: Attribute;
}
type Find = (path: WrittenPath) => Target | null;

function foundIn(kind: ResourceKind, path: WrittenPath): Target | null {
  const found = findAttribute(kind, path);
  if (found === null || found.attribute === null) return null;
  return { members: membersTo(found), attribute: found.sub ?? found.attribute };
}

/** Names of the members that lead to an attribute from its resource. */
export const membersTo = ({ extension, attribute, sub }: FoundAttribute): string[] =>
  [extension?.schema, attribute?.name, sub?.name].filter((name) => name !== undefined);

function memberIn(attribute: Attribute, { schema, name, sub }: WrittenPath): Target | null {
  const member = schema === null && sub === null ? named(attribute.subAttributes ?? [], name) : null;
  return member === null ? null : { members: [member.name], attribute: member };
}

function resolveWith(filter: ScimFilter, find: Find): ResolvedFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map((each) => resolveWith(each, find)) };
    case 'not':
      return { kind: 'not', filter: resolveWith(filter.filter, find) };
    case 'values':
      return resolveValues(find(filter.path), filter.filter);
    case 'present':
      return resolveTest(find(filter.path), 'pr', null);
    case 'compare':
      return resolveTest(comparable(find(filter.path)), filter.operator, filter.value);
  }
}

function resolveValues(target: Target | null, filter: ScimFilter): ResolvedFilter {
  if (target === null) return { kind: 'constant', holds: false };
  if (target.attribute.type !== 'complex')
    throw new ScimRefusal('invalidFilter', `The values of "${target.attribute.name}" have no members.`);
  return { kind: 'values', members: target.members, filter: resolveValueFilter(target.attribute, filter) };
}

/** `emails eq "a"` compares `emails.value`. */
function comparable(target: Target | null): Target | null {
  const value = named(target?.attribute.subAttributes ?? [], 'value');
  return target === null || value === null ? target : { members: [...target.members, value.name], attribute: value };
}

function resolveTest(target: Target | null, operator: AttributeTest['operator'], value: ScimValue): ResolvedFilter {
  if (target === null) return { kind: 'constant', holds: isMetWithoutValue(operator, value) };
  if (target.attribute.returned === 'never')
    throw new ScimRefusal('sensitive', `"${target.attribute.name}" cannot be asked for in a filter.`);
  if (operator === 'pr') return { kind: 'test', ...target, operator, value: null };
  return { kind: 'test', ...target, operator, value: checkedValue(target.attribute, operator, value) };
}

const isMetWithoutValue = (operator: AttributeTest['operator'], value: ScimValue): boolean =>
  (operator === 'eq' && value === null) || (operator === 'ne' && value !== null);

function checkedValue(attribute: Attribute, operator: ScimOperator, value: ScimValue): string | boolean | null {
  const { name, type } = attribute;
  const refuse = (reason: string) => new ScimRefusal('invalidFilter', `"${name}" ${reason}.`);
  if (type === 'complex') throw refuse('has members, of which one is compared');
  if (TEXT_OPERATORS.has(operator) && (type === 'boolean' || type === 'dateTime'))
    throw refuse(`cannot be compared with "${operator}"`);
  if (ORDER_OPERATORS.has(operator) && type === 'boolean') throw refuse(`cannot be compared with "${operator}"`);
  if (value === null) {
    if (operator === 'eq' || operator === 'ne') return null;
    throw refuse(`is compared with null by "eq" and "ne" alone`);
  }
  if (type === 'boolean') {
    const flag = readBoolean(value);
    if (flag === null) throw refuse('is compared with true or false');
    return flag;
  }
  if (typeof value !== 'string') throw refuse('is compared with a text');
  if (type === 'dateTime' && !isDateTime(value)) throw refuse('is compared with a date and a time');
  return value;
}

const isDateTime = (text: string): boolean => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text));

/** A boolean, which some clients write as a text; null: something else. */
export function readBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** Whether a resource, or a value of an attribute, meets a filter. Its members are named as the schema names them. */
export function meetsFilter(filter: ResolvedFilter, value: unknown): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((each) => meetsFilter(each, value));
    case 'or':
      return filter.filters.some((each) => meetsFilter(each, value));
    case 'not':
      return !meetsFilter(filter.filter, value);
    case 'constant':
      return filter.holds;
    case 'values':
      return valuesAt(value, filter.members).some((each) => meetsFilter(filter.filter, each));
    case 'test':
      return passesTest(filter, valuesAt(value, filter.members));
  }
}

/** The values at the end of a way through members, each of which may have several; those without a value are left out. */
function valuesAt(value: unknown, [first, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(each, first === undefined ? [] : [first, ...rest]));
  if (first === undefined) return isAssigned(value) ? [value] : [];
  const member = isObject(value) && Object.hasOwn(value, first) ? value[first] : undefined;
  return valuesAt(member, rest);
}

/** Whether a value is an object and no list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null, an empty text, an empty list and an object without assigned members are no value (RFC 7643 section 2.5). */
export function isAssigned(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isAssigned);
  if (isObject(value)) return Object.values(value).some(isAssigned);
  return value !== undefined && value !== null && value !== '';
}

function passesTest({ operator, attribute, value }: AttributeTest, values: readonly unknown[]): boolean {
  if (operator === 'pr') return values.length > 0;
  if (value === null) return (values.length === 0) === (operator === 'eq');
  if (operator === 'ne') return values.length === 0 || values.some((each) => !compares(attribute, 'eq', each, value));
  return values.some((each) => compares(attribute, operator, each, value));
}

function compares(attribute: Attribute, operator: ScimOperator, one: unknown, other: string | boolean): boolean {
  if (typeof one === 'boolean' || typeof other === 'boolean') return one === other;
  if (attribute.type === 'dateTime') return COMPARISONS[operator](Date.parse(String(one)), Date.parse(other));
  const key = attribute.caseExact ? (text: string) => text : fold;
  return COMPARISONS[operator](key(String(one)), key(other));
}

type Ordered = string | number;
const COMPARISONS: Readonly<Record<ScimOperator, (one: Ordered, other: Ordered) => boolean>> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  co: (one, other) => String(one).includes(String(other)),
  sw: (one, other) => String(one).startsWith(String(other)),
  ew: (one, other) => String(one).endsWith(String(other)),
  gt: (one, other) => one > other,
  ge: (one, other) => one >= other,
  lt: (one, other) => one < other,
  le: (one, other) => one <= other,
};
