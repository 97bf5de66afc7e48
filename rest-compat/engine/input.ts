import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { isDatabaseText, kernelErrors } from '../../src/kernel/index.ts';
import { type Form, parseJson, parseParameters, parseRawQuery, parseText } from './body.ts';
import { ShapeRefusal } from './errors.ts';
import type { FaultItem } from './fault.ts';
import type { PathPattern } from './paths.ts';
import { problems } from './problems.ts';
import { fieldAt, type ParsedRequest, type Route, type RouteInput } from './route.ts';

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

/**
 * Parses the request into its declared shape.
 * @throws NOT_FOUND A path parameter does not have the form of an id, so no object has it.
 * @throws BODY_MALFORMED The body is not JSON, or not an object where one is declared.
 * @throws ShapeRefusal One item for each faulty value, in the terms of the legacy API.
 */
export function parseRequest(route: Route, raw: RawRequest, fieldError: string): ParsedRequest {
  const input = route.input ?? NOTHING;
  const items: FaultItem[] = [];
  const collect = (issue: Issue) => {
    const pos = fieldAt(route, posOf(issue)) ?? posOf(issue);
    const own = Object.entries(route.shapeErrors ?? {}).find(([field]) => field === pos)?.[1];
    items.push({ error: own ?? fieldError, text: issue.message, pos });
  };
  if (!Object.values(raw.params).every(isDatabaseText)) throw kernelErrors.NOT_FOUND();
  const params = read(input.params, raw.params, () => {
    throw kernelErrors.NOT_FOUND();
  });
  const query =
    input.query === 'raw'
      ? parseRawQuery(raw.queryString)
      : read(input.query, () => parseParameters(raw.queryString), collect);
  const headers = read(input.headers, raw.request.headers, collect);
  const form = input.form === 'raw' ? raw.form?.raw : read(input.form, raw.form?.parameters, collect);
  const body = read(
    input.body,
    () => parseJson(raw.bytes ?? Buffer.alloc(0)),
    (issue) => {
      if (issue.path.length === 0 && issue.code === 'invalid_type') throw problems.BODY_MALFORMED();
      collect(issue);
    },
  );
  const text = read(input.text, () => parseText(raw.bytes ?? Buffer.alloc(0)), collect);
  if (items.length > 0) throw new ShapeRefusal(kernelErrors.INVALID_INPUT(), items);
  const { baseUrl, publicUrl, tenantName, constants } = raw;
  return { params, query, headers, form, body, text, baseUrl, publicUrl, tenantName, constants } as ParsedRequest;
}

/** The legacy field: the path of members from the root, without positions in lists. */
function posOf(issue: Issue): string {
  return issue.path.filter((part) => typeof part === 'string').join('.');
}

function read(schema: z.ZodType | undefined, value: unknown, onIssue: (issue: Issue) => void): unknown {
  if (schema === undefined) return EMPTY;
  const result = schema.safeParse(typeof value === 'function' ? (value as () => unknown)() : value);
  if (result.success) return result.data;
  for (const issue of onePerField(result.error.issues.flatMap(ofBranch))) onIssue(issue);
  return undefined;
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
