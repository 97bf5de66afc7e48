import type { Context, Middleware } from 'koa';
import { authorise } from '../../schema/directives/enforce.ts';
import type { Caller } from '../../src/access/index.ts';
import { IdentityError, kernelErrors, type TenantRef } from '../../src/kernel/index.ts';
import { Answer, sendAnswer } from './answer.ts';
import { type Form, isJsonBody, parseForm, readRowBody } from './body.ts';
import { renderFor, setRedirect, setWindowHeaders } from './browser-answer.ts';
import { callerOf, forwardedAddress } from './caller.ts';
import { allowPage, answerPreflight, type Cors, isPreflight, keepToClient } from './cors.ts';
import type { Dialect } from './dialect.ts';
import type { Variables } from './document.ts';
import { ShapeRefusal } from './errors.ts';
import type { EngineHost, HostBrowser, HostTenant } from './host.ts';
import { decodeSegment, paramsOf, parseRequest } from './input.ts';
import { setJsonType } from './json-media.ts';
import { MissingRoot } from './missing-root.ts';
import type { Operation } from './operation.ts';
import { findRow, methodsOf, type Owner, Owners, type Row } from './owners.ts';
import { acceptsPage, isPageFault, setPageFault } from './page-fault.ts';
import { segmentsOf, withoutTrailingSlash } from './paths.ts';
import { labelOf, type Place, type PlaceOptions, Places } from './places.ts';
import { problems } from './problems.ts';
import { credentialKey, type RateLimit, RateLimiter, type RateLimitSettings } from './rate-limit.ts';
import { setFault, setReply } from './reply.ts';
import { ClientGone } from './request-body.ts';
import type { ParsedRequest, Route } from './route.ts';
import { type Body, hasCredentialInForm, RowBody } from './row-body.ts';
import { isNamedInBody, tenantPlaces, tenantValues } from './tenant.ts';

/** How the engine is configured. */
export interface EngineOptions extends PlaceOptions {
  /** What rows of every mount read as `request.constants`; those of a mount come before them. Default: none. */
  readonly constants?: Readonly<Record<string, string>>;
  /** Rules in place of those of rows. Default: none. */
  readonly rateLimits?: RateLimitSettings;
  /** Milliseconds since the epoch, for rate limits. Default: the system's clock. */
  readonly now?: () => number;
  /** Bytes of a request body. Default 1_048_576. */
  readonly bodyLimitBytes?: number;
}

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** Stands for a tenant that does not exist; no client of it lists an origin. */
const NO_TENANT = '00000000-0000-0000-0000-000000000000';
const NO_VARIABLES: Variables = {};
const NO_NAMES: readonly string[] = [];
const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** The state of a request during the steps. */
interface Exchange {
  readonly ctx: Context;
  readonly owner: Owner;
  readonly segments: readonly string[];
  readonly answer: Answer;
  row: Row | null;
  tenant: HostTenant | null;
  variables: Variables;
}

/** Serves the rows of all dialects as one middleware. The constructor checks all rows. */
export class Engine {
  readonly owners: Owners;
  readonly #host: EngineHost;
  readonly #bodyLimit: number;
  readonly #places: Places;
  readonly #limiter: RateLimiter;

  constructor(dialects: readonly Dialect[], host: EngineHost, options: EngineOptions) {
    this.owners = new Owners(dialects, host.schema, options.constants);
    this.#host = host;
    this.#places = new Places(host, options);
    this.#limiter = new RateLimiter(limitsOf(dialects), options.rateLimits ?? {}, options.now ?? Date.now);
    this.#bodyLimit = options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES;
  }

  /** Answers every path below a dialect's prefix; calls `next()` for the others. */
  readonly middleware: Middleware = async (ctx, next) => {
    const exchange = this.#begin(ctx);
    if (exchange === null) return next();
    try {
      await this.#serve(exchange);
    } catch (error) {
      if (error instanceof ClientGone) return abandon(ctx);
      this.#refuse(exchange, error);
    }
    send(exchange);
  };

