import { z } from 'zod';
import { isNumber, MAX_RQL_LENGTH, parseRql, type RqlCall, RqlRefusal, splitLimit, valuesOf } from './rql.ts';

/** Names in searches that are no attributes, with the graph's word for each. */
export type SearchFields = Readonly<Record<string, { readonly field: string } | { readonly attribute: string }>>;

export const USER_FIELDS: SearchFields = {
  sub: { field: 'SUBJECT' },
  login: { attribute: 'username' },
};
/** `locked` is the graph's `isEnabled`, negated. */
const NEGATED = 'locked';

export const GROUP_FIELDS: SearchFields = {
  id: { field: 'KEY' },
  name: { field: 'NAME' },
  profile: { field: 'PROFILE' },
};

export interface Comparison {
  readonly attribute?: string;
  readonly field?: string;
  readonly operator: string;
  readonly value: string;
  readonly type?: 'NUMBER';
}

/** A search in the graph's words: of the alternatives at least one must hold, with all its comparisons. */
export interface Search {
  readonly anyOf: readonly { readonly allOf: readonly Comparison[] }[] | null;
  /** Null: no limit was given. */
  readonly limit: number | null;
}

type Alternatives = readonly (readonly Comparison[])[];

/** As the graph bounds them. */
const MAX_ALTERNATIVES = 20;
const MAX_COMPARISONS = 100;

const OPERATORS = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge']);

/**
 * Reads a search (spec sections 2.4, 2.19): `and`, `or`, `eq`, `ne`, `lt`, `le`, `gt`, `ge` and one `limit`.
 * @throws RqlRefusal Malformed, with other operators, or with more alternatives than the graph takes.
 */
export function searchOf(text: string, fields: SearchFields): Search {
  const { condition, limit } = splitLimit(parseRql(text));
  if (condition === null) return { anyOf: null, limit };
  return { anyOf: alternativesOf(condition, fields).map((allOf) => ({ allOf })), limit };
}

/** The expression as a list of lists: `and(or(a,b),c)` is `a and c`, or `b and c`. */
function alternativesOf(call: RqlCall, fields: SearchFields): Alternatives {
  if (OPERATORS.has(call.name)) return [[comparisonOf(call, fields)]];
  if (call.name !== 'and' && call.name !== 'or') throw new RqlRefusal(`There is no "${call.name}" here`, call.at);
  const parts = (call.args as readonly RqlCall[]).map((part) => alternativesOf(part, fields));
  const joined = call.name === 'or' ? parts.flat() : parts.reduce((all, part) => bounded(product(all, part), call));
  return bounded(joined, call);
}

const product = (left: Alternatives, right: Alternatives): Alternatives =>
  left.flatMap((one) => right.map((other) => [...one, ...other]));

function bounded(alternatives: Alternatives, { at }: RqlCall): Alternatives {
  if (alternatives.length <= MAX_ALTERNATIVES && alternatives.flat().length <= MAX_COMPARISONS) return alternatives;
  throw new RqlRefusal('The expression has too many alternatives', at);
}

function comparisonOf(call: RqlCall, fields: SearchFields): Comparison {
  const [name, value] = valuesOf(call, 2);
  const operator = call.name.toUpperCase();
  if (name!.text === NEGATED && fields === USER_FIELDS) return enabledOf(value!.text, operator, value!.at);
  const subject = Object.hasOwn(fields, name!.text) ? fields[name!.text]! : { attribute: name!.text };
  const isEquality = call.name === 'eq' || call.name === 'ne';
  // `eq(INN,7700000001)` means the text as well as the number: both are stored alike.
  const isOfNumbers = 'attribute' in subject && isNumber(value!) && (value!.type === 'number' || !isEquality);
  return { ...subject, operator, value: value!.text, ...(isOfNumbers ? { type: 'NUMBER' } : {}) };
}

function enabledOf(text: string, operator: string, at: number): Comparison {
  if (!['EQ', 'NE'].includes(operator) || !['true', 'false'].includes(text))
    throw new RqlRefusal(`"${NEGATED}" is true or false`, at);
  return { field: 'ENABLED', operator, value: text === 'true' ? 'false' : 'true' };
}

/** A query parameter that holds a search. */
export const searchParameter = (fields: SearchFields) =>
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
