import { beforeEach, describe, expect, it } from 'vitest';
import { ScopeAliases } from '../../../src/access/index.ts';
import { ClientDirectory } from '../../../src/clients/index.ts';
import { MasterKey, Sealer } from '../../../src/crypto/index.ts';
import type { SecurityEvent } from '../../../src/events/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import { EVENT_CATALOGUE } from '../../../src/modules.ts';
import { KeyRings } from '../../../src/oauth/keys/key-ring.ts';
import { RolePermissions } from '../../../src/roles/index.ts';
import { TenantDirectory } from '../../../src/tenants/index.ts';
import { TestClock } from '../../support/clock.ts';

const TENANTS = Array.from({ length: 10_000 }, () => newId());
const feed = { isFresh: () => true, generation: 1 };
const event = (type: string, tenantId: string) =>
  ({ type, tenantId, subjectId: null, clientId: null, params: {} }) as unknown as SecurityEvent;

describe('what token requests read of 10,000 tenants', () => {
  let reads = 0;
  beforeEach(() => {
    reads = 0;
  });
  /** A read of a store: one statement (statements.test.ts counts those of a request at one tenant). */
  const read = <T>(answer: T) => {
    reads += 1;
    return Promise.resolve(answer);
  };

  function newCaches() {
    const roleStore = { rolesOf: () => read([]) };
    const roles = new RolePermissions(roleStore as never, EVENT_CATALOGUE, feed);
    const store = {
      findByClientId: (tenantId: string, clientId: string) =>
        read({
          tenantId,
          id: tenantId,
          clientId,
          enabled: true,
          permissions: ['user:read'],
          redirects: [],
          metadata: {},
        }),
      secretsOf: (tenantId: string) => read([{ tenantId, hash: Buffer.alloc(32) }]),
    };
    const scopeStore = { linksOf: () => read(new Map()) };
    const tenantStore = {
      findById: (id: string) =>
        read({ id, name: id, route: id.slice(0, 8), template: 'native', settings: {}, enabled: true }),
    };
    const clientDeps = { store, scopeStore, scopes: new ScopeAliases(), roles, catalogue: EVENT_CATALOGUE, feed };
    const keyStore = { findPublished: (tenantId: string) => read([{ tenantId, kid: tenantId, alg: 'EdDSA' }]) };
    return {
      directory: new TenantDirectory(tenantStore as never, EVENT_CATALOGUE, feed),
      clients: new ClientDirectory(clientDeps as never),
      roles,
      rings: new KeyRings({
        store: keyStore as never,
        sealer: new Sealer(MasterKey.generate().key, 'test'),
        clock: new TestClock(),
        feed,
      }),
    };
  }

  async function countRound({ directory, clients, roles, rings }: ReturnType<typeof newCaches>): Promise<number> {
    reads = 0;
    for (const id of TENANTS) {
      await directory.byId(id);
      await clients.byClientId(id, 'app');
      await rings.of(id);
      await roles.ofClient(id, id);
    }
    return reads;
  }

  it('is read once, and then kept', async () => {
    const caches = newCaches();
    expect(await countRound(caches)).toBe(6 * TENANTS.length);
    expect(await countRound(caches)).toBe(0);
  });

  it('is read again of the one tenant that an event concerns', async () => {
    const caches = newCaches();
    await countRound(caches);
    for (const cache of [caches.directory, caches.roles, caches.clients, caches.rings])
      cache.onEvents([event('setting.changed', TENANTS[4_711]!), event('key.rotated', TENANTS[4_712]!)]);
    // The tenant, its client with secrets, scopes and roles; the key of the other one.
    expect(await countRound(caches)).toBe(5 + 1);
  });
});
