import {
  type Dialect,
  Engine,
  type EngineHost,
  type EngineOptions,
  type Route,
} from '../../../rest-compat/engine/index.ts';
import { ENGINE_OPTIONS, RestClient } from '../../support/rest.ts';
import { tinyDialect } from './dialect.ts';
import { handMadeHost } from './hand-made-host.ts';

/** What `serveTiny` may replace. */
export interface TinyParts {
  readonly dialect?: Partial<Dialect>;
  readonly host?: Partial<EngineHost>;
  readonly options?: Partial<EngineOptions>;
}

/** An engine of rows over a host without a database. */
export function tinyEngine(
  routes: readonly Route[],
  { dialect = {}, host = {}, options = {} }: TinyParts = {},
): Engine {
  return new Engine([tinyDialect(dialect, routes)], handMadeHost(host), { ...ENGINE_OPTIONS, ...options });
}

/** Serves such an engine. */
export function serveTiny(routes: readonly Route[], parts?: TinyParts): Promise<RestClient> {
  return RestClient.serve(tinyEngine(routes, parts).middleware);
}
