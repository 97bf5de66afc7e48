import { Sealer } from '../../crypto/index.ts';
import { type CommittedListener, EventEngine } from '../../events/index.ts';
import { EVENT_CATALOGUE } from '../../modules.ts';
import { TenantStore } from '../../tenants/index.ts';
import type { RegistryOptions } from './options.ts';

export type Infrastructure = ReturnType<typeof createInfrastructure>;

/** Creates what every module needs: the database, the clock, the event engine, sealers. */
export function createInfrastructure(options: RegistryOptions) {
  const { db, clock, masterKey, natsUrl, natsTimeoutMs, onError } = options;
  const sealer = (purpose: string): Sealer => new Sealer(masterKey, purpose);
  const tenantStore = new TenantStore(db);
  const eventEngine = new EventEngine({
    db,
    clock,
    catalogue: EVENT_CATALOGUE,
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
    /** The dependencies of nearly every service. */
    base: { db, events, clock },
    /** Makes a sealer, which encrypts secrets at rest; it cannot decrypt what was sealed for another purpose. */
    sealer,
    /**
     * Registers a listener for committed events: those of this node at once, those of other nodes when the follower reads them.
     */
    listen: (listener: CommittedListener): void => {
      events.onCommitted(listener);
      eventEngine.follower.onEvent((event) => listener([event]));
    },
  };
}
