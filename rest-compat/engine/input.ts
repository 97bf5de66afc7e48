import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { isDatabaseText, kernelErrors } from '../../src/kernel/index.ts';
import { type Form, parseJson, parseParameters, parseRawQuery, parseText } from './body.ts';
import { ShapeRefusal } from './errors.ts';
import type { DialectErrors, FaultItem } from './fault.ts';
import { faultAt, MAX_FAULTS, type ValuePlace } from './faults.ts';
import { offsetOfFault } from './json-offset.ts';
import type { PathPattern } from './paths.ts';
import { problems } from './problems.ts';
import { fieldAt, type ParsedRequest, type Route, type RouteInput } from './route.ts';
import { typedParameters } from './typed-parameters.ts';

/** The parts of a request before they are parsed. */
export interface RawRequest {
  readonly request: IncomingMessage;
  readonly params: Readonly<Record<string, string>>;
  readonly queryString: string;
  readonly bytes: Buffer | null;
  readonly form: Form | null;
  readonly baseUrl: string;
  readonly publicUrl: string;
  readonly tenantName: string;
  readonly constants: Readonly<Record<string, string>>;
}

/** The decoded parameters of a path. @throws PATH_MALFORMED */
export function paramsOf(pattern: PathPattern, segments: readonly string[], from: number): Record<string, string> {
  const params: Record<string, string> = {};
  for (const { at, name, isRest } of pattern.parameters)
    params[name] = isRest
      ? segments
          .slice(from + at)
          .map(decodeSegment)
          .join('/')
      : decodeSegment(segments[from + at]!);
  return params;
}

/** @throws PATH_MALFORMED */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw problems.PATH_MALFORMED();
  }
}

type Issue = z.core.$ZodIssue;

const NOTHING: RouteInput = {};
const EMPTY = {};
const NO_BYTES = Buffer.alloc(0);

/** Parses the parts of one request, and collects what is wrong with them. */
class Reading {
  readonly #route: Route;
  readonly #errors: Pick<DialectErrors, 'fieldError' | 'listsEveryFault'>;
  readonly items: FaultItem[] = [];

  constructor(route: Route, errors: Pick<DialectErrors, 'fieldError' | 'listsEveryFault'>) {
    this.#route = route;
    this.#errors = errors;
  }

  get listsEvery(): boolean {
    return this.#errors.listsEveryFault === true;
  }

  /**
   * The value in its declared shape; undefined, and faults are collected, if it has another one.
   * @param inspect Called with each fault before it is collected.
   */
  read(
    schema: z.ZodType | undefined,
    value: unknown,
    place: ValuePlace,
    inspect: (issue: Issue) => void = () => undefined,
  ): unknown {
    if (schema === undefined) return EMPTY;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const issues = result.error.issues.flatMap(ofBranch);
    for (const issue of this.listsEvery ? issues : onePerField(issues)) {
      inspect(issue);
      this.#collect(issue, place, value);
    }
    return undefined;
  }

