/**
 * Riskbits: which findings on a device put it at which rating, and what a client should do then.
 * May import `kernel/`, `persistence/`, `events/` and `access/`.
 */
export type { Riskbit } from './riskbit.entity.ts';
export type {
  DeviceRisk,
  RiskbitInput,
  RiskbitResult,
  RiskbitServiceDeps,
} from './riskbit.service.ts';
export { type RiskbitFilter, RiskbitStore, type RiskPlatform } from './riskbit.store.ts';
