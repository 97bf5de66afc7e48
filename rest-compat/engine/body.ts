import type { IncomingMessage } from 'node:http';
import { kernelErrors } from '../../src/kernel/index.ts';
import { CLIENT_PARAMETERS } from './client-parameters.ts';
import { JSON_TYPE } from './json-media.ts';
import { problems } from './problems.ts';
import { decodeBody, isOfMediaType, readBody } from './request-body.ts';
import type { FormParameter } from './route.ts';

/** The kinds of body that a row may accept. */
export type BodyKind = 'json' | 'form' | 'text';

const MEDIA_TYPES: Readonly<Record<BodyKind, string>> = {
  json: JSON_TYPE,
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain',
};

const EMPTY = Buffer.alloc(0);

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

/**
 * Reads the whole body of a row. The content type of an empty body is ignored, because clients send one for bodies they do not
 * have (`curl -d ''`).
 * @param accepted The kinds of body that the row takes, and the media type of JSON beside `application/json`.
 * @throws REQUEST_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, ClientGone
 */
export async function readRowBody(
  request: IncomingMessage,
  accepted: { readonly kinds: readonly BodyKind[]; readonly jsonType: string | null },
  limitBytes: number,
): Promise<Buffer> {
  if (!hasBody(request)) return EMPTY;
  // The size is checked before the type: a too large body is refused for its size, whatever its type.
  const isTooLarge = Number(request.headers['content-length'] ?? 0) > limitBytes;
  const { kinds, jsonType } = accepted;
  const types = kinds.flatMap((kind) => [
    MEDIA_TYPES[kind],
    ...(kind === 'json' && jsonType !== null ? [jsonType] : []),
  ]);
  if (!isTooLarge && !types.some((type) => isOfMediaType(request, type))) throw problems.MEDIA_TYPE_UNSUPPORTED();
  return readBody(request, limitBytes);
}

/** The ways to write `__proto__` in JSON. */
const PROTO = /__proto__|\\u005f/i;

/** Refuses a member `__proto__`: schemas drop it silently, so the caller would believe that it was stored. */
function refuseProto(name: string, value: unknown): unknown {
  if (name === '__proto__') throw problems.BODY_MALFORMED();
  return value;
}

/**
 * @returns `undefined` for an empty body.
 * @throws BODY_MALFORMED Not UTF-8, not JSON, or with a member named `__proto__`; with a cause, unlike that of another shape.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    const text = decodeBody(bytes);
    return JSON.parse(text, PROTO.test(text) ? refuseProto : undefined);
  } catch (cause) {
    throw problems.BODY_MALFORMED({ cause });
  }
}

/** @throws BODY_MALFORMED Not UTF-8. */
export function parseText(bytes: Buffer): string {
  try {
    return decodeBody(bytes);
  } catch {
    throw problems.BODY_MALFORMED();
  }
}

/** Parameters by name. One that is given twice becomes a list, which no schema of a text accepts (RFC 6749 section 3.1). */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** Reads `a=1&b=2`. The result has no prototype, so names such as `constructor` are ordinary members. */
export function parseParameters(text: string, into: Record<string, string | string[]> = Object.create(null)) {
  if (text === '') return into;
  for (const [name, value] of new URLSearchParams(text)) {
    const before = into[name];
    if (before === undefined) into[name] = value;
    else if (typeof before === 'string') into[name] = [before, value];
    else before.push(value);
  }
  return into;
}

/** A form as it was sent. */
export interface Form {
  /** Those without a value count as absent. */
  readonly parameters: Parameters;
  /** All of them, for an operation that judges them; null where the row declares a shape. */
  readonly raw: readonly FormParameter[] | null;
}

/**
 * Times that a raw form or query may send parameters: the graph reads each, and a body of 1 MiB could hold 500,000, a head of
 * 16 KiB 8,000.
 */
const MAX_RAW_PARAMETERS = 1000;
const NO_NAMES: ReadonlySet<string> = new Set();

/** How a form is read. */
export interface FormReading {
  /** Query string whose parameters count as those of the form. */
  readonly queryString: string;
  readonly isRaw: boolean;
  /** Whether it was sent as a JSON object. */
  readonly isJson: boolean;
  /** Whether its credentials of a client are used to authenticate it. */
  readonly authenticates: boolean;
}

/**
 * Reads a form.
 * @throws REQUEST_TOO_LARGE A raw form has more parameters than `MAX_RAW_PARAMETERS`.
 * @throws BODY_MALFORMED A form that was sent as JSON is no object of texts, numbers and booleans.
 */
export function parseForm(bytes: Buffer, { queryString, isRaw, isJson, authenticates }: FormReading): Form {
  const before = parseParameters(queryString);
  const merged = isJson ? mergeMembers(parseJson(bytes), before) : parseParameters(bytes.toString('utf8'), before);
  const raw = isRaw ? listParameters(merged, authenticates ? CLIENT_PARAMETERS : NO_NAMES) : null;
  for (const name in merged) if (merged[name] === '') delete merged[name];
  return { parameters: merged, raw };
}

/** Adds the members of a JSON object to parameters. One that is there already becomes a list, as in a form. */
function mergeMembers(body: unknown, into: Record<string, string | string[]>): Record<string, string | string[]> {
  if (body === undefined) return into;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw problems.BODY_MALFORMED();
  for (const [name, value] of Object.entries(body)) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) throw problems.BODY_MALFORMED();
    const before = into[name];
    into[name] = before === undefined ? String(value) : [before, String(value)].flat();
  }
  return into;
}

/** Whether the body of a request is declared as JSON. */
export const isJsonBody = (request: IncomingMessage): boolean => isOfMediaType(request, MEDIA_TYPES.json);

/** Reads a raw query. @throws REQUEST_TOO_LARGE It has more parameters than `MAX_RAW_PARAMETERS`. */
export function parseRawQuery(queryString: string): readonly FormParameter[] {
  return listParameters(parseParameters(queryString), NO_NAMES);
}

/** @param merged Without a prototype, because `for` also reads the members of one. */
function listParameters(merged: Parameters, leftOut: ReadonlySet<string>): readonly FormParameter[] {
  const list: FormParameter[] = [];
  let count = 0;
  for (const name in merged) {
    const value = merged[name]!;
    const values = typeof value === 'string' ? [value] : value;
    count += values.length;
    if (!leftOut.has(name)) list.push({ name, values });
  }
  if (count > MAX_RAW_PARAMETERS)
    throw kernelErrors.REQUEST_TOO_LARGE({
      message: `A request has at most ${MAX_RAW_PARAMETERS} parameters.`,
    });
  return list;
}
