import { beforeAll, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

describe('analytics of Secrets Vault', () => {
  const vault = kobilOfSuite();
  let token: string;
  let day: string;
  beforeAll(async () => {
    token = vault.token(vault.acme, 'analytics:read');
    day = vault.world.clock.now().toISOString().slice(0, 10);
    await vault.world.services.liveness.count(vault.acme.id, 'passed', 1200);
    await vault.world.services.liveness.count(vault.acme.id, 'failed', 600);
    await vault.world.services.liveness.count(vault.acme.id, 'skipped', null);
  });
  const ask = (query: string, as = token) => vault.ask('GET', `/api/analytics/liveness?${query}`, { token: as });
  const dayAfter = (days: number) => new Date(Date.parse(day) + days * 86_400_000).toISOString();

  it('AN-1: counts checks by days, those without any included', async () => {
    const end = dayAfter(2).slice(0, 10);
    const counts = { total: 3, passed: 1, failed: 1, skipped: 1, avg_duration_ms: 900 };
    const none = { total: 0, passed: 0, failed: 0, skipped: 0, avg_duration_ms: null };
    expect(await ask(`tenant_id=acme&start=${day}&end=${end}`)).toEqual([
      200,
      {
        tenant_id: 'acme',
        start: dayAfter(0),
        end: dayAfter(2),
        resolution: 'day',
        totals: counts,
        buckets: [
          { start: dayAfter(0), ...counts },
          { start: dayAfter(1), ...none },
        ],
      },
    ]);
  });

  it('AN-1: takes moments with an offset, and hours', async () => {
    const start = encodeURIComponent(`${day}T02:00:00+02:00`);
    const [status, report] = await ask(`tenant_id=acme&start=${start}&end=${dayAfter(1)}&resolution=hour`);
    expect([status, report.start, report.resolution, report.buckets.length]).toEqual([200, dayAfter(0), 'hour', 24]);
    const sum = report.buckets.reduce((total: number, bucket: { total: number }) => total + bucket.total, 0);
    expect(sum).toBe(report.totals.total);
  });

  it('AN-1: refuses what is no time, no resolution, or too much', async () => {
    const status = async (query: string) => (await ask(`tenant_id=acme&${query}`))[0];
    expect(await status(`start=${day}`)).toBe(422);
    expect(await status(`start=${day}&end=tomorrow`)).toBe(422);
    expect(await status(`start=${day}&end=2026-02-30`)).toBe(422);
    expect(await status(`start=${day}&end=${dayAfter(1)}&resolution=week`)).toBe(422);
    expect(await status(`start=${day}&end=${day}`)).toBe(400);
    expect(await status(`start=${dayAfter(1)}&end=${day}`)).toBe(400);
    expect(await status(`start=${day}&end=${dayAfter(1)}&resolution=minute`)).toBe(400);
  });

  it('AN-1: refuses a request without a tenant, whatever tenant the caller is of', async () => {
    const [status, { detail }] = await ask(`start=${day}&end=${dayAfter(1)}`);
    expect([status, detail]).toMatchObject([422, [{ loc: ['query', 'tenant_id'], type: 'missing' }]]);
  });

  it('AN-1: is for those who may', async () => {
    const query = `tenant_id=acme&start=${day}&end=${dayAfter(1)}`;
    expect(await ask(query, vault.token(vault.acme, 'event:read'))).toEqual([
      403,
      { detail: 'Not enough permissions' },
    ]);
    expect((await ask(query, vault.token(vault.master, 'analytics:read')))[0]).toBe(403);
    expect((await ask(query, vault.token(vault.master, 'analytics:read:all')))[0]).toBe(200);
  });
});
