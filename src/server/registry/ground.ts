import { Sealer } from '../../crypto/index.ts';
import { type CommittedListener, EventEngine } from '../../events/index.ts';
import { TenantStore } from '../../tenants/index.ts';
import type { RegistryOptions } from './options.ts';

export type Ground = ReturnType<typeof createGround>;

/** What every room stands on; none of it but the engine is a service of its own. */
export function createGround(options: RegistryOptions) {
  const { db, clock, masterKey, natsUrl, natsTimeoutMs, onError } = options;
  const sealer = (purpose: string): Sealer => new Sealer(masterKey, purpose);
  const tenantStore = new TenantStore(db);
  const eventEngine = new EventEngine({
    db,
    clock,
    sealer: sealer('event-cursor'),
    natsUrl,
    natsTimeoutMs,
    retentionDays: (tenantIds) => tenantStore.eventRetentionDays(tenantIds),
    ...(onError === undefined ? {} : { onError }),
  });
  const events = eventEngine.log;
  return {
    options,
    eventEngine,
    tenantStore,
    /** What nearly every service asks for. */
    base: { db, events, clock },
    /** Seals secrets at rest; what is sealed for one purpose opens for no other. */
    sealer,
    /** A cache hears of this node's changes at once, and of the other nodes' when the follower reads them. */
    listen: (listener: CommittedListener): void => {
      events.onCommitted(listener);
      eventEngine.follower.onEvent((event) => listener([event]));
    },
  };
}
