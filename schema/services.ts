import type { EventEngine, EventLog } from '../src/events/index.ts';
import type { ModuleServices } from '../src/modules.ts';

/**
 * What resolvers may call: the services that the modules create (`create` in `src/<module>/module.ts`), one or more for each
 * noun. The stores stay in their modules.
 */
export interface Services extends ModuleServices {
  /** Runs the event log; `src/server` starts and stops it. */
  readonly eventEngine: EventEngine;
  readonly events: EventLog;
}
