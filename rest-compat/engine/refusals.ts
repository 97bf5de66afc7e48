import { z } from 'zod';
import { type IdentityError, STATUS_OF_KIND } from '../../src/kernel/index.ts';
import { CODES_OF_EVERY_FIELD } from './codes.ts';
import { listEngineCodes } from './error-tables.ts';
import { errorOfCode, faultOf, legacyErrorOf, ShapeRefusal } from './errors.ts';
import type { DialectErrors, Fault } from './fault.ts';
import { type Json, schemaOf } from './json-schema.ts';
import { MissingRoot } from './missing-root.ts';
import { isPageFault } from './page-fault.ts';
import { documentsOf, type Route, type RouteCallers } from './route.ts';

/** The error schemas by their name in `components.schemas`. */
export class ErrorSchemas {
  readonly #schemas = new Map<string, z.ZodType>();

  /** @throws Error Another schema has this name. */
  refer(name: string, schema: z.ZodType): Json {
    const key = `${name.charAt(0).toUpperCase()}${name.slice(1)}Error`;
    const before = this.#schemas.get(key);
    if (before !== undefined && before !== schema) throw new Error(`Two forms of errors are called ${key}.`);
    this.#schemas.set(key, schema);
    return { $ref: `#/components/schemas/${key}` };
  }

