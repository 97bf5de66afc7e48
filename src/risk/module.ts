import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { riskErrors } from './risk.errors.ts';
import { riskEvents } from './risk.events.ts';
import { RiskbitEntity } from './riskbit.entity.ts';
import { RiskbitService } from './riskbit.service.ts';
import { RiskbitStore } from './riskbit.store.ts';

export const risk = {
  name: 'risk',
  entities: [RiskbitEntity],
  errors: [riskErrors],
  events: [riskEvents],
  create: ({ base }: ModuleBase) => ({
    services: { riskbits: new RiskbitService({ ...base, store: new RiskbitStore(base.db) }) },
  }),
} as const satisfies ServiceModule;
