import { z } from 'zod';
import type { Fault, FaultItem, PathPart, ValueFault } from '../engine/index.ts';

type Issue = z.core.$ZodIssue;

/** One faulty value: docs/dialects/secrets-vault.md, section 3. */
const VALIDATION_ERROR = z.strictObject({
  loc: z.array(z.union([z.string(), z.number().int()])).describe('Place of the value, members and positions in lists.'),
  msg: z.string().describe('What is wrong, in words.'),
  type: z.string().describe('The same as a constant.'),
  input: z
    .union([z.string(), z.number(), z.boolean(), z.null()])
    .optional()
    .describe('The value, if it is no object, no list and no secret; at most 200 characters of it.'),
});

export const HTTP_VALIDATION_ERROR = z.strictObject({ detail: z.array(VALIDATION_ERROR) });

type ValidationError = z.input<typeof VALIDATION_ERROR>;

/** Members whose values no answer repeats. */
const SECRETS: ReadonlySet<PathPart> = new Set([
  'encrypted_commitment',
  'challenge_data',
  'cipherKey',
  'code',
  'client_secret',
  'token',
  'refresh_token',
  'api_key',
]);

const MAX_INPUT = 200;

/** The closed lists that have a name in the description of the service; every other one is a `literal_error`. */
const NAMED_ENUMS: readonly (readonly string[])[] = [
  ['RS256', 'EdDSA'],
  ['public', 'confidential'],
  ['created_at', 'username', 'email'],
  ['access_token', 'refresh_token'],
  ['platform', 'cross-platform'],
];

const isNamed = (values: readonly unknown[]): boolean =>
  NAMED_ENUMS.some((named) => named.length === values.length && named.every((value) => values.includes(value)));

/** By what is expected of a value that came as JSON. */
const WRONG_TYPES: Readonly<Record<string, string>> = {
  string: 'string_type',
  number: 'int_type',
  int: 'int_type',
  boolean: 'bool_type',
  array: 'list_type',
  object: 'model_attributes_type',
  record: 'model_attributes_type',
};

/** By what is expected of a text in a query or a form. */
const UNPARSED: Readonly<Record<string, string>> = {
  number: 'int_parsing',
  int: 'int_parsing',
  boolean: 'bool_parsing',
};

function typeOfWrongType(expected: string, { place }: ValueFault): string {
  const isText = place === 'query' || place === 'form';
  return (isText ? UNPARSED[expected] : undefined) ?? WRONG_TYPES[expected] ?? 'value_error';
}

function typeOfSize({ code, origin }: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const isBig = code === 'too_big';
  if (origin === 'string') return isBig ? 'string_too_long' : 'string_too_short';
  if (origin === 'number' || origin === 'int') return isBig ? 'less_than_equal' : 'greater_than_equal';
  return 'value_error';
}

function typeOf(issue: Issue, fault: ValueFault): string {
  // A rule about several values may name one that has its default.
  if (issue.code === 'custom') return 'value_error';
  if (fault.value === undefined) return 'missing';
  if (issue.code === 'invalid_type') return typeOfWrongType(issue.expected, fault);
  if (issue.code === 'too_big' || issue.code === 'too_small') return typeOfSize(issue);
  if (issue.code === 'invalid_value') return isNamed(issue.values) ? 'enum' : 'literal_error';
  return issue.code === 'invalid_format' && issue.format === 'regex' ? 'string_pattern_mismatch' : 'value_error';
}

function inputOf({ path, value }: ValueFault): { readonly input?: string | number | boolean | null } {
  if (path.length === 0 || path.some((part) => SECRETS.has(part))) return {};
  if (typeof value === 'string') return { input: value.slice(0, MAX_INPUT) };
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? { input: value } : {};
}

function errorOf({ text, pos, at }: FaultItem, method: string): ValidationError {
  // A rule of the graph refused the value, and names its field alone.
  if (at === undefined)
    return {
      loc: [method === 'GET' || method === 'DELETE' ? 'query' : 'body', ...(pos === '' ? [] : pos.split('.'))],
      msg: text,
      type: 'value_error',
    };
  const loc = [at.place === 'form' ? 'body' : at.place, ...at.path];
  if (at.issue === null) return { loc, msg: text, type: 'json_invalid' };
  const type = typeOf(at.issue, at);
  return { loc, msg: type === 'missing' ? 'Field required' : text, type, ...inputOf(at) };
}

/** The body of an answer that lists faulty values. */
export const validationErrors = ({ items, route }: Fault): z.input<typeof HTTP_VALIDATION_ERROR> => ({
  detail: items.map((item) => errorOf(item, route?.method ?? 'POST')),
});
