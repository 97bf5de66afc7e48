import type { ServiceModule } from '../composition/index.ts';
import { riskErrors } from './risk.errors.ts';
import { riskEvents } from './risk.events.ts';
import { RiskbitEntity } from './riskbit.entity.ts';

export const risk = {
  name: 'risk',
  entities: [RiskbitEntity],
  errors: [riskErrors],
  events: [riskEvents],
} satisfies ServiceModule;
