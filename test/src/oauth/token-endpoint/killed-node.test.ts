import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hashHandle, MasterKey } from '../../../../src/crypto/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { ENTITIES } from '../../../../src/modules.ts';
import { Database } from '../../../../src/persistence/index.ts';
import { refusalOf, scopeLinks, TEST_REDIRECT, TestBrowserUser, TestClient } from '../../../support/oauth.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres.ts';
import type { RedeemingNodeInput } from '../../../support/redeeming-node.ts';
import { endStarted, Started } from '../../../support/started.ts';
import { World } from '../../../support/world.ts';

const SCRIPT = fileURLToPath(new URL('../../../support/redeeming-node.ts', import.meta.url));
/** More than a node redeems before this process has noticed, also on a busy machine. */
const CODES = 240;

describe('a node that is killed while it redeems authorization codes', () => {
  let database: TestDatabase;
  let world: World;
  let acme: TenantRef;
  let user: TestBrowserUser;
  const masterKey = MasterKey.generate();
  beforeAll(async () => {
    database = await createTestDatabase();
    const location = { kind: 'server', url: database.url, poolMax: 4 } as const;
    world = await World.open(await Database.open({ location, entities: ENTITIES }), undefined, masterKey.key);
    await world.services.eventEngine.start();
    acme = await world.tenant();
    const client = await TestClient.create(world, acme, {
      type: 'public',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [{ uri: TEST_REDIRECT }],
      scopes: scopeLinks(['openid']),
    });
    user = await TestBrowserUser.create(world, client);
  });
  afterAll(async () => {
    await endStarted();
    await world.services.eventEngine.stop();
    await world.close();
    await database.drop();
  });

  /** Starts a node on these codes, and kills it once it has issued tokens for some. @returns The codes that it confirmed. */
  const redeemAndKill = async (codes: readonly string[], confirmed: number): Promise<readonly string[]> => {
    const { tenant, clientId } = user.client;
    const input: RedeemingNodeInput = {
      url: database.url,
      masterKey: masterKey.text,
      tenantId: tenant.id,
      clientId,
      redirectUri: TEST_REDIRECT,
      codes,
    };
    const args = ['--experimental-transform-types', '--no-warnings', SCRIPT, JSON.stringify(input)];
    const node = new Started(process.execPath, args, {});
    const redeemed = () => [...node.output.matchAll(/"redeemed":"([^"]+)"/g)].map(([, code]) => code!);
    await vi.waitUntil(() => redeemed().length >= confirmed || node.errors !== '', { timeout: 100_000, interval: 1 });
    node.killGroup();
    expect(await node.exited).toBe('SIGKILL');
    expect(node.errors).toBe('');
    return redeemed();
  };
  const familyOf = async (code: string) => {
    const { rows } = await sql<{ id: string; tokens: number; events: number; codes: number }>`
      select g.id,
        (select count(*)::int from refresh_tokens t where t.tenant_id = g.tenant_id and t.grant_id = g.id) as tokens,
        (select count(*)::int from security_events e where e.tenant_id = g.tenant_id and e.type = 'token.issued'
          and e.params ->> 'grantId' = g.id::text) as events,
        (select count(*)::int from one_time_codes c where c.tenant_id = g.tenant_id and c.hash = g.code_hash) as codes
      from grants g where g.tenant_id = ${acme.id}::uuid and g.code_hash = ${hashHandle(code)}`.execute(
      world.db.read(),
    );
    return rows;
  };
  const send = async (code: string): Promise<string> =>
    user.redeem(code).then(
      async ({ accessToken }) => ((await refusalOf(world, accessToken)) === null ? 'issued' : 'dead'),
      ({ code: refusal }: { code: string }) => refusal,
    );

  it.each([1, 12, 30])(
    'leaves each code either usable or used with its family, its tokens and its event, never both: killed after %i',
    async (confirmed) => {
      const codes = await Promise.all(Array.from({ length: CODES }, () => user.code()));
      const known = await redeemAndKill(codes, confirmed);
      // What the server was doing for the killed node ends by itself.
      await vi.waitUntil(async () => (await workingBackends()) === 0, { timeout: 60_000 });
      let used = 0;
      for (const code of codes) {
        const families = await familyOf(code);
        const outcome = await send(code);
        if (families.length === 0) {
          expect([known.includes(code), outcome]).toEqual([false, 'issued']);
          continue;
        }
        used++;
        expect(families).toEqual([{ id: families[0]!.id, tokens: 1, events: 1, codes: 0 }]);
        expect(outcome).toBe('CODE_REPLAYED');
      }
      expect(used).toBeGreaterThanOrEqual(known.length);
      expect(used).toBeLessThan(CODES);
    },
  );

  const workingBackends = async (): Promise<number> => {
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()
        and query like '%one_time_codes%'`.execute(world.db.read());
    return rows[0]!.count;
  };
});
