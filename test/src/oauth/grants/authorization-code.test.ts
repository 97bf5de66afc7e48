import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeOfHandle } from '../../../../src/crypto/index.ts';
import { addSeconds, newId, type TenantRef } from '../../../../src/kernel/index.ts';
import { CODE_KIND, type CodePayload, mintCode } from '../../../../src/oauth/grants/authorization-code.ts';
import { World } from '../../../support/world.ts';

describe('an authorization code', () => {
  let world: World;
  let acme: TenantRef;
  let userId: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    userId = (await world.newUser(acme)).id;
  });
  afterAll(() => world.close());

  const PAYLOAD: CodePayload = {
    clientUuid: newId(),
    redirectUri: 'https://app.example/cb',
    issuerKind: 'native',
    issuerHost: null,
    challenge: null,
    sessionId: newId(),
    scopes: ['openid', 'email'],
    isOffline: false,
    nonce: 'n-"\u{1F642}',
    authTime: '2026-07-01T12:00:00.000Z',
    acr: '1fa',
    amr: ['pwd'],
    claims: { idToken: { acr: { essential: true, values: ['2fa'] } }, userinfo: { email: null } },
  };
  const mint = () => {
    const expiresAt = addSeconds(world.clock.now(), 45);
    return mintCode(world.stores.oneTimeCodes, acme, { userId, payload: PAYLOAD, expiresAt });
  };

  it('stands for the user and for what the request asked, unchanged', async () => {
    const code = await mint();
    const row = await world.stores.oneTimeCodes.take(acme.id, CODE_KIND, code);
    expect(row).toMatchObject({ userId, payload: PAYLOAD });
  });

  it('names its tenant, so that no other tenant looks it up', async () => {
    expect(routeOfHandle(await mint())).toBe(acme.route);
  });

  it('works until it expires', async () => {
    const code = await mint();
    world.clock.advance(44);
    expect(await world.stores.oneTimeCodes.find(acme.id, CODE_KIND, code)).not.toBeNull();
    world.clock.advance(1);
    expect(await world.stores.oneTimeCodes.take(acme.id, CODE_KIND, code)).toBeNull();
  });
});
