import {
  FederationLinkService,
  FederationLinkStore,
  FederationProviderService,
  FederationProviderStore,
} from '../../federation/index.ts';
import { LinkAccountFlow, Upstream } from '../../flows/index.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { Core } from './core.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Sessions } from './sessions.ts';

/** Creates the providers of external accounts, the links, and the flow that makes a link. */
export function createFederation(
  { base, sealer, options }: Infrastructure,
  { directory }: Core,
  { guarded, clientDirectory }: Access,
  { stores: { userStore: users } }: Accounts,
  { stores: { oneTimeCodes } }: Sessions,
) {
  /** Providers on this machine may use plain http if the service itself does: in development and tests. */
  const rules = { allowLoopbackHttp: options.allowLoopbackHttp ?? options.publicUrl.startsWith('http:') };
  const federationSealer = sealer('federation');
  const providers = new FederationProviderStore(base.db);
  const links = new FederationLinkStore(base.db);
  const federationProviders = new FederationProviderService({
    ...base,
    store: providers,
    sealer: federationSealer,
    rules,
  });
  const federationLinks = new FederationLinkService({
    ...base,
    store: links,
    providers,
    users,
    guard: guarded,
    directory,
    sealer: federationSealer,
  });
  const upstream = new Upstream({
    clock: base.clock,
    clientSecret: (provider) => federationProviders.clientSecret(provider),
    ...rules,
    ...(options.providerTimeoutMs === undefined ? {} : { timeoutMs: options.providerTimeoutMs }),
  });
  return {
    federationProviders,
    stores: { federationProviderStore: providers },
    federationLinks,
    accountLinking: new LinkAccountFlow({
      ...base,
      clients: clientDirectory,
      codes: oneTimeCodes,
      directory,
      links: federationLinks,
      providers,
      upstream,
      users,
      sealer: sealer('account-linking'),
      publicUrl: options.publicUrl,
    }),
  };
}
