import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/access/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import {
  createCallerAuthenticator,
  createTokenAuthenticator,
} from '../../../../src/server/http/caller.authenticator.ts';
import { faultsOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

describe('the authentication of tokens at the graph', () => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
  });
  afterAll(() => world.close());

  /** The caller of a token, and the tokens that were not taken for API keys. */
  async function authenticate(
    token: string,
  ): Promise<{ readonly caller: Caller; readonly bearers: readonly string[] }> {
    const { apiKey } = createCallerAuthenticator(world.services);
    const bearers: string[] = [];
    const bearer = (text: string) => {
      bearers.push(text);
      return world.app(tenant, 'user:read');
    };
    return { caller: await createTokenAuthenticator({ apiKey, bearer })(token, TEST_ORIGIN), bearers };
  }

  it('finds the owner of an API key, and leaves access tokens to the issuers', async () => {
    const { id } = await world.newUser(tenant);
    const { secret } = await world.newApiKey(tenant, id, 'USER:READ');
    expect(await authenticate(secret)).toMatchObject({ caller: { kind: 'api-key', userId: id }, bearers: [] });
    expect(await authenticate('a.b.c')).toMatchObject({ caller: { kind: 'application' }, bearers: ['a.b.c'] });
  });

  it('refuses a key that is not there, and asks no issuer about it', async () => {
    expect(await faultsOf(() => authenticate('svk_nobody'))).toEqual(['UNAUTHENTICATED']);
  });
});
