import type { ModuleRun } from './module-run.ts';
import type { ModuleName } from './plans.ts';

/** What one module of the suite does, by requests to a service in this process. */
export interface Scenario {
  readonly module: ModuleName;
  /** What the service does then. */
  readonly title: string;
  readonly run: (run: ModuleRun) => Promise<void>;
}