  all(): Json {
    return Object.fromEntries([...this.#schemas].map(([name, schema]) => [name, schemaOf(schema, 'output')]));
  }
}

/** The error body of the node itself, which answers while it starts. `src/server/http/http-errors.ts` makes it. */
const NODE_ERROR = z.strictObject({
  error: z.string().describe('Code of the error.'),
  message: z.string().describe('The same in words.'),
});
const NODE_STATUS = 503;
const NODE_CODE = 'SERVICE_UNAVAILABLE';

/** One status of a row: the codes that lead to it, and the forms of its body. */
class Refusal {
  readonly names = new Set<string>();
  readonly envelopes = new Set<string>();
  readonly examples = new Map<string, unknown>();
  /** Whether readers who accept HTML get a page. */
  isPage = false;
}

/**
 * Describes the refusals of a row by status, with the bodies that the error table makes. The codes that follow from the row's
 * declarations are named; other codes of its operation contribute only the form of their body.
 */
export function refusalsOf(errors: DialectErrors, route: Route, schemas: ErrorSchemas): Json {
  const refusals = new Map<number, Refusal>();
  const at = (status: number): Refusal => {
    const refusal = refusals.get(status) ?? new Refusal();
    refusals.set(status, refusal);
    return refusal;
  };
  for (const code of [...namedCodes(route), ...unnamedCodes(route)])
    if (isPageFault(route, code)) at(STATUS_OF_KIND[errorOfCode(code).kind]).isPage = true;
  for (const code of namedCodes(route)) {
    const { legacy } = addSample(at, errors, route, errorOfCode(code));
    if (legacy.error !== '') at(legacy.status).names.add(legacy.error);
  }
  for (const root of Object.keys(route.missing ?? {})) {
    const { legacy } = addSample(at, errors, route, new MissingRoot(root));
    if (legacy.error !== '') at(legacy.status).names.add(legacy.error);
  }
  for (const code of unnamedCodes(route)) {
    const line = legacyErrorOf(errors, route, errorOfCode(code));
    const { status, envelope } = line;
    const { schema } = errors.envelopes[envelope]!;
    for (const other of [line, ...Object.values(line.at ?? {})]) at(other.status).envelopes.add(other.envelope);
    // Give each status at least one sample body, even if none of its codes is named.
    if (schema !== undefined && at(status).examples.size === 0) addSample(at, errors, route, errorOfCode(code));
  }
  return Object.fromEntries([...refusals].map(([status, one]) => [status, describe(errors, status, one, schemas)]));
}

function addSample(at: (status: number) => Refusal, errors: DialectErrors, route: Route, error: IdentityError): Fault {
  const fault = faultOf(errors, route, sampleOf(errors, route, error));
  const { legacy } = fault;
  const { schema, body } = errors.envelopes[legacy.envelope]!;
  const { envelopes, examples } = at(legacy.status);
  envelopes.add(legacy.envelope);
  if (schema !== undefined && !examples.has(legacy.error)) examples.set(legacy.error, body(fault));
  return fault;
}

/** Makes the sample of an invalid value, for the first parameter or member of the row. */
function sampleOf(errors: DialectErrors, { input, shapeErrors }: Route, error: IdentityError) {
  if (error.code !== 'INVALID_INPUT') return error;
  const shape = input?.body ?? input?.form ?? input?.query;
  const pos = shape instanceof z.ZodObject ? Object.keys(shape.shape)[0] : undefined;
  if (pos === undefined) return error;
  return new ShapeRefusal(error, [{ error: shapeErrors?.[pos] ?? errors.fieldError, text: 'Invalid input', pos }]);
}

const ANYWHERE = ['TOO_MANY_REQUESTS', 'SERVICE_UNAVAILABLE', 'INTERNAL_ERROR'];

/** The codes that follow from the row's declarations, and those in its error table. */
function namedCodes(route: Route): readonly string[] {
  const { callers, input, errors = {} } = route;
  // Raw parameters are checked by the operation.
  const hasShape = (part: z.ZodType | 'raw' | undefined) => part !== undefined && part !== 'raw';
  const takesValues = hasShape(input?.query) || hasShape(input?.body) || hasShape(input?.form);
  return [
    ...listEngineCodes(route),
    ...ANYWHERE,
    ...(isOpen(callers) ? [] : ['UNAUTHENTICATED', 'FORBIDDEN']),
    ...(input?.params === undefined ? [] : ['NOT_FOUND']),
    ...(takesValues ? ['INVALID_INPUT'] : []),
    ...Object.keys(errors),
  ];
}

/** Whether a row requires neither a credential nor a permission. */
const isOpen = ({ browser, public: isPublic }: RouteCallers): boolean => browser === true || isPublic === true;

/** The codes that the operation of a row may give. */
function unnamedCodes(route: Route): readonly string[] {
  const { callers } = route;
  const ofEveryField = [...CODES_OF_EVERY_FIELD].filter(
    (code) => !isOpen(callers) || (code !== 'UNAUTHENTICATED' && code !== 'FORBIDDEN'),
  );
  return [...documentsOf(route).flatMap(({ errors }) => errors), ...ofEveryField];
}

const HEADERS: ReadonlyMap<number, Json> = new Map([
  [401, { 'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string' } } }],
  ...[429, 503].map((status): [number, Json] => [
    status,
    { 'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } } },
  ]),
]);

function describe(errors: DialectErrors, status: number, refusal: Refusal, schemas: ErrorSchemas): Json {
  const names = [...refusal.names].sort().join(', ');
  const envelopes = [...refusal.envelopes].map((name) => ({ name, ...errors.envelopes[name]! }));
  const forms = envelopes.flatMap(({ name, schema }) => (schema === undefined ? [] : [schemas.refer(name, schema)]));
  const examples = [...refusal.examples];
  if (status === NODE_STATUS) {
    forms.push(schemas.refer('node', NODE_ERROR));
    examples.push([NODE_CODE, { error: NODE_CODE, message: errorOfCode(NODE_CODE).message }]);
  }
  const types = envelopes.flatMap(({ type }) => (type === undefined ? [] : [type]));
  const pages = refusal.isPage ? ['text/html', ...types] : types;
  const content = {
    ...(forms.length === 0 ? {} : { 'application/json': describeForms(forms, examples) }),
    ...Object.fromEntries(pages.map((type) => [type, { schema: { type: 'string' } }])),
  };
  return {
    description: names === '' ? 'Refused.' : `Refused: ${names}.`,
    ...(HEADERS.has(status) ? { headers: HEADERS.get(status) } : {}),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function describeForms(forms: readonly Json[], examples: readonly (readonly [string, unknown])[]): Json {
  return {
    schema: forms.length === 1 ? forms[0] : { anyOf: forms },
    ...(examples.length === 0
      ? {}
      : { examples: Object.fromEntries(examples.map(([name, value]) => [name, { value }])) }),
  };
}
