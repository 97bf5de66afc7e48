import { z } from 'zod';
import {
  type ErrorExtras,
  type FieldFault,
  type IdentityError,
  isDatabaseText,
  MAX_TEXT_LENGTH,
} from '../../kernel/index.ts';
import { oauthErrors } from '../oauth.errors.ts';

/** A parameter of an OAuth request as it was sent: its name, and a value for each time that it occurs. */
export interface OAuthParameter {
  readonly name: string;
  readonly values: readonly string[];
}

/** The path of the parameters in the input of the graph, for the paths of faults. */
const PATH = 'input.parameters';

type Refusal = (extras: ErrorExtras) => IdentityError;

interface Fault {
  readonly code: string;
  readonly text: string;
}

const REPEATED: Fault = { code: 'PARAMETER_REPEATED', text: 'The parameter is repeated.' };
const TOO_LONG: Fault = { code: 'TEXT_LENGTH', text: `A text has at most ${MAX_TEXT_LENGTH} characters.` };
const NOT_STORABLE: Fault = { code: 'TEXT_NOT_STORABLE', text: 'The text holds characters that cannot be stored.' };

/** Declares a required parameter. The text is shown in the API description. */
export const parameter = (description: string): z.ZodString => z.string().describe(description);

/** Declares an optional parameter. */
export const optionalParameter = (description: string): z.ZodOptional<z.ZodString> =>
  z.string().optional().describe(description);

/**
 * Reads the values of the parameters that an endpoint knows. Implements RFC 6749 section 3.2: a parameter without a value
 * counts as absent, one that is sent more than once is refused, and an unknown one is ignored, whatever its value.
 * @param refusal The error of the endpoint. Default: that of the token endpoint.
 * @throws TOKEN_PARAMETER_INVALID A known parameter is repeated, too long, or contains characters that cannot be stored.
 */
export function readParameters(
  given: readonly OAuthParameter[],
  known: ReadonlySet<string>,
  refusal: Refusal = oauthErrors.TOKEN_PARAMETER_INVALID,
): Readonly<Record<string, string>> {
  const read: Record<string, string> = {};
  const seen = new Set<string>();
  for (const [at, { name, values }] of given.entries()) {
    const [value] = values;
    if (value === undefined || !known.has(name)) continue;
    const fault = values.length > 1 || seen.has(name) ? REPEATED : faultOf(value);
    if (fault !== null) throw refuse(refusal, at, name, fault);
    seen.add(name);
    if (value !== '') read[name] = value;
  }
  return read;
}

/**
 * Reads the values of parameters that may be repeated, without those that are empty.
 * @throws TOKEN_PARAMETER_INVALID A value is too long, or contains characters that cannot be stored.
 */
export function readLists(
  given: readonly OAuthParameter[],
  known: ReadonlySet<string>,
): Readonly<Record<string, readonly string[]>> {
  const lists: Record<string, string[]> = {};
  for (const [at, { name, values }] of given.entries()) {
    if (!known.has(name)) continue;
    const fault = values.map(faultOf).find((found) => found !== null);
    if (fault != null) throw refuse(oauthErrors.TOKEN_PARAMETER_INVALID, at, name, fault);
    const filled = values.filter((value) => value !== '');
    if (filled.length > 0) lists[name] = [...(lists[name] ?? []), ...filled];
  }
  return lists;
}

function faultOf(value: string): Fault | null {
  if (value.length > MAX_TEXT_LENGTH) return TOO_LONG;
  return isDatabaseText(value) ? null : NOT_STORABLE;
}

/**
 * Makes the refusal of a parameter. The message names the parameter, because a client of the token endpoint sees only
 * `error_description`.
 */
function refuse(refusal: Refusal, at: number, name: string, { code, text }: Fault): IdentityError {
  const message = `${name}: ${text}`;
  return refusal({ message, fields: [{ path: `${PATH}.${at}`, code, message: text }] });
}

/**
 * Parses the parameters into the shape that a grant declares.
 * @throws TOKEN_PARAMETER_INVALID A parameter is missing, or does not have the declared form.
 */
export function parseParameters<P extends z.ZodObject>(
  shape: P,
  values: Readonly<Record<string, string | readonly string[]>>,
): z.output<P> {
  const result = shape.safeParse(values);
  if (result.success) return result.data;
  throw oauthErrors.TOKEN_PARAMETER_INVALID({ fields: result.error.issues.map((issue) => toFault(issue, values)) });
}

/** The refusal of a request that lacks a parameter which its form does not demand. */
export const missingParameter = (name: string): IdentityError =>
  oauthErrors.TOKEN_PARAMETER_INVALID({ fields: [missingFault(name)] });

const missingFault = (name: string): FieldFault => ({
  path: PATH,
  code: 'PARAMETER_MISSING',
  message: `${name}: The parameter is missing.`,
});

function toFault({ path, message }: z.core.$ZodIssue, values: object): FieldFault {
  const name = String(path[0]);
  if (Object.hasOwn(values, name)) return { path: PATH, code: 'PARAMETER_INVALID', message: `${name}: ${message}` };
  return missingFault(name);
}
