import { afterAll, beforeAll } from 'vitest';
import { Authority } from '../../src/access/index.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import { World } from './world.ts';

/** Opens a world with the tenants `master` and `acme`, for the tests of the suite that calls this. */
export function twoTenantsOfSuite(): TwoTenants {
  const tenants = new TwoTenants();
  beforeAll(() => tenants.open());
  afterAll(() => tenants.world.close());
  return tenants;
}

class TwoTenants {
  world!: World;
  master!: TenantRef;
  acme!: TenantRef;

  async open(): Promise<void> {
    this.world = await World.open();
    this.master = await this.world.tenant({ name: 'master' });
    this.acme = await this.world.tenant({ name: 'acme' });
  }

  /** An application of a tenant, acting there. */
  readonly as = (tenant: TenantRef, ...scopes: string[]) =>
    new Authority(this.world.app(tenant, ...scopes), tenant, 'tenant');

  /** An application of `master` with reach over all tenants, acting in one of them. */
  readonly asAll = (tenant: TenantRef, ...scopes: string[]) =>
    new Authority(this.world.app(this.master, ...scopes), tenant, 'all');
}
