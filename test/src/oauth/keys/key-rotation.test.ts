import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRemoteJWKSet, decodeProtectedHeader, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Services } from '../../../../schema/context.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { createRegistry } from '../../../../src/server/registry/index.ts';
import { newMailboxes } from '../../../support/mailbox.ts';
import { asParameters, asTokens, TestClient } from '../../../support/oauth.ts';
import { openPostgresDatabase } from '../../../support/postgres.ts';
import { World } from '../../../support/world.ts';

/** How long `Cache-Control` of the key set allows caching. */
const CACHED_SECONDS = 300;

describe('the rotation of a signing key, with two nodes and a verifier that caches key sets', () => {
  let here: World;
  let there: Services;
  let server: Server;
  let tenant: TenantRef;
  let client: TestClient;
  let reads = 0;
  beforeAll(async () => {
    here = await World.open(await openPostgresDatabase());
    ({ services: there } = createRegistry({
      db: here.db,
      clock: here.clock,
      masterKey: here.masterKey,
      publicUrl: 'https://id.example.com',
      defaultTenant: 'master',
      transports: newMailboxes(),
    }));
    await Promise.all([here.services.eventEngine.start(), there.eventEngine.start()]);
    tenant = await here.tenant();
    client = await TestClient.create(here, tenant, { permissions: ['user:read'] });
    // The verifier uses the node that does not rotate.
    server = createServer(async (_request, response) => {
      reads += 1;
      const { keys, issuers } = there.oauth;
      response.end(JSON.stringify(await keys.jwks(tenant, issuers.of(tenant, 'native').kind)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // The verifier has the clock of the nodes.
    vi.useFakeTimers({ toFake: ['Date'], now: here.clock.now() });
  });
  afterAll(async () => {
    vi.useRealTimers();
    server.closeAllConnections();
    server.close();
    await Promise.all([here.services.eventEngine.stop(), there.eventEngine.stop()]);
    await here.close();
  });

  const pass = (seconds: number) => {
    here.clock.advance(seconds);
    vi.setSystemTime(here.clock.now());
  };
  /** A verifier that reads the set again when its copy is too old, but not because a key is missing. */
  const newReader = (): JWTVerifyGetKey => {
    const { port } = server.address() as { port: number };
    const options = { cacheMaxAge: CACHED_SECONDS * 1000, cooldownDuration: Number.POSITIVE_INFINITY };
    return createRemoteJWKSet(new URL(`http://127.0.0.1:${port}/`), options);
  };
  const tokenOf = async (services: Services): Promise<string> => {
    const caller = await client.caller();
    const known = (await services.directory.byId(tenant.id))!;
    const parameters = asParameters({ grant_type: 'client_credentials' });
    const request = { caller, tenant: known, issuerKind: 'native', parameters };
    return asTokens(await services.oauth.tokens.issue(request)).accessToken;
  };
  /** Issues and verifies one token on each node. @returns The keys that signed them. */
  const signers = async (reader: JWTVerifyGetKey): Promise<(string | undefined)[]> => {
    const tokens = await Promise.all([tokenOf(here.services), tokenOf(there)]);
    for (const token of tokens) await jwtVerify(token, reader, { currentDate: here.clock.now() });
    return tokens.map((token) => decodeProtectedHeader(token).kid);
  };

  it('signs only tokens that a key set of five minutes ago verifies, and both nodes change keys together', async () => {
    const early = newReader();
    const [old] = await signers(early);
    expect(reads).toBe(1);
    const { kid } = await here.services.oauth.keys.rotate(here.system(tenant), 'EdDSA');
    await vi.waitFor(async () => {
      const keys = await there.oauth.keys.jwks(tenant, there.oauth.issuers.of(tenant, 'native').kind);
      expect(keys.keys.map((key) => key['kid'])).toEqual([kid, old]);
    });
    // One copy is as old as allowed, and one is read just before the keys change.
    pass(CACHED_SECONDS - 1);
    expect(await signers(early)).toEqual([old, old]);
    expect(reads).toBe(1);
    pass(2);
    expect(await signers(early)).toEqual([old, old]);
    expect(reads).toBe(2);
    const late = newReader();
    pass(298);
    expect(await signers(late)).toEqual([old, old]);
    expect(await signers(early)).toEqual([old, old]);
    const token = await tokenOf(here.services);
    const before = reads;
    pass(1);
    expect(await signers(late)).toEqual([kid, kid]);
    expect(await signers(early)).toEqual([kid, kid]);
    expect(reads).toBe(before);
    pass(CACHED_SECONDS);
    await jwtVerify(token, newReader(), { currentDate: here.clock.now() });
  });
});
