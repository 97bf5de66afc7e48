import type { TenantSettings } from '../../tenants/index.ts';
import type { LockoutSettings } from './lockout.subject.ts';

/** A year: the settings allow no longer time. */
const YEAR = 31_536_000;

/**
 * The rules by which requests to send a code again are counted, in the terms of the engine: at each multiple of the limit
 * the account waits, longer each time, and the count starts at zero after a pause of `windowSeconds`. 0 stands for no such
 * pause.
 */
export function resendRules(settings: TenantSettings['otpResend']): LockoutSettings {
  const windowSeconds = settings.windowSeconds === 0 ? YEAR : settings.windowSeconds;
  return {
    enabled: settings.isEnabled,
    accountLimit: settings.limit,
    accountWindowSeconds: windowSeconds,
    growth: 'linear',
    baseWaitSeconds: settings.waitSeconds,
    maxWaitSeconds: windowSeconds,
    permanent: false,
    ipLimit: 0,
    ipWindowSeconds: 1,
    quickMilliseconds: 0,
    quickTries: 1,
    quickWaitSeconds: 0,
    tenantBudget: 0,
    exemptKnownDevices: false,
  };
}
