import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PasskeyAssertion, WebauthnKind } from '../../../src/auth-modes/index.ts';
import { KeyFactor } from '../../support/key-factor.ts';
import { PasskeyBrowser, unverified, withClientData } from '../../support/passkeys.ts';
import { World } from '../../support/world.ts';

describe.each<[WebauthnKind, () => PasskeyBrowser]>([
  ['passkey', () => new PasskeyBrowser()],
  ['security-key', unverified],
])('a second factor of the kind %s', (kind, newAuthenticator) => {
  let world: World;
  let factor: KeyFactor;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    factor = await KeyFactor.open(world, kind, newAuthenticator());
  });

  it.each<[string, (given: PasskeyAssertion) => PasskeyAssertion]>([
    ['from a page of another site', (given) => withClientData(given, { origin: 'https://evil.example' })],
    ['with another signature', (given) => ({ ...given, signature: 'AAAA' })],
    ['with the handle of another account', (given) => ({ ...given, userHandle: 'AAAA' })],
    ['that nobody has', (given) => ({ ...given, id: 'AAAA', rawId: 'AAAA' })],
  ])('is refused %s', async (_, change) => {
    const handle = await factor.atFactor();
    expect(await factor.refusal(handle, change(await factor.used(handle)))).toBe('PASSKEY_REFUSED');
    expect(await factor.failures()).toEqual([factor.failure('wrong_proof')]);
    expect(await factor.browser.session()).toBeNull();
  });

  it('counts once of two that come at the same moment', async () => {
    const handle = await factor.atFactor();
    const credential = await factor.used(handle);
    const codes = await Promise.all([factor.refusal(handle, credential), factor.refusal(handle, credential)]);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
  });
});
