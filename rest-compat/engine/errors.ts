import { ERROR_TABLES } from '../../schema/errors/codes.ts';
import { type ErrorKind, type ErrorRow, type FieldFault, IdentityError } from '../../src/kernel/index.ts';
import type { Variables } from './document.ts';
import { AS_ITS_KIND, type DialectErrors, type Fault, type FaultItem, findLine, type LegacyError } from './fault.ts';
import { MissingRoot } from './missing-root.ts';
import { problems } from './problems.ts';
import { fieldAt, type Route, withoutPositions } from './route.ts';

/** Thrown by the engine for values that do not have the declared shape; its items are in the terms of the legacy API. */
export class ShapeRefusal extends Error {
  override readonly name = 'ShapeRefusal';
  readonly error: IdentityError;
  readonly items: readonly FaultItem[];

  constructor(error: IdentityError, items: readonly FaultItem[]) {
    super(error.message);
    this.error = error;
    this.items = items;
  }
}

/** How a row answers a code. */
export function legacyErrorOf(
  errors: DialectErrors,
  route: Route | null,
  error: { readonly code: string; readonly kind: ErrorKind },
): LegacyError {
  const { code, kind } = error;
  const missing = error instanceof MissingRoot ? route?.missing?.[error.root] : undefined;
  const line = missing ?? findLine(errors, route, code);
  return line === undefined || line === AS_ITS_KIND ? errors.kinds[kind] : line;
}

/** A reason without a line (`PASSWORD_TOO_SHORT`) gets the code of the error that lists it. */
function itemOf(
  errors: DialectErrors,
  route: Route | null,
  error: IdentityError,
  field: FieldFault,
  text: (row: LegacyError) => string,
) {
  const own = (code: string): LegacyError | null => {
    const line = findLine(errors, route, code);
    return line === undefined || line === AS_ITS_KIND ? null : line;
  };
  const whole = own(error.code);
  const row = whole?.showsFieldCodes === true ? null : own(field.code);
  return {
    error: whole?.showsFieldCodes === true ? field.code : ((row ?? whole)?.error ?? errors.fieldError),
    text: row === null ? field.message : text(row),
    pos:
      (route === null ? null : fieldAt(route, field.path)) ??
      row?.pos ??
      withoutPositions(field.path).split('.').at(-1)!,
  };
}

const fieldOf = (route: Route | null, path: string): string =>
  (route === null ? null : fieldAt(route, path)) ?? withoutPositions(path).split('.').at(-1)!;

/** The line of an error, or the other answer that it has for a field that the error names. */
function lineFor(route: Route | null, line: LegacyError, { fields = [] }: IdentityError): LegacyError {
  const others = line.at ?? {};
  const field = fields.map(({ path }) => fieldOf(route, path)).find((name) => Object.hasOwn(others, name));
  return field === undefined ? line : others[field]!;
}

/** Looks up how an error is answered: by the line of the row, then of the dialect, then by kind. */
export function faultOf(
  errors: DialectErrors,
  route: Route | null,
  refusal: IdentityError | ShapeRefusal,
  { variables = {}, base = '' }: { readonly variables?: Variables; readonly base?: string } = {},
): Fault {
  const error = refusal instanceof ShapeRefusal ? refusal.error : refusal;
  const legacy = lineFor(route, legacyErrorOf(errors, route, error), error);
  const bare = { legacy, error, items: [], variables, route, base };
  const textOf = (row: LegacyError, otherwise: string): string =>
    row.text === undefined ? otherwise : typeof row.text === 'string' ? row.text : row.text(bare);
  const text = textOf(legacy, error.message);
  const named =
    refusal instanceof ShapeRefusal
      ? refusal.items
      : (error.fields ?? []).map((field) => itemOf(errors, route, error, field, (row) => textOf(row, field.message)));
  const items = named.length > 0 ? named : [{ error: legacy.error, text, pos: legacy.pos ?? '' }];
  return { ...bare, text, items };
}

const ROW_OF_CODE: ReadonlyMap<string, ErrorRow> = new Map(
  [...ERROR_TABLES, problems].flatMap(({ rows }) => Object.entries(rows)),
);

/** An error as it is thrown, for the API description. */
export function errorOfCode(code: string): IdentityError {
  const { kind, message } = ROW_OF_CODE.get(code) ?? ROW_OF_CODE.get('INTERNAL_ERROR')!;
  return new IdentityError(code, kind, message);
}
