import { buildSchema } from 'graphql';
import type { EngineHost, HostTenant } from '../../../rest-compat/engine/index.ts';
import type { Caller } from '../../../src/access/index.ts';
import { kernelErrors, type TenantId } from '../../../src/kernel/index.ts';
import { createPageDocuments } from '../../../src/server/http/page-documents.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const SCHEMA = buildSchema(`
  type Query { tenant(tenant: String): Tenant }
  type Tenant { name: String!, displayName: String, isEnabled: Boolean! }
`);

/** The context that the host makes for resolvers. */
export interface TinyContext {
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

SCHEMA.getQueryType()!.getFields()['tenant']!.resolve = (_source, { tenant }, { caller }: TinyContext) => ({
  name: `${tenant} for ${caller.kind}`,
  displayName: null,
  isEnabled: true,
});

export const ACME: HostTenant = {
  id: 'acme-id' as TenantId,
  name: 'acme',
  route: 'aaaaaaaa',
  displayName: null,
  settings: { requireForwardedAddress: false },
};

/** A host with one tenant. */
export function handMadeHost(over: Partial<EngineHost> = {}): EngineHost {
  const refuse = (): never => {
    throw kernelErrors.UNAUTHENTICATED();
  };
  return {
    schema: SCHEMA,
    contextFor: (caller, signal): TinyContext => ({ caller, signal }),
    isOfForeignPage: ({ headers }) => headers['sec-fetch-site'] === 'cross-site',
    browserOf: () => ({
      read: () => null,
      write: () => undefined,
      clear: () => undefined,
      nameOf: (cookie) => cookie,
      take: () => null,
      mirrorSession: () => undefined,
      setCookies: ['a=1; Path=/', 'b=2'],
    }),
    adoptSession: async () => undefined,
    documents: createPageDocuments(null),
    tenantByName: (name) => (name === 'acme' ? ACME : null),
    tenantByHost: () => null,
    tenantByHandle: () => null,
    callers: { bearer: refuse, apiKey: refuse, client: refuse },
    webOrigins: { isListed: async () => false, isListedBy: async () => false },
    originOf: (_request, api) => ({ ...TEST_ORIGIN, api }),
    addressGroup: ({ headers }) => (headers['x-address'] as string | undefined) ?? null,
    normaliseAddress: (text) => text,
    explain: () => kernelErrors.INTERNAL_ERROR(),
    report: () => undefined,
    ...over,
  };
}
