import type { ClientDirectory } from '../../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import type {
  FederationLinkService,
  FederationProviderService,
  FederationProviderStore,
} from '../../federation/index.ts';
import type { PrivateHosts, TenantRef } from '../../kernel/index.ts';
import type { OneTimeCodeStore, SessionService } from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { UserStore } from '../../users/index.ts';
import type { InteractionService } from '../interaction/index.ts';
import { linkAccountErrors } from './link-account.errors.ts';
import { LinkAccountFlow } from './link-account.flow.ts';
import { LinkQuestionFlow } from './link-question.flow.ts';
import { ProviderMetadata } from './provider-metadata.ts';
import { Upstream } from './upstream.ts';

interface LinkAccountNeeds extends ModuleBase {
  /** Origin of this service. */
  readonly publicUrl: string;
  /** Whether providers on this machine may be called over plain http. */
  readonly allowLoopbackHttp: boolean;
  /** What of the operator's network providers may be in. */
  readonly privateHosts: PrivateHosts;
  /** How long to wait for an answer of a provider, in milliseconds. Default 5 s. */
  readonly providerTimeoutMs: number | undefined;
  readonly directory: TenantDirectory;
  readonly clientDirectory: ClientDirectory;
  readonly oneTimeCodes: OneTimeCodeStore;
  readonly sessions: SessionService;
  readonly interactions: InteractionService;
  readonly federationProviders: FederationProviderService;
  readonly federationProviderStore: FederationProviderStore;
  readonly federationLinks: FederationLinkService;
  readonly userStore: UserStore;
}

export const linkAccount = {
  name: 'linkAccount',
  errors: [linkAccountErrors],
  create: ({ base, sealer, publicUrl, directory, federationProviders, interactions, ...needs }: LinkAccountNeeds) => {
    const shared = {
      ...base,
      clients: needs.clientDirectory,
      codes: needs.oneTimeCodes,
      links: needs.federationLinks,
      providers: needs.federationProviderStore,
      sealer: sealer('account-linking'),
      questionUrl: (tenant: TenantRef, host: string | null | undefined, handle: string) =>
        interactions.urlOf(tenant, host, `link-account/${handle}`),
    };
    const upstream = new Upstream({
      clock: base.clock,
      clientSecret: (provider) => federationProviders.clientSecret(provider),
      allowLoopbackHttp: needs.allowLoopbackHttp,
      privateHosts: needs.privateHosts,
      timeoutMs: needs.providerTimeoutMs,
    });
    return {
      services: {
        /** Reads what providers say about themselves. */
        providerMetadata: new ProviderMetadata({
          upstream,
          providers: federationProviders,
          allowLoopbackHttp: needs.allowLoopbackHttp,
        }),
        /** Proves an external account by a visit to its provider. */
        accountLinking: new LinkAccountFlow({
          ...shared,
          directory,
          upstream,
          publicUrl,
        }),
        /** Asks whether a proven external account is linked, and links it. */
        linkQuestions: new LinkQuestionFlow({
          ...shared,
          directory,
          interactions,
          sessions: needs.sessions,
          users: needs.userStore,
        }),
      },
    };
  },
} as const satisfies ServiceModule;
