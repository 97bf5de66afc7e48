import { z } from 'zod';
import { type Parameters, parseJson, parseParameters } from './body.ts';
import type { PathPattern } from './paths.ts';
import type { Route, TenantPlace } from './route.ts';

/** Names of parameters and members that usually name a tenant. */
const TENANT_NAMES: ReadonlySet<string> = new Set(['tenant', 'tenant_id', 'tenantId', 'realm', 'realmId']);

/** The places where a row's requests name their tenant, in addition to the prefix. */
export function tenantPlaces({ tenant }: Pick<Route, 'tenant'>): readonly TenantPlace[] {
  if (tenant === undefined || typeof tenant === 'string') return [];
  return Array.isArray(tenant) ? tenant : [tenant as TenantPlace];
}

/** Whether the tenant is known only after the body has been read. */
export function isNamedInBody(route: Pick<Route, 'tenant'>): boolean {
  return tenantPlaces(route).some((place) => place.in === 'form' || place.in === 'body');
}

/** The parts of a request that can name a tenant. */
export interface TenantEvidence {
  readonly params: Readonly<Record<string, string>>;
  readonly queryString: string;
  readonly form: Parameters | null;
  /** Null: not read, or not JSON. */
  readonly body: Buffer | null;
}

/**
 * The values of the request at the declared places. A value that is not a text, or is given twice, becomes a name that no
 * tenant can have; if it were ignored, the operation would act on the default tenant.
 */
export function tenantValues(route: Pick<Route, 'tenant'>, evidence: TenantEvidence): readonly [TenantPlace, string][] {
  return tenantPlaces(route).flatMap((place): [TenantPlace, string][] => {
    const members = membersAt(place, evidence);
    if (!Object.hasOwn(members, place.name)) return [];
    const value = members[place.name];
    return [[place, typeof value === 'string' ? value : '']];
  });
}

function membersAt(place: TenantPlace, { params, queryString, form, body }: TenantEvidence): Record<string, unknown> {
  if (place.in === 'params') return params;
  if (place.in === 'query') return parseParameters(queryString);
  if (place.in === 'form') return { ...form };
  return { ...(bodyOf(body) as object | null) };
}

/** Parses a body. One that is not JSON is refused later, after the caller is known; here it names no tenant. */
function bodyOf(bytes: Buffer | null): unknown {
  try {
    return bytes === null ? null : parseJson(bytes);
  } catch {
    return null;
  }
}

/** Top-level members of a shape. */
function membersOf(shape: unknown): readonly string[] {
  if (shape instanceof z.ZodObject) return Object.keys(shape.shape);
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodNullable) return membersOf(shape.unwrap());
  return shape instanceof z.ZodUnion ? shape.options.flatMap(membersOf) : [];
}

/**
 * The faults in how a row names its tenant, for which the service does not start: for example a parameter whose name suggests a
 * tenant and that the row does not declare.
 */
export function faultsOfTenant(route: Route, pattern: PathPattern, declaresTenant: boolean): string[] {
  const { tenant, input, operation } = route;
  const taken = {
    params: [...new Set([...pattern.parameters.map(({ name }) => name), ...membersOf(input?.params)])],
    query: membersOf(input?.query),
    form: membersOf(input?.form),
    body: membersOf(input?.body),
  };
  const places = tenantPlaces(route);
  const isDeclared = (where: string, name: string) => places.some((place) => place.in === where && place.name === name);
  const undeclared = Object.entries(taken).flatMap(([where, names]) =>
    names
      .filter((name) => tenant !== 'none' && tenant !== 'mount' && TENANT_NAMES.has(name) && !isDeclared(where, name))
      .map((name) => `it takes "${name}" in its ${where}, and its "tenant" does not say that this names the tenant.`),
  );
  const missing = places
    .filter((place) => !taken[place.in].includes(place.name))
    .map((place) => `its tenant is "${place.name}" in its ${place.in}, which it does not take.`);
  return [
    ...undeclared,
    ...missing,
    ...(tenant !== 'none' && !declaresTenant ? [`the document ${operation.name} does not declare $tenant.`] : []),
    ...(tenant === 'none' && declaresTenant ? [`it has no tenant, and the document ${operation.name} wants one.`] : []),
  ];
}
