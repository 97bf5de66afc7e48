import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
} from 'graphql';
import { type FieldFault, isDatabaseText, kernelErrors, MAX_TEXT_LENGTH } from '../../src/kernel/index.ts';
import type { GraphContext } from '../context.ts';
import { objectTypesOf } from '../object-types.ts';

/** Adds the faults of a value to `faults`; `path` is its GraphQL input path. */
type Check = (value: unknown, path: string, faults: FieldFault[]) => void;

/** A list may hold thousands of bad texts, so only the first ones are reported. */
const MAX_FAULTS = 20;

const checkText: Check = (value, path, faults) => {
  if (typeof value !== 'string' || faults.length >= MAX_FAULTS) return;
  if (value.length > MAX_TEXT_LENGTH) {
    const message = `A text has at most ${MAX_TEXT_LENGTH} characters.`;
    faults.push({ path, code: 'TEXT_LENGTH', message });
  } else if (!isDatabaseText(value)) {
    const message = 'The text holds characters that cannot be stored.';
    faults.push({ path, code: 'TEXT_NOT_STORABLE', message });
  }
};

/**
 * The scalars whose values stay texts. `DateTime` converts them; the stored members of a `JSONObject` are checked
 * where it is stored, which names the member.
 */
const TEXTS = new Set(['String', 'ID']);

/**
 * Inputs that are checked where they are read: OAuth ignores a parameter that it does not know, whatever it holds (RFC 6749
 * section 3.2).
 */
const READ_IN_PART = new Set(['OAuthParameterInput']);

/** Fields that return a result for each item of a list: an item that cannot be stored does not stop the others. */
const ITEM_BY_ITEM = new Set(['Mutation.createRiskbits', 'Mutation.createUsers', 'Mutation.deleteUsers']);

/** Checks by type, made once per schema. */
class Checks {
  readonly #byName = new Map<string, Check | null>();

  /** The check of values of a type; null when none of them can hold a text. */
  of(type: GraphQLInputType): Check | null {
    if (isNonNullType(type)) return this.of(type.ofType);
    if (isListType(type)) {
      const check = this.of(type.ofType);
      return check === null ? null : (value, path, faults) => checkItems(check, value, path, faults);
    }
    if (isScalarType(type)) return TEXTS.has(type.name) ? checkText : null;
    return isInputObjectType(type) && !READ_IN_PART.has(type.name) ? this.#ofObject(type) : null;
  }

  #ofObject(type: GraphQLInputType & { readonly name: string; getFields(): object }): Check | null {
    const known = this.#byName.get(type.name);
    if (known !== undefined) return known;
    const members: [string, Check][] = [];
    const check: Check = (value, path, faults) => {
      for (const [name, inner] of members) {
        const member = (value as Readonly<Record<string, unknown>>)[name];
        if (member !== undefined && member !== null) inner(member, `${path}.${name}`, faults);
      }
    };
    // Register the check before its members are visited: input types may refer to each other.
    this.#byName.set(type.name, check);
    for (const field of Object.values(type.getFields() as Record<string, { name: string; type: GraphQLInputType }>)) {
      const inner = this.of(field.type);
      if (inner !== null) members.push([field.name, inner]);
    }
    return check;
  }
}

function checkItems(check: Check, value: unknown, path: string, faults: FieldFault[]): void {
  for (const [at, item] of (value as readonly unknown[]).entries()) {
    if (item !== null && item !== undefined) check(item, `${path}.${at}`, faults);
  }
}

type Field = GraphQLField<unknown, GraphContext>;
type Arguments = Readonly<Record<string, unknown>>;

/** The check of a field's arguments: throws INVALID_INPUT for a text that no column takes. Null when they cannot hold texts. */
function checkOfArguments(field: Field, checks: Checks): ((args: Arguments) => void) | null {
  const all = field.args.flatMap(({ name, type }) => {
    const check = checks.of(type);
    return check === null ? [] : [[name, check] as const];
  });
  if (all.length === 0) return null;
  return (args) => {
    const faults: FieldFault[] = [];
    for (const [name, check] of all) if (args[name] != null) check(args[name], name, faults);
    if (faults.length > 0) throw kernelErrors.INVALID_INPUT({ fields: faults });
  };
}

/**
 * Refuses texts that the schema accepts and the database does not, in every field of the graph: texts with NUL or lone
 * surrogates, and texts longer than `MAX_TEXT_LENGTH`. Services set lower limits for texts that they store.
 */
export function refuseUnstorableInput(schema: GraphQLSchema): GraphQLSchema {
  const checks = new Checks();
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields()) as Field[]) {
      const check = checkOfArguments(field, checks);
      if (check !== null && !ITEM_BY_ITEM.has(`${type.name}.${field.name}`)) guard(field, check);
    }
  }
  return schema;
}

function guard(field: Field, check: (args: Arguments) => void): void {
  const { resolve, subscribe } = field;
  if (subscribe !== undefined)
    field.subscribe = (source, args, context, info) => {
      check(args);
      return subscribe(source, args, context, info);
    };
  if (resolve !== undefined)
    field.resolve = (source, args, context, info) => {
      check(args);
      return resolve(source, args, context, info);
    };
}
