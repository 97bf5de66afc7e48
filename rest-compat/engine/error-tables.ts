import { CODES_OF_EVERY_FIELD, ENGINE_CODES } from './codes.ts';
import type { Dialect } from './dialect.ts';
import { AS_ITS_KIND, type DialectErrors, type ErrorLine, findLine } from './fault.ts';
import { documentsOf, pathsOf, type Route } from './route.ts';
import { tenantPlaces } from './tenant.ts';

/** Codes of the engine that follow from the declarations of a row. */
export function listEngineCodes(route: Route): string[] {
  const { method, callers, input } = route;
  const isForClients = callers.basic !== undefined || callers.clientAuth !== undefined;
  const takesBody = input?.body !== undefined || input?.form !== undefined || input?.text !== undefined;
  const namesEndUser = method !== 'GET' && input?.headers?.shape['x-forwarded-for'] !== undefined;
  return [
    'PATH_MALFORMED',
    'TENANT_UNKNOWN',
    ...(route.refuse === true ? ['NOT_IMPLEMENTED'] : []),
    ...(tenantPlaces(route).length === 0 ? [] : ['TENANT_CONFLICT']),
    ...(callers.public === true || callers.browser === true ? [] : ['CREDENTIALS_MISSING']),
    ...(isForClients ? ['CLIENT_REFUSED'] : []),
    ...(callers.clientAuth === undefined && callers.bearer?.inForm === undefined && callers.apiKey === undefined
      ? []
      : ['CREDENTIALS_AMBIGUOUS']),
    ...(callers.bearer === undefined && callers.basic === undefined ? [] : ['SCOPE_MISSING']),
    ...(input?.body === undefined && input?.text === undefined && route.formAsJson === undefined
      ? []
      : ['BODY_MALFORMED']),
    ...(takesBody ? ['MEDIA_TYPE_UNSUPPORTED', 'REQUEST_TOO_LARGE'] : []),
    ...(namesEndUser ? ['END_USER_UNKNOWN'] : []),
  ];
}

/** Each error table of a dialect, with the rows that use it. */
function tablesOf({ errors, mounts }: Dialect): ReadonlyMap<DialectErrors, ReadonlySet<Route>> {
  const tables = new Map<DialectErrors, Set<Route>>([[errors, new Set()]]);
  for (const mount of mounts) {
    const own = mount.errors ?? errors;
    tables.set(own, new Set([...(tables.get(own) ?? []), ...mount.routes]));
  }
  return tables;
}

/**
 * The faults for which a dialect does not start: codes that an operation declares and that have no line, lines for codes that
 * are never given, envelopes that do not exist.
 */
export function findFaultsOfTables(dialect: Dialect): string[] {
  const faults = [...tablesOf(dialect)].flatMap(([errors, routes]) => [
    ...[...routes].flatMap((route) =>
      [...findFaultsOfRow(errors, route)].map((fault) => `${nameRow(route)}: ${fault}`),
    ),
    ...[...findFaultsOfTable(errors, routes)].map((fault) => `errors: ${fault}`),
  ]);
  return [...new Set(faults)].map((fault) => `${dialect.name} ${fault}`);
}

const nameRow = (route: Route): string => `${route.method} ${pathsOf(route)[0]}`;

function* findFaultsOfRow(errors: DialectErrors, route: Route): Iterable<string> {
  const { name } = route.operation;
  const documents = documentsOf(route);
  const declared = documents.flatMap((document) => document.errors);
  for (const document of documents)
    for (const code of document.errors)
      if (findLine(errors, route, code) === undefined)
        yield `its operation ${document.name} gives ${code}, which has no line in the row or in the dialect's table.`;
  if (route.refuse === true && findLine(errors, route, 'NOT_IMPLEMENTED') === undefined)
    yield "it is refused, and NOT_IMPLEMENTED has no line in the row or in the dialect's table.";
  const possible = new Set([...declared, ...CODES_OF_EVERY_FIELD, ...listEngineCodes(route)]);
  for (const code of Object.keys(route.errors ?? {}))
    if (!possible.has(code))
      yield `it has a line for ${code}, which neither its operation ${name} nor the engine gives.`;
  yield* findFaultsOfEnvelopes(errors, [...Object.values(route.errors ?? {}), ...Object.values(route.missing ?? {})]);
}

function* findFaultsOfTable(errors: DialectErrors, routes: ReadonlySet<Route>): Iterable<string> {
  const declared = [...routes].flatMap(documentsOf).flatMap((document) => document.errors);
  const possible = new Set([...declared, ...CODES_OF_EVERY_FIELD, ...ENGINE_CODES]);
  for (const code of Object.keys(errors.codes))
    if (!possible.has(code)) yield `the table has a line for ${code}, which no operation of its rows gives.`;
  yield* findFaultsOfEnvelopes(errors, [...Object.values(errors.codes), ...Object.values(errors.kinds)]);
}

function* findFaultsOfEnvelopes(
  { envelopes }: Pick<DialectErrors, 'envelopes'>,
  lines: readonly ErrorLine[],
): Iterable<string> {
  for (const line of lines) {
    if (line === AS_ITS_KIND) continue;
    if (!Object.hasOwn(envelopes, line.envelope)) yield `there is no envelope ${line.envelope}.`;
    yield* findFaultsOfEnvelopes({ envelopes }, Object.values(line.at ?? {}));
  }
}
