import fc from 'fast-check';

/** The parts of an OpenAPI operation from which requests are made. */
export interface DescribedOperation {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** By status. */
  readonly responses?: Readonly<Record<string, unknown>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly not?: object;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** A request as it is sent. */
export interface MadeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const TEXTS = [
  '',
  ' ',
  'x',
  'x'.repeat(3_000),
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202eabc',
  '\u{1f600}',
  "' or 1=1 --",
  '$1',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'null',
  'true',
  '-1',
  '9'.repeat(40),
  '1e308',
  'NaN',
  '2026-02-30T25:61:61Z',
  'https://',
  'javascript:alert(1)',
  'a@b.example',
  'and(ge(ts,1),le(ts,99999999999999),limit(5))',
  'and(eq(family_name,string:Orlov),limit(5))',
  'limit(999999999)',
  'eq(a,'.repeat(50),
  'its|portal',
  'grps|114|orgs',
  'SW_TOTP_999999999_x',
  '00000000-0000-0000-0000-000000000000',
];

const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 24 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 24 }) },
);

const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 2, arbitrary: text },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, true, false, 0, -1, 2, 1.5, 2 ** 53, -1e308, [], {}, [[[]]], { a: 1 }),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 2_000 }, (_, i) => `item${i}`)) },
);

/** Valid texts by the name of a parameter or member. */
type Known = (name: string) => fc.Arbitrary<string>;

/** Values that roughly fit the schema of a member: limits and patterns are ignored. */
function fitting(schema: JsonSchema, known: Known, name = ''): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms !== undefined) return fc.oneof(...forms.map((form) => fitting(form, known, name)));
  const byType: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
    string: () => fc.oneof({ weight: 2, arbitrary: known(name) }, { weight: 1, arbitrary: text }),
    integer: () => fc.oneof(fc.integer(), fc.maxSafeInteger()),
    number: () => fc.double(),
    boolean: () => fc.boolean(),
    null: () => fc.constant(null),
    array: () => fc.array(fitting(schema.items ?? {}, known, name), { maxLength: 4 }),
    object: () => fittingObject(schema, known),
  };
  return byType[schema.type ?? '']?.() ?? anything;
}

function fittingObject(schema: JsonSchema, known: Known): fc.Arbitrary<object> {
  // Leave out members that must not be sent; `spoiled` adds them.
  const allowed = Object.entries(schema.properties ?? {}).filter(([, { not }]) => not === undefined);
  const members = allowed.map(([name, member]) => [name, fitting(member, known, name)]);
  const requiredKeys = [...(schema.required ?? [])];
  const declared = fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys });
  if (schema.additionalProperties === undefined || schema.additionalProperties === false) return declared;
  const value = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
  const more = fc.dictionary(text, fitting(value, known), { maxKeys: 3 });
  return fc.tuple(declared, more).map(([a, b]) => ({ ...b, ...a }));
}

/** A value of the declared shape in which one member is replaced, or added, with a value of any kind. */
function spoiled(schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  const name = fc.constantFrom(...names, '__proto__', 'constructor', 'tenant', 'extra');
  return fc.tuple(fitting(schema, known), name, anything).map(([value, member, odd]) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    // An own member even if its name is `__proto__`, as from `JSON.parse`.
    return isObject ? Object.fromEntries([...Object.entries(value), [member, odd]]) : odd;
  });
}

const GARBAGE = ['', '{', '[]', '"', 'null', '{"a":1}}', '['.repeat(5_000), '{"a":'.repeat(2_000), '\0', '\ufeff{}'];

function jsonBody(schema: JsonSchema, known: Known): fc.Arbitrary<string> {
  const asText = (value: unknown): string => JSON.stringify(value) ?? '';
  return fc.oneof(
    { weight: 6, arbitrary: fitting(schema, known).map(asText) },
    { weight: 4, arbitrary: spoiled(schema, known).map(asText) },
    { weight: 2, arbitrary: anything.map(asText) },
    { weight: 1, arbitrary: fc.constantFrom(...GARBAGE) },
  );
}

const encoded = (value: unknown): string =>
  encodeURIComponent(typeof value === 'string' ? value.toWellFormed() : (JSON.stringify(value) ?? ''));

/** `a=1&b=2` of declared names and others; some twice, some without a value. */
function parameters(names: readonly string[], known: Known): fc.Arbitrary<string> {
  const pair = fc
    .constantFrom(...names, ...names, 'extra', '__proto__', '')
    .chain((name) => fc.tuple(fc.constant(name), fc.oneof(known(name), text)));
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(pair, { maxLength: 4 }).map((all) => all.map((one) => one.map(encoded).join('=')).join('&')),
    },
    { weight: 1, arbitrary: fc.constantFrom('%', '%zz=1', '=', '&&', 'a=%ff%fe') },
  );
}

/** Path segments as they are sent; the last ones are not UTF-8. */
const segment = (known: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: known.map(encoded) },
    { weight: 3, arbitrary: text.map(encoded) },
    { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%c0%af', '%00', '%ff', '.', '..', '%2e%2e', 'a%2Fb') },
  );

const HEADER_VALUES = [
  '',
  ' ',
  '203.0.113.7',
  '203.0.113.7, 10.0.0.1',
  '::1',
  '999.1.1.1',
  ',,,',
  'x'.repeat(2_000),
  '\u00ff',
];

/**
 * Requests for one operation, from nearly valid to nonsense.
 * @param known Valid texts by the name of the parameter or member, so that some requests pass the first checks.
 * @param credentials Values of `Authorization`; an empty one sends none.
 */
export function requestsFor(
  method: string,
  path: string,
  operation: DescribedOperation,
  known: (name: string) => readonly string[],
  credentials: readonly string[],
): fc.Arbitrary<MadeRequest> {
  const knownText: Known = (name) => fc.constantFrom(...known(name));
  const named = (place: string) => operation.parameters.filter((one) => one.in === place).map(({ name }) => name);
  const segments = path.match(/\{[^}]*\}/g) ?? [];
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const isForm = type === 'application/x-www-form-urlencoded';
  const body =
    content === undefined
      ? fc.constant(undefined)
      : isForm
        ? parameters(Object.keys(content.schema.properties ?? {}), knownText)
        : jsonBody(content.schema, knownText);
  const header = fc.oneof(fc.constant('203.0.113.7'), fc.constantFrom(...HEADER_VALUES, undefined));
  return fc
    .record({
      parts: fc.tuple(...segments.map((name) => segment(knownText(name.slice(1, -1))))),
      query: fc.option(parameters(named('query'), knownText), { nil: '', freq: 3 }),
      headers: fc.record(Object.fromEntries(named('header').map((name) => [name, header]))),
      authorization: fc.constantFrom(...credentials),
      body,
    })
    .map(({ parts, query, headers, authorization, body }) => {
      let at = 0;
      const filled = path.replace(/\{[^}]*\}/g, () => parts[at++]!);
      const given = { ...headers, authorization: authorization === '' ? undefined : authorization };
      return {
        method,
        path: query === '' ? filled : `${filled}?${query}`,
        headers: {
          ...(body === undefined || type === undefined ? {} : { 'content-type': type }),
          ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Record<
            string,
            string
          >),
        },
        body,
      };
    });
}
