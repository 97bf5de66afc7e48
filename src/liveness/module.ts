import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { livenessErrors } from './liveness.errors.ts';
import { LivenessService } from './liveness.service.ts';
import { LivenessStore } from './liveness.store.ts';
import { LivenessCountEntity } from './liveness-count.entity.ts';

export const liveness = {
  name: 'liveness',
  entities: [LivenessCountEntity],
  errors: [livenessErrors],
  create: ({ base }: ModuleBase) => {
    const service = new LivenessService({ ...base, store: new LivenessStore(base.db) });
    return {
      services: {
        /** How checks of liveness went. */
        liveness: service,
      },
      sweeps: [(limit: number) => service.sweepExpired(limit)],
    };
  },
} as const satisfies ServiceModule;
