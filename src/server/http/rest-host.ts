import type { GraphQLSchema } from 'graphql';
import type { CallerAuthenticator, EngineHost, PageDocuments } from '../../../rest-compat/index.ts';
import { createContext, type Services } from '../../../schema/context.ts';
import { claimedIssuer, routeOfHandle, routeOfId } from '../../crypto/index.ts';
import { MAX_INSIDE_PAGE_SIZE } from '../../persistence/index.ts';
import { keepSession } from '../../sessions/index.ts';
import type { CidrRange } from '../environment/networks.ts';
import { RequestBrowser } from './browser.ts';
import { shownError } from './http-errors.ts';
import { addressGroupOf, normaliseAddress, originOf } from './origin.ts';
import { isOfForeignPage } from './page-origin.ts';

/** What `createRestHost` needs. */
export interface RestHostParts {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly callers: CallerAuthenticator;
  readonly documents: PageDocuments;
  readonly trustedProxies: readonly CidrRange[];
  /** Public origin of the service. */
  readonly publicUrl: string;
  readonly report: EngineHost['report'];
}

/** Makes the host interface that the translation engine requires, from the services. */
export function createRestHost(parts: RestHostParts): EngineHost {
  const { schema, services, callers, documents, trustedProxies, publicUrl, report } = parts;
  const { directory, sessions, webOrigins } = services;
  return {
    schema,
    contextFor: (caller, signal, browser) => createContext(services, caller, signal, browser, MAX_INSIDE_PAGE_SIZE),
    browserOf: (request) => new RequestBrowser(request, publicUrl),
    isOfForeignPage: (request) => isOfForeignPage(request, publicUrl),
    adoptSession: async (browser, tenant, value) => {
      if ((await sessions.ofBrowser(browser, tenant)) !== null) return;
      const session = await sessions.findByCookie(tenant, value);
      if (session !== null) keepSession(browser, tenant, session, value);
    },
    documents,
    tenantByName: (name) => directory.byName(name),
    tenantByHost: (host) => directory.byHost(host),
    tenantByHandle: (handle) => {
      const route = routeOfHandle(handle) ?? routeOfId(handle);
      return route === null ? tenantOfToken(services, handle) : directory.byRoute(route);
    },
    callers,
    webOrigins,
    originOf: (request, api) => originOf(request, trustedProxies, api),
    addressGroup: (request) => addressGroupOf(request, trustedProxies),
    normaliseAddress,
    explain: shownError,
    report,
  };
}

/** The tenant of the issuer that a text names as a token would; whether it is one is not asked. */
async function tenantOfToken({ oauth }: Services, text: string) {
  const issuer = claimedIssuer(text);
  return issuer === null ? null : ((await oauth.issuerDirectory.find(issuer))?.tenant ?? null);
}