  /** Collects that the body is no JSON, at a position of its text. */
  addMalformed(position: number): void {
    const at = { place: 'body', path: [position], issue: null, value: undefined } as const;
    this.items.push({ error: this.#errors.fieldError, text: 'The body is not JSON.', pos: '', at });
  }

  #collect(issue: Issue, place: ValuePlace, whole: unknown): void {
    if (this.items.length >= MAX_FAULTS) return;
    const { fieldError } = this.#errors;
    const pos = fieldAt(this.#route, posOf(issue)) ?? posOf(issue);
    const own = Object.entries(this.#route.shapeErrors ?? {}).find(([field]) => field === pos)?.[1];
    this.items.push({ error: own ?? fieldError, text: issue.message, pos, at: faultAt(place, issue, whole) });
  }
}

/**
 * Parses the request into its declared shape.
 * @throws NOT_FOUND A path parameter does not have the form of an id, so no object has it.
 * @throws BODY_MALFORMED The body is not JSON, or not an object where one is declared.
 * @throws ShapeRefusal One item for each faulty value, in the terms of the legacy API.
 */
export function parseRequest(
  route: Route,
  raw: RawRequest,
  errors: Pick<DialectErrors, 'fieldError' | 'listsEveryFault'>,
): ParsedRequest {
  const input = route.input ?? NOTHING;
  const reading = new Reading(route, errors);
  if (!Object.values(raw.params).every(isDatabaseText)) throw kernelErrors.NOT_FOUND();
  const params = reading.read(input.params, raw.params, 'path');
  if (params === undefined && !reading.listsEvery) throw kernelErrors.NOT_FOUND();
  const query = input.query === 'raw' ? parseRawQuery(raw.queryString) : readQuery(reading, input.query, raw);
  const headers = reading.read(input.headers, raw.request.headers, 'header');
  const form = input.form === 'raw' ? raw.form?.raw : readForm(reading, input.form, raw.form);
  const body = input.body === undefined ? EMPTY : readJson(reading, input.body, raw);
  const text = input.text === undefined ? EMPTY : reading.read(input.text, parseText(raw.bytes ?? NO_BYTES), 'body');
  if (reading.items.length > 0) throw new ShapeRefusal(kernelErrors.INVALID_INPUT(), reading.items);
  const { baseUrl, publicUrl, tenantName, constants } = raw;
  return { params, query, headers, form, body, text, baseUrl, publicUrl, tenantName, constants } as ParsedRequest;
}

function readQuery(reading: Reading, shape: z.ZodObject | undefined, { queryString }: RawRequest): unknown {
  if (shape === undefined) return EMPTY;
  return reading.read(shape, typedParameters(shape, parseParameters(queryString)), 'query');
}

function readForm(reading: Reading, shape: z.ZodObject | undefined, form: Form | null): unknown {
  if (shape === undefined || form === null) return reading.read(shape, undefined, 'form');
  return reading.read(shape, typedParameters(shape, form.parameters), 'form');
}

function readJson(reading: Reading, shape: z.ZodType, { bytes }: RawRequest): unknown {
  const parsed = reading.listsEvery
    ? parseOrLocate(reading, bytes ?? NO_BYTES)
    : { value: parseJson(bytes ?? NO_BYTES) };
  if (parsed === null) return undefined;
  return reading.read(shape, parsed.value, 'body', (issue) => {
    const isOfOtherType = issue.path.length === 0 && issue.code === 'invalid_type';
    if (isOfOtherType && !reading.listsEvery) throw problems.BODY_MALFORMED();
  });
}

/** The parsed body; null, and a fault is collected, if it is not JSON. */
function parseOrLocate(reading: Reading, bytes: Buffer): { readonly value: unknown } | null {
  try {
    return { value: parseJson(bytes) };
  } catch {
    reading.addMalformed(offsetOfFault(bytes.toString('utf8')));
    return null;
  }
}

/** The legacy field: the path of members from the root, without positions in lists. */
function posOf(issue: Issue): string {
  return issue.path.filter((part) => typeof part === 'string').join('.');
}

/**
 * For a value that may have several forms, reports the faults of the first form that its type fits. A value that fits none has
 * one fault: its type.
 */
function ofBranch(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const meant = issue.errors.find(
    (issues) => !issues.some(({ path, code }) => path.length === 0 && code === 'invalid_type'),
  );
  if (meant === undefined) return [{ ...issue.errors[0]![0]!, path: issue.path }];
  return meant.flatMap((inner) => ofBranch({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Keeps one fault for each field, so that a list with a thousand faulty items has one fault. */
function onePerField(issues: readonly Issue[]): Issue[] {
  const first = new Map<string, Issue>();
  for (const issue of issues) {
    const pos = posOf(issue);
    if (!first.has(pos)) first.set(pos, issue);
  }
  return [...first.values()];
}