  /**
   * Answers a request that is refused before it is served, in the form in which the owner of its path answers errors.
   * @returns Whether a dialect owns the path; if none does, nothing is answered.
   */
  refuse(ctx: Context, error: IdentityError): boolean {
    const exchange = this.#begin(ctx);
    if (exchange === null) return false;
    exchange.row = findRow(exchange.owner, ctx.method, exchange.segments);
    this.#refuse(exchange, error);
    send(exchange);
    return true;
  }

  /** Null if no dialect owns the path. */
  #begin(ctx: Context): Exchange | null {
    // Use the raw path, because an encoded slash is part of its segment (docs/architecture.md).
    const written = segmentsOf(ctx.path);
    const owner = this.owners.find(written);
    if (owner === null) return null;
    const segments = owner.dialect.ignoresTrailingSlash === true ? withoutTrailingSlash(written) : written;
    return { ctx, owner, segments, answer: new Answer(), row: null, tenant: null, variables: NO_VARIABLES };
  }

  /** The steps, in the order in which a request can fail them (docs/architecture.md). */
  async #serve(exchange: Exchange): Promise<void> {
    const { ctx, owner, segments, answer } = exchange;
    const row = matched(exchange);
    if (row === null) return this.#preflight(exchange);
    exchange.row = row;
    const { route, operation } = row;
    if (route.rateLimit?.per === 'address') this.#countAddress(ctx, route.rateLimit);
    const params = paramsOf(row.pattern, segments, owner.prefix.shape.length);
    const body = new RowBody(() => this.#bodyOf(exchange, row));
    const isBodyLast = owner.dialect.refusesBodiesLast === true && !hasCredentialInForm(route.callers);
    const early = isNamedInBody(route) ? await (isBodyLast ? peekAt(exchange, body) : body.read()) : null;
    const isNamed = tenantPlaces(route).length > 0;
    const named = isNamed ? await this.#tenantsOf(ctx, route, params, early) : NO_NAMES;
    const above = nameAbove(exchange, row);
    const isMisplaced = above !== null && above !== route.under && above !== named[0];
    const others = isMisplaced ? NO_NAMES : named;
    const reached = await this.#places.of(exchange, others, above !== null && others.length > 0);
    exchange.tenant = reached.tenant;
    if (route.cors !== undefined) await this.#allowPage(exchange, row, route.cors, reached.tenant);
    const isUnnamed = named.length === 0 && tenantPlaces(route).some(({ isNeeded }) => isNeeded === true);
    if (isUnnamed) await this.#parse(exchange, route, { params, body, place: reached });
    const { callers } = route;
    const form = isBodyLast ? null : (await body.read()).form;
    const browser = callers.browser === true || callers.cookies === true ? this.#host.browserOf(ctx.req) : null;
    const caller = await this.#callerOf(exchange, row, reached, form);
    if (route.cors === 'client' || route.cors === 'credentials')
      await keepToClient(this.#host.webOrigins, caller, answer);
    if (route.rateLimit?.per === 'credential') this.#countCredential(ctx, route.rateLimit, caller);
    const isForeign = route.ownPagesOnly === true && this.#host.isOfForeignPage(ctx.req);
    if (isMisplaced || isForeign) throw kernelErrors.FORBIDDEN();
    const isLeftToCaller = named.length === 0 && tenantPlaces(route).some(({ orCaller }) => orCaller === true);
    const isOfCaller =
      (route.tenant === 'caller' || isLeftToCaller) && owner.prefix.parameters.length === 0 && caller.tenant !== null;
    const place = isOfCaller ? await this.#places.of(exchange, [caller.tenant.name]) : reached;
    // A row without a tenant is checked against the caller's tenant; the directives of the operation's fields decide about
    // anything beyond it.
    assertScopes(row, caller, route.tenant === 'none' ? caller.tenant : place.tenant);
    const isNowhere = route.tenant !== 'none' && place.tenant === null;
    if (route.refuse === true) throw isNowhere ? problems.TENANT_UNKNOWN() : problems.NOT_IMPLEMENTED();
    this.#assertEndUser(exchange, caller, place.tenant);
    const request = await this.#parse(exchange, route, { params, body, place });
    // Only callers whose permissions reach all tenants come this far: they may know that there is no such one.
    if (isNowhere && operation.demands.length > 0) throw problems.TENANT_UNKNOWN();
    const found = await this.#lookUp(exchange, row, { caller, name: place.name, request });
    const variables = fillIn(operation, owner, place.name, route.toVariables?.(request, found));
    exchange.variables = variables;
    if (browser !== null && place.tenant !== null) await this.#adoptSession(exchange, browser, place.tenant);
    const context = this.#host.contextFor(caller, signalOf(ctx), browser);
    const data = operation.dataOf(await operation.run(context, variables), this.#host.explain);
    if (browser !== null && place.tenant !== null) mirrorSession(exchange, browser, place.tenant);
    if (browser !== null) answer.setCookies = browser.setCookies;
    const render = renderFor(this.#host.documents, ctx, place.tenant);
    setReply(answer, route, { data, request, found }, { render, acceptsPage: acceptsPage(ctx) });
  }

  /** @throws BODY_MALFORMED, ShapeRefusal */
  async #parse(
    { ctx, owner }: Exchange,
    route: Route,
    {
      params,
      body,
      place,
    }: { readonly params: Readonly<Record<string, string>>; readonly body: RowBody; readonly place: Place },
  ): Promise<ParsedRequest> {
    const raw = {
      request: ctx.req,
      params,
      queryString: ctx.querystring,
      ...(await body.read()),
      baseUrl: place.baseUrl,
      publicUrl: this.#places.publicOrigin(),
      tenantName: place.name,
      constants: owner.constants,
    };
    return parseRequest(route, raw, owner.errors);
  }

  #countAddress(ctx: Context, limit: RateLimit): void {
    const address = this.#host.addressGroup(ctx.req);
    if (address !== null) this.#limiter.count(limit, address);
  }

  /** Requests without a credential are counted by their address. */
  #countCredential(ctx: Context, limit: RateLimit, caller: Caller): void {
    const key = credentialKey(caller);
    if (key === null) this.#countAddress(ctx, limit);
    else this.#limiter.count(limit, key);
  }

  /**
   * What the lookups of a row found, by their names.
   * @throws MissingRoot One found nothing.
   */
  async #lookUp(
    { ctx, owner }: Exchange,
    { lookups }: Row,
    {
      caller,
      name: tenant,
      request,
    }: { readonly caller: Caller; readonly name: string; readonly request: ParsedRequest },
  ): Promise<Readonly<Record<string, unknown>>> {
    const found: Record<string, unknown> = {};
    for (const { name, lookup, operation } of lookups) {
      // The row's document gets another context, because what this one read may change there.
      const context = this.#host.contextFor(caller, signalOf(ctx), null);
      const variables = fillIn(operation, owner, tenant, lookup.toVariables(request as never, found));
      const data = operation.lookedUpIn(await operation.run(context, variables), this.#host.explain);
      found[name] = lookup.from(data as never, request as never);
      if (found[name] === null) throw new MissingRoot(name);
    }
    return found;
  }

  async #allowPage({ ctx, answer }: Exchange, { route }: Row, cors: Cors, tenant: HostTenant | null): Promise<void> {
    // Requests with HTTP Basic come from servers. A web page must not have an application's secret, so its answer stays
    // unreadable.
    if (route.callers.basic !== undefined && /^basic /i.test(ctx.get('Authorization'))) return;
    await allowPage(ctx, cors, this.#host.webOrigins, tenant?.id ?? NO_TENANT, answer);
  }

  /** Answers a CORS preflight. If pages may not call the path, the answer is the one of any OPTIONS request. */
  async #preflight(exchange: Exchange): Promise<void> {
    const { ctx, owner, segments, answer } = exchange;
    if (!isPreflight(ctx)) return;
    const cors = findRow(owner, ctx.get('Access-Control-Request-Method'), segments)?.route.cors;
    if (cors === undefined) return;
    const { tenant } = await this.#places.of(exchange, NO_NAMES);
    answer.status = owner.dialect.preflightStatus ?? answer.status;
    const methods = methodsOf(owner, segments).filter((name) => findRow(owner, name, segments)?.route.cors === cors);
    await answerPreflight(ctx, cors, methods, this.#host.webOrigins, tenant?.id ?? NO_TENANT, answer);
  }

  async #bodyOf({ ctx, owner }: Exchange, row: Row): Promise<Body> {
    const { bodies: kinds } = row;
    const accepted = { kinds, jsonType: owner.jsonType };
    const bytes = kinds.length === 0 ? null : await readRowBody(ctx.req, accepted, this.#bodyLimit);
    return { bytes, form: kinds.includes('form') ? formOf(ctx, row, bytes!) : null };
  }

  /** The names of tenants that the request has at the places that the row declares. */
  async #tenantsOf(
    ctx: Context,
    route: Route,
    params: Readonly<Record<string, string>>,
    body: Body | null,
  ): Promise<readonly string[]> {
    const evidence = {
      params,
      queryString: ctx.querystring,
      form: body?.form?.parameters ?? null,
      body: body?.bytes ?? null,
    };
    const names: string[] = [];
    for (const [place, value] of tenantValues(route, evidence)) {
      const name = place.as === 'handle' ? ((await this.#host.tenantByHandle(value))?.name ?? null) : value;
      if (name !== null) names.push(name);
    }
    return names;
  }

  async #callerOf({ ctx, owner }: Exchange, row: Row, place: Place, form: Form | null): Promise<Caller> {
    const origin = { ...this.#host.originOf(ctx.req, owner.api), basePath: owner.basePath };
    const parameters = form?.parameters ?? null;
    const { tenant } = place;
    const { callers } = row.route;
    const actsOnTenant = row.route.tenant !== 'none';
    const { dialect } = owner;
    const source = { request: ctx.req, callers, tenant, dialect, actsOnTenant, origin, form: parameters };
    const caller = await callerOf(source, this.#host.callers);
    if (owner.dialect.endUserAddress === undefined || caller.kind !== 'user') return caller;
    const ip = forwardedAddress(ctx.req, this.#host.normaliseAddress);
    return ip === null ? caller : { ...caller, origin: { ...caller.origin, ip } };
  }

  /** Replaces the cookie of an older product by that of this service. */
  async #adoptSession({ owner, segments }: Exchange, browser: HostBrowser, tenant: HostTenant): Promise<void> {
    const { sessionCookieAlias: alias } = owner.dialect;
    const path = `/${segments.slice(0, owner.prefix.shape.length).join('/')}`;
    const value = alias === undefined ? null : browser.take(alias, path);
    if (value !== null) await this.#host.adoptSession(browser, tenant, value);
  }

  #assertEndUser({ ctx, owner, row }: Exchange, caller: Caller, tenant: HostTenant | null): void {
    if (owner.dialect.endUserAddress !== 'required' || caller.kind !== 'user') return;
    if (tenant?.settings.requireForwardedAddress === false) return;
    if (!CHANGES.has(row!.route.method) || !row!.namesEndUser) return;
    if (forwardedAddress(ctx.req, this.#host.normaliseAddress) === null) throw problems.END_USER_UNKNOWN();
  }

  #refuse({ ctx, owner, segments, row, tenant, variables, answer }: Exchange, error: unknown): void {
    const isOurs = error instanceof IdentityError || error instanceof ShapeRefusal;
    const refusal = isOurs ? error : this.#host.explain(error);
    const shown = refusal instanceof ShapeRefusal ? refusal.error : refusal;
    if (shown.kind === 'internal' || shown.kind === 'unavailable') this.#host.report(shown.cause ?? error, ctx);
    const isPage = row !== null && isPageFault(row.route, shown.code);
    if (isPage) answer.vary('Accept');
    const page = shown.code === 'CREDENTIALS_MISSING' ? row?.route.pageBelow : undefined;
    if (page !== undefined && acceptsPage(ctx)) {
      setRedirect(answer, 302, `/${segments.join('/')}${page}`);
      return;
    }
    if (isPage && acceptsPage(ctx)) {
      setPageFault(answer, shown, renderFor(this.#host.documents, ctx, tenant));
      return;
    }
    const authorization = ctx.get('Authorization');
    const base = segments[owner.prefix.shape.length] ?? '';
    setFault(answer, owner.errors, row?.route ?? null, refusal, { variables, authorization, base });
  }
}

/** The limits of all rows. */
const limitsOf = (dialects: readonly Dialect[]): readonly RateLimit[] =>
  dialects.flatMap(({ mounts }) => mounts.flatMap(({ routes }) => routes.flatMap(({ rateLimit }) => rateLimit ?? [])));

/** The variables of a document: those of the row, and those that only the engine fills. */
function fillIn(operation: Operation, owner: Owner, tenant: string, variables: Variables = NO_VARIABLES): Variables {
  return {
    ...variables,
    ...(operation.declaresTenant ? { tenant } : {}),
    ...(operation.declaresIssuerKind ? { issuerKind: owner.issuerKind } : {}),
  };
}

/** Shows the session of the browser in the cookies of an older product, below the path that ends with the name of the tenant. */
function mirrorSession({ owner, segments }: Exchange, browser: HostBrowser, tenant: HostTenant): void {
  const { sessionMirrors = [] } = owner.dialect;
  const last = owner.prefix.parameters[0]?.at;
  if (last === undefined || sessionMirrors.length === 0) return;
  browser.mirrorSession(tenant, sessionMirrors, `/${segments.slice(0, last + 1).join('/')}`);
}

/** The body of a request that is refused for it at a later step only; null then. */
async function peekAt({ answer }: Exchange, body: RowBody): Promise<Body | null> {
  const found = await body.peek();
  // The rest of such a body is not read, so no other request can follow.
  if (found === null) answer.set('Connection', 'close');
  return found;
}

function send({ ctx, owner, row, answer }: Exchange): void {
  if (row !== null) setWindowHeaders(answer, row.route);
  if (owner.jsonType !== null) setJsonType(answer, ctx, owner.jsonType);
  sendAnswer(ctx, answer);
}

/** Sends nothing, because the client disconnected. */
function abandon(ctx: Context): void {
  ctx.respond = false;
  ctx.res.destroy();
}

/** Finds the row; null when the request was an OPTIONS request and is answered. @throws PATH_UNKNOWN, METHOD_NOT_ALLOWED */
function matched({ ctx, owner, segments, answer }: Exchange): Row | null {
  const row = findRow(owner, ctx.method, segments);
  if (row !== null) return row;
  const methods = methodsOf(owner, segments);
  if (methods.length === 0) throw problems.PATH_UNKNOWN();
  answer.set('Allow', methods.join(', '));
  if (ctx.method !== 'OPTIONS') throw problems.METHOD_NOT_ALLOWED();
  answer.status = 204;
  return null;
}

/** The name before the row's path, in the prefix or in the host, that the row restricts; null if it restricts none. */
function nameAbove({ ctx, owner, segments }: Exchange, { route }: Row): string | null {
  if (route.under === undefined) return null;
  const [own] = owner.prefix.parameters;
  if (own !== undefined) return decodeSegment(segments[own.at]!);
  return owner.isNamedByHost ? labelOf(ctx.req.headers.host ?? '') : null;
}

function formOf(ctx: Context, { route }: Row, bytes: Buffer): Form {
  return parseForm(bytes, {
    queryString: route.formInQuery === true ? ctx.querystring : '',
    isRaw: route.input?.form === 'raw',
    isJson: route.formAsJson === true && isJsonBody(ctx.req),
    authenticates: route.callers.clientAuth !== undefined,
  });
}

/** Checks the scopes of the root fields of the row's documents, as the directives do. @throws SCOPE_MISSING */
function assertScopes({ demands }: Row, caller: Caller, tenant: TenantRef | null): void {
  try {
    for (const alternatives of demands) authorise(caller, tenant, alternatives);
  } catch (error) {
    if (error instanceof IdentityError && error.kind === 'forbidden') throw problems.SCOPE_MISSING({ cause: error });
    throw error;
  }
}

/** The signal that aborts when the client disconnects; the HTTP server sets it, tests may leave it out. */
function signalOf(ctx: Context): AbortSignal {
  return (ctx.state as { signal?: AbortSignal }).signal ?? new AbortController().signal;
}
