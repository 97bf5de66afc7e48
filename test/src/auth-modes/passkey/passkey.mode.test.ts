import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { PasskeyMode } from '../../../../src/auth-modes/index.ts';
import { PasskeyBrowser, SERVICE } from '../../../support/passkeys.ts';
import { World } from '../../../support/world.ts';

describe('the mode of passkeys', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  const modeWith = (over: object = {}): PasskeyMode => {
    const { credentials } = world.stores;
    const columns = { lock: async () => ({}) };
    return new PasskeyMode({ kind: 'passkey', credentials, columns, ...over } as never);
  };

  it('knows which accounts have one, and whether one signed', async () => {
    const tenant = await world.tenant({ settings: { isPasskeyEnabled: true } as never });
    const user = await world.newUser(tenant);
    const mode = modeWith();
    expect(await mode.isSetUp(tenant.id, user.id)).toBe(false);
    const authority = new Authority(world.user(tenant, user.id), tenant, 'self');
    const { registration, signIn } = world.services.passkeys;
    const browser = new PasskeyBrowser();
    await registration.add(authority, browser.create(await registration.begin(authority)));
    expect(await mode.isSetUp(tenant.id, user.id)).toBe(true);
    const actor = authority.caller;
    const options = await signIn.begin({ tenant, identifier: user.username, requestId: null, actor });
    const { challenge, rpId } = options;
    const ceremony = { challenge, rpId, origin: SERVICE };
    const given = { assertion: browser.get(options), ceremony, userVerification: 'required' } as const;
    expect(await mode.verify(tenant.id, user.id, given)).toBe(true);
    expect(await mode.verify(tenant.id, null, given)).toBe(false);
    expect(await mode.ownerOf(tenant.id, given.assertion)).toBe(user.id);
    const ofOtherKind = modeWith({ kind: 'security-key' });
    expect(await ofOtherKind.isSetUp(tenant.id, user.id)).toBe(false);
    expect(await ofOtherKind.ownerOf(tenant.id, given.assertion)).toBe(null);
    expect(await ofOtherKind.verify(tenant.id, user.id, given)).toBe(false);
    for (const id of ['AAAA', 'ä', 'A'.repeat(1365)])
      expect(await mode.ownerOf(tenant.id, { ...given.assertion, id })).toBe(null);
  });

  it('passes on what is wrong with the database', async () => {
    const tenant = await world.tenant();
    const credentials = { ofUser: async () => [], add: () => Promise.reject(new Error('The connection was lost.')) };
    const data = { credentialId: 'AAAA' } as never;
    const added = modeWith({ credentials }).add(world.system(tenant), 'ada', { data, label: null });
    await expect(added).rejects.toThrow('The connection was lost.');
  });
});
