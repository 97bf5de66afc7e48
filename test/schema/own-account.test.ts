import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../src/kernel/index.ts';
import { callField } from '../support/call-field.ts';
import { World } from '../support/world.ts';

const NEW_PASSWORD = 'four-lanterns-by-noon';
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const ACCOUNT = { providerType: 'vk', providerName: 'vk_1', externalId: '4711' };

/** The mutations with which users change the sign-in of their own account: the scope and the input. */
const CHANGES: readonly [field: string, scope: string, input: object][] = [
  ['attachTotp', 'credential:write:self', { secret: SECRET, code: '123456' }],
  ['beginAccountLinking', 'federation-link:bind:self', { provider: 'vk:vk_1', callback: 'https://app.example/cb' }],
  ['beginTotpEnrolment', 'credential:write:self', {}],
  ['changeDependentPassword', 'dependent-password:change:self', { currentPassword: 'x', newPassword: NEW_PASSWORD }],
  ['changePassword', 'password:change:self', { currentPassword: 'x', newPassword: NEW_PASSWORD }],
  ['configureUser', 'user:write', { email: 'new@example.com' }],
  ['detachTotp', 'credential:delete:self', { ordinal: 1 }],
  ['generateRecoveryCodes', 'credential:write:self', {}],
  ['linkExternalAccount', 'federation-link:write:self', ACCOUNT],
  ['removeCredentials', 'credential:delete:self', { type: 'TOTP' }],
  ['removeRecoveryCodes', 'credential:delete:self', {}],
  ['removeSecurityQuestion', 'security-question:write:self', {}],
  ['replacePassword', 'password:change:self', { currentPassword: 'x', newPassword: NEW_PASSWORD }],
  ['setPassword', 'password:set', { password: NEW_PASSWORD }],
  ['setSecurityQuestion', 'security-question:write:self', { question: 'Q?', answer: 'A' }],
  ['unlinkExternalAccount', 'federation-link:write:self', ACCOUNT],
  ['unlinkProvider', 'federation-link:write:self', { providerName: 'vk_1' }],
  ['updateAuthModes', 'auth-mode:write:self', { requiredFactor: null }],
  ['updateUser', 'email:change', { email: 'new@example.com' }],
];

describe('a user who changes the sign-in of their own account', () => {
  let world: World;
  let acme: TenantRef;
  let userId: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newProvider(acme, { type: 'vk', name: 'vk_1' });
    userId = (await world.newUser(acme)).id;
    await world.givePassword(acme, userId);
    await world.giveTotp(acme, userId);
  });
  afterAll(() => world.close());

  it.each(CHANGES)('may use %s only soon after signing in (check 54)', async (field, scope, input) => {
    const caller = world.user(acme, userId, scope, ...(field === 'updateUser' ? ['user:write:self'] : []));
    const authTime = new Date(world.clock.now().getTime() - 24 * 3_600_000);
    const before = (await world.events(acme)).length;
    const old = await callField(world, { ...caller, authTime }, `Mutation.${field}`, { input: { userId, ...input } });
    expect(old.code).toBe('REAUTHENTICATION_REQUIRED');
    expect(await world.events(acme)).toHaveLength(before);
  });
});
