import type { ServiceModule } from '../composition/index.ts';
import { riskErrors } from './risk.errors.ts';
import { RiskbitEntity } from './riskbit.entity.ts';

export const risk = {
  name: 'risk',
  entities: [RiskbitEntity],
  errors: [riskErrors],
} satisfies ServiceModule;
