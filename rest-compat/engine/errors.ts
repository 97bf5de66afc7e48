import { ERROR_TABLES } from '../../schema/errors/codes.ts';
import { requestErrors } from '../../schema/errors/request.errors.ts';
import { type ErrorKind, type ErrorRow, type FieldFault, IdentityError } from '../../src/kernel/index.ts';
import type { Dialect } from './dialect.ts';
import type { Variables } from './document.ts';
import type { DialectErrors, Fault, FaultItem, LegacyError } from './fault.ts';
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

function rowFor(errors: DialectErrors, route: Route | null, error: { code: string; kind: ErrorKind }): LegacyError {
  return route?.errors?.[error.code] ?? errors.codes[error.code] ?? errors.kinds[error.kind];
}

/** A reason without a row (`PASSWORD_TOO_SHORT`) gets the code of the error that lists it. */
function itemOf(
  errors: DialectErrors,
  route: Route | null,
  error: IdentityError,
  field: FieldFault,
  text: (row: LegacyError) => string,
) {
  const own = (code: string): LegacyError | null => route?.errors?.[code] ?? errors.codes[code] ?? null;
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

/** Looks up how an error is answered: in the row's table, then in the dialect's by code, then by kind. */
export function faultOf(
  errors: DialectErrors,
  route: Route | null,
  refusal: IdentityError | ShapeRefusal,
  variables: Variables,
): Fault {
  const error = refusal instanceof ShapeRefusal ? refusal.error : refusal;
  const legacy = rowFor(errors, route, error);
  const bare = { legacy, error, items: [], variables };
  const textOf = (row: LegacyError, otherwise: string): string =>
    row.text === undefined ? otherwise : typeof row.text === 'string' ? row.text : row.text(bare);
  const text = textOf(legacy, error.message);
  const named =
    refusal instanceof ShapeRefusal
      ? refusal.items
      : (error.fields ?? []).map((field) => itemOf(errors, route, error, field, (row) => textOf(row, field.message)));
  const items = named.length > 0 ? named : [{ error: legacy.error, text, pos: legacy.pos ?? '' }];
  return { legacy, error, text, items, variables };
}

const ROW_OF_CODE: ReadonlyMap<string, ErrorRow> = new Map(
  [...ERROR_TABLES.filter((table) => table !== requestErrors), problems].flatMap(({ rows }) => Object.entries(rows)),
);

/** Every code a dialect has to know: the graph's, but those of GraphQL requests as such, and the engine's. */
export const mappedCodes = (): readonly string[] => [...ROW_OF_CODE.keys()];

/** The codes of some kinds. */
export const codesOfKinds = (kinds: ReadonlySet<ErrorKind>): readonly string[] =>
  [...ROW_OF_CODE].filter(([, { kind }]) => kinds.has(kind)).map(([code]) => code);

/** An error as it is thrown, for the API description. */
export function errorOfCode(code: string): IdentityError {
  const { kind, message } = ROW_OF_CODE.get(code) ?? ROW_OF_CODE.get('INTERNAL_ERROR')!;
  return new IdentityError(code, kind, message);
}

/** How a code in a row is answered. */
export function legacyErrorOf(errors: DialectErrors, route: Route, code: string): LegacyError {
  return rowFor(errors, route, errorOfCode(code));
}

/** Each table of errors of a dialect, with the rows that are read beside it. */
function tablesOf({ errors, mounts }: Dialect): ReadonlyMap<DialectErrors, readonly Route[]> {
  const tables = new Map<DialectErrors, Route[]>([[errors, []]]);
  for (const mount of mounts) {
    const own = mount.errors ?? errors;
    tables.set(own, [...(tables.get(own) ?? []), ...mount.routes]);
  }
  return tables;
}

const rowsOf = (errors: DialectErrors, routes: readonly Route[]): [string, LegacyError | null][] => [
  ...Object.entries(errors.codes),
  ...routes.flatMap((route) => Object.entries(route.errors ?? {})),
];

/** What keeps a dialect from starting, one line each: codes without a row, envelopes that do not exist. */
export function faultsOfTables(dialect: Dialect): string[] {
  const faults = [...tablesOf(dialect)].flatMap(([errors, routes]) => {
    const unmapped = mappedCodes().filter((code) => !Object.hasOwn(errors.codes, code));
    const envelopes = [...rowsOf(errors, routes).map(([, row]) => row), ...Object.values(errors.kinds)]
      .filter((row) => row !== null)
      .filter(({ envelope }) => !Object.hasOwn(errors.envelopes, envelope));
    return [
      ...unmapped.map((code) => `the code ${code} has no row.`),
      ...envelopes.map(({ envelope }) => `there is no envelope ${envelope}.`),
    ];
  });
  return [...new Set(faults)].map((fault) => `${dialect.name} errors: ${fault}`);
}

/** Codes that a dialect maps and nobody gives; a test keeps the list empty. */
export function idleCodes(dialect: Dialect): string[] {
  const rows = [...tablesOf(dialect)].flatMap(([errors, routes]) => rowsOf(errors, routes));
  return [...new Set(rows.map(([code]) => code))].filter((code) => !ROW_OF_CODE.has(code));
}

export const pathsOf = (row: Route): readonly string[] => (typeof row.path === 'string' ? [row.path] : row.path);
