import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousCaller, type Caller } from '../../../../src/access/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { asTokens, TestClient } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

describe('the caller of the token endpoint', () => {
  let world: World;
  let acme: TenantRef;
  let client: TestClient;
  let authenticated: Caller;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
    client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    authenticated = await client.caller();
  });
  afterAll(() => world.close());

  const issueTo = async (caller: Caller, tenantRef = acme) => {
    const tenant = (await world.services.directory.byId(tenantRef.id))!;
    const parameters = [{ name: 'grant_type', values: ['client_credentials'] }];
    return world.services.oauth.tokens.issue({ caller, tenant, issuerKind: 'native', parameters });
  };
  const REFUSED = { code: 'CLIENT_UNAUTHENTICATED' };

  it('is a client that has authenticated', async () => {
    expect(asTokens(await issueTo(authenticated)).accessToken).toEqual(expect.any(String));
  });

  it('is nobody else', async () => {
    const callers: Caller[] = [
      anonymousCaller(authenticated.origin),
      { ...authenticated, kind: 'user' },
      { ...authenticated, clientAuth: null },
      { ...authenticated, clientId: null },
      { ...authenticated, tenant: null },
      { ...authenticated, clientId: 'unknown' },
    ];
    for (const caller of callers) await expect(issueTo(caller)).rejects.toMatchObject(REFUSED);
  });

  it('is no client of another tenant, though a client there has the same id', async () => {
    const other = await world.tenant();
    await TestClient.create(world, other, { clientId: client.clientId, permissions: ['user:read'] });
    await expect(issueTo(authenticated, other)).rejects.toMatchObject(REFUSED);
  });

  it('is no client that was disabled after it had authenticated', async () => {
    const disabled = await TestClient.create(world, acme, { permissions: ['user:read'] });
    const caller = await disabled.caller();
    await world.services.clients.update(world.system(acme), disabled.uuid, { enabled: false });
    await expect(issueTo(caller)).rejects.toMatchObject(REFUSED);
  });
});
