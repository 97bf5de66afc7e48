import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const REPORT = `query ($start: DateTime!, $end: DateTime!, $resolution: LivenessResolution) {
  livenessReport(start: $start, end: $end, resolution: $resolution) {
    totals { total passed failed skipped averageDurationMs } buckets { start total averageDurationMs }
  }
}`;

describe('the report of checks of liveness', () => {
  let world: World;
  let tenant: TenantRef;
  let start: string;
  let end: string;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    const day = Math.floor(world.clock.now().getTime() / 86_400_000) * 86_400_000;
    [start, end] = [day, day + 86_400_000].map((time) => new Date(time).toISOString()) as [string, string];
    await world.services.liveness.count(tenant.id, 'passed', 1200);
    await world.services.liveness.count(tenant.id, 'failed', null);
  });
  afterAll(() => world.close());

  it('is by days unless another resolution is asked for', async () => {
    const caller = world.app(tenant, 'analytics:read');
    const { data, errors } = await world.graphql(caller, REPORT, { start, end });
    expect(errors).toEqual([]);
    expect(data.livenessReport).toEqual({
      totals: { total: 2, passed: 1, failed: 1, skipped: 0, averageDurationMs: 1200 },
      buckets: [{ start, total: 2, averageDurationMs: 1200 }],
    });
    const byHour = await world.graphql(caller, REPORT, { start, end, resolution: 'HOUR' });
    expect(byHour.data.livenessReport.buckets).toHaveLength(24);
  });

  it('takes its permission, in the tenant', async () => {
    expect((await world.graphql(world.app(tenant, 'event:read'), REPORT, { start, end })).code).toBe('FORBIDDEN');
    const foreign = world.app(await world.tenant(), 'analytics:read');
    const { data } = await world.graphql(foreign, REPORT, { start, end });
    expect(data.livenessReport.totals.total).toBe(0);
  });

  it('is refused for a time without an end after its start', async () => {
    const { errors } = await world.graphql(world.app(tenant, 'analytics:read'), REPORT, { start: end, end: start });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'LIVENESS_PERIOD_INVALID',
      fields: [{ path: 'end' }],
    });
  });
});
