/**
 * Creates the services: the event engine, then the modules in the order of their list (`src/modules.ts`), then the scope names
 * and issuers of the dialects.
 */
import { BLITZ_ISSUER } from '../../../rest-compat/blitz/issuer.ts';
import { registerBlitz } from '../../../rest-compat/blitz/register.ts';
import { KOBIL_ISSUER } from '../../../rest-compat/kobil/issuer.ts';
import { EXTERNAL_FACTOR_ISSUER, FACTOR_AUTHORITIES } from '../../../rest-compat/secrets-vault/external-factor.ts';
import { API_ISSUER, STANDARD_ISSUER } from '../../../rest-compat/secrets-vault/issuers.ts';
import { KEY_SCOPES } from '../../../rest-compat/secrets-vault/key-scopes.ts';
import { SECRETS_VAULT_SCOPES } from '../../../rest-compat/secrets-vault/scopes.ts';
import type { Services } from '../../../schema/context.ts';
import type { Sweep } from '../../composition/index.ts';
import { Sealer } from '../../crypto/index.ts';
import { EventEngine } from '../../events/index.ts';
import { LOOPBACK_NETWORKS, type PrivateHosts } from '../../kernel/index.ts';
import { createModules, EVENT_CATALOGUE, type ServiceBase } from '../../modules.ts';
import type { RegistryOptions } from './options.ts';

export type { RegistryOptions } from './options.ts';

export interface Registry {
  readonly services: Services;
  /** Deletions of expired rows, which the server runs at intervals. */
  readonly sweeps: readonly Sweep[];
}

/** Creates all services. */
export function createRegistry(options: RegistryOptions): Registry {
  const { db, clock, masterKey, natsUrl, natsTimeoutMs, publicUrl, onError = () => undefined } = options;
  const allowLoopbackHttp = options.allowLoopbackHttp ?? publicUrl.startsWith('http:');
  const sealer = (purpose: string): Sealer => new Sealer(masterKey, purpose);
  const eventEngine = new EventEngine({
    db,
    clock,
    catalogue: EVENT_CATALOGUE,
    sealer: sealer('event-cursor'),
    natsUrl,
    natsTimeoutMs,
    // Read once an hour, when the tenants have long been created.
    retentionDays: (tenantIds) => modules.services.tenants.eventRetentionDays(tenantIds),
    onError,
  });
  const { log: events, follower } = eventEngine;
  const base: ServiceBase = {
    base: { db, events, clock },
    catalogue: EVENT_CATALOGUE,
    sealer,
    masterKey,
    publicUrl,
    defaultTenant: options.defaultTenant,
    allowLoopbackHttp,
    privateHosts: reachable(options.privateHosts ?? NO_HOSTS, allowLoopbackHttp),
    providerTimeoutMs: options.providerTimeoutMs,
    passwordCost: options.passwordCost,
    transports: options.transports,
    onError,
    issuers: [BLITZ_ISSUER, KOBIL_ISSUER, API_ISSUER, STANDARD_ISSUER, EXTERNAL_FACTOR_ISSUER],
    factorAuthorities: options.factorAuthorities ?? FACTOR_AUTHORITIES,
    eventReader: eventEngine.reader,
    changeFeed: follower,
  };
  // Events of this node at once, those of other nodes when the follower reads them.
  const modules = createModules(base, (cache) => {
    events.onCommitted(cache);
    follower.onEvent((event) => cache([event]));
  });
  registerBlitz(modules.services);
  modules.services.scopes.register(SECRETS_VAULT_SCOPES);
  modules.services.apiKeyScopes.register(KEY_SCOPES);
  return { services: { eventEngine, events, ...modules.services }, sweeps: modules.sweeps };
}

const NO_HOSTS: PrivateHosts = { names: [], networks: [] };

/** What the addresses that tenants name may lead to: what the operator allows, and this machine in development and tests. */
const reachable = ({ names, networks }: PrivateHosts, allowLoopbackHttp: boolean): PrivateHosts => ({
  names,
  networks: allowLoopbackHttp ? [...networks, ...LOOPBACK_NETWORKS] : networks,
});
