import type { Attempt } from '../../../../src/auth-modes/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { TenantSettingsPatch } from '../../../../src/tenants/index.ts';
import { TEST_ORIGIN, type World } from '../../../support/world.ts';

const LOCKOUT = { accountLimit: 3, accountWindowSeconds: 900, baseWaitSeconds: 60, quickMilliseconds: 0 } as const;

/** Accounts of tenants with strict rules for a test of the lock-out. @param open The world, once it is open. */
export function lockoutScenes(open: () => World) {
  const actor = (tenant: TenantRef) => ({ ...open().app(tenant), kind: 'anonymous', clientId: 'shop' });

  /** An account of a tenant with strict rules, and attempts at it. */
  async function scene(settings: TenantSettingsPatch['lockout'] = {}) {
    const tenant = await open().tenant({ settings: { lockout: { ...LOCKOUT, ...settings } } });
    const user = await open().newUser(tenant);
    const attempt = (over: Partial<Attempt> = {}): Attempt => ({
      tenant,
      factor: 'first',
      userId: user.id,
      name: user.username,
      peerIp: TEST_ORIGIN.peerIp,
      knownDeviceId: null,
      ...over,
    });
    const fail = async (times: number, over: Partial<Attempt> = {}) => {
      for (let i = 0; i < times; i++) await open().services.lockouts.fail(attempt(over), actor(tenant));
    };
    const check = (over: Partial<Attempt> = {}) => open().services.lockouts.check(attempt(over));
    const started = async () => (await open().events(tenant)).filter(({ type }) => type === 'lockout.started');
    return { tenant, user, attempt, fail, check, started };
  }
  return { actor, scene };
}
