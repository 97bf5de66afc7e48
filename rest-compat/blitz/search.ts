import { z } from 'zod';
import type { ComparisonOperator, ComparisonType, GroupSearchField, UserSearchField } from './operations.generated.ts';
import {
  isNumber,
  MAX_RQL_LENGTH,
  parseRql,
  type RqlCall,
  RqlRefusal,
  type RqlValue,
  splitLimit,
  valuesOf,
} from './rql.ts';

/**
 * Names in searches that are not attributes, with the field of the graph for each; `negated`: the field has the opposite
 * meaning.
 */
export type SearchFields<Field extends string> = Readonly<
  Record<string, { readonly field: Field } | { readonly attribute: string } | { readonly negated: Field }>
>;

export const USER_FIELDS: SearchFields<UserSearchField> = {
  sub: { field: 'SUBJECT' },
  login: { attribute: 'username' },
  locked: { negated: 'ENABLED' },
};

export const GROUP_FIELDS: SearchFields<GroupSearchField> = {
  id: { field: 'KEY' },
  name: { field: 'NAME' },
  profile: { field: 'PROFILE' },
};

export interface Comparison<Field extends string> {
  readonly attribute?: string;
  readonly field?: Field;
  readonly operator: ComparisonOperator;
  readonly value: string;
  readonly type?: ComparisonType;
}

/** A search in the terms of the graph: at least one alternative must hold, with all its comparisons. */
export interface Search<Field extends string> {
  readonly anyOf: readonly { readonly allOf: readonly Comparison<Field>[] }[] | null;
  /** Null: no limit was given. */
  readonly limit: number | null;
}

type Alternatives<Field extends string> = readonly (readonly Comparison<Field>[])[];

/** The limits of the graph. */
const MAX_ALTERNATIVES = 20;
const MAX_COMPARISONS = 100;

const OPERATORS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['eq', 'EQ'],
  ['ne', 'NE'],
  ['lt', 'LT'],
  ['le', 'LE'],
  ['gt', 'GT'],
  ['ge', 'GE'],
]);

/**
 * Reads a search (docs/dialects/blitz.md, sections 2.4, 2.19): `and`, `or`, `eq`, `ne`, `lt`, `le`, `gt`, `ge` and one `limit`.
 * @throws RqlRefusal The expression is malformed, has other operators, or has more alternatives than the graph allows.
 */
export function searchOf<Field extends string>(text: string, fields: SearchFields<Field>): Search<Field> {
  const { condition, limit } = splitLimit(parseRql(text));
  if (condition === null) return { anyOf: null, limit };
  return { anyOf: alternativesOf(condition, fields).map((allOf) => ({ allOf })), limit };
}

/** Converts the expression to alternatives: `and(or(a,b),c)` becomes `a and c`, or `b and c`. */
function alternativesOf<Field extends string>(call: RqlCall, fields: SearchFields<Field>): Alternatives<Field> {
  const operator = OPERATORS.get(call.name);
  if (operator !== undefined) return [[comparisonOf(call, operator, fields)]];
  if (call.name !== 'and' && call.name !== 'or') throw new RqlRefusal(`There is no "${call.name}" here`, call.at);
  const parts = (call.args as readonly RqlCall[]).map((part) => alternativesOf(part, fields));
  const joined = call.name === 'or' ? parts.flat() : parts.reduce((all, part) => bounded(product(all, part), call));
  return bounded(joined, call);
}

const product = <Field extends string>(left: Alternatives<Field>, right: Alternatives<Field>): Alternatives<Field> =>
  left.flatMap((one) => right.map((other) => [...one, ...other]));

function bounded<Field extends string>(alternatives: Alternatives<Field>, { at }: RqlCall): Alternatives<Field> {
  if (alternatives.length <= MAX_ALTERNATIVES && alternatives.flat().length <= MAX_COMPARISONS) return alternatives;
  throw new RqlRefusal('The expression has too many alternatives', at);
}

function comparisonOf<Field extends string>(
  call: RqlCall,
  operator: ComparisonOperator,
  fields: SearchFields<Field>,
): Comparison<Field> {
  const [name, value] = valuesOf(call, 2);
  const subject = Object.hasOwn(fields, name!.text) ? fields[name!.text]! : { attribute: name!.text };
  if ('negated' in subject)
    return { field: subject.negated, operator, value: negationOf(name!.text, value!, operator) };
  const isEquality = operator === 'EQ' || operator === 'NE';
  // `eq(INN,7700000001)` matches the text as well as the number, because both are stored alike.
  const isOfNumbers = 'attribute' in subject && isNumber(value!) && (value!.type === 'number' || !isEquality);
  return { ...subject, operator, value: value!.text, ...(isOfNumbers ? { type: 'NUMBER' } : {}) };
}

function negationOf(name: string, { text, at }: RqlValue, operator: ComparisonOperator): string {
  if (!['EQ', 'NE'].includes(operator) || !['true', 'false'].includes(text))
    throw new RqlRefusal(`"${name}" is true or false`, at);
  return text === 'true' ? 'false' : 'true';
}

/** Declares a query parameter that contains a search. */
export const searchParameter = <Field extends string>(fields: SearchFields<Field>) =>
  z
    .string()
    .superRefine((text, context) => {
      try {
        searchOf(text, fields);
      } catch (error) {
        if (!(error instanceof RqlRefusal)) throw error;
        context.addIssue(error.message);
      }
    })
    .describe(
      `\`and\`, \`or\`, \`eq\`, \`ne\`, \`lt\`, \`le\`, \`gt\`, \`ge\`, \`limit\`; values may name their type: \`eq(name,string:x)\`. At most ${MAX_RQL_LENGTH} characters.`,
    );
