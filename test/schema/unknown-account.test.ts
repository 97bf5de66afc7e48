import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../src/access/index.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import { callField } from '../support/call-field.ts';
import { World } from '../support/world.ts';

const NEW_PASSWORD = 'four-lanterns-by-noon';
const ACCOUNT = { providerType: 'vk', providerName: 'vk_1', externalId: '4711' };
const NO_ADDRESS = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const PROVIDER = { providerType: 'vk', providerName: 'vk_1' };

/** Fields about one account, with their arguments besides its id. */
const FIELDS: Readonly<Record<string, object>> = {
  'Mutation.attachTotp': { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', code: '123456' },
  'Mutation.beginAccountLinking': { provider: 'vk:vk_1', callback: 'https://app.example/cb' },
  'Mutation.beginTotpEnrolment': {},
  'Mutation.checkSecurityAnswer': { question: 'Q?', answer: 'A' },
  'Mutation.configureUser': { givenName: 'Anna' },
  'Mutation.createUserAddress': { address: {} },
  'Mutation.deleteUser': {},
  'Mutation.deleteUserAddress': { userAddressId: NO_ADDRESS },
  'Mutation.detachTotp': { ordinal: 1 },
  'Mutation.exemptAccount': {},
  'Mutation.generateRecoveryCodes': {},
  'Mutation.impersonateUser': {},
  'Mutation.liftBlock': {},
  'Mutation.liftResendBlocks': {},
  'Mutation.linkExternalAccount': ACCOUNT,
  'Mutation.removeCredentials': { type: 'TOTP' },
  'Mutation.removeDevice': { deviceId: 'dv' },
  'Mutation.removeLinkedApp': { clientId: 'none' },
  'Mutation.removeRecoveryCodes': {},
  'Mutation.removeSecurityQuestion': {},
  'Mutation.replacePassword': { newPassword: NEW_PASSWORD },
  'Mutation.resetUserSessions': {},
  'Mutation.revokeRequiredActions': { actions: ['VERIFY_EMAIL'] },
  'Mutation.revokeConsent': { clientId: 'none' },
  'Mutation.revokeUserSessions': {},
  'Mutation.sendAccountMail': { kind: 'TEST' },
  'Mutation.sendActionsLink': { actions: ['UPDATE_PASSWORD'] },
  'Mutation.setPassword': { password: NEW_PASSWORD },
  'Mutation.setSecurityQuestion': { question: 'Q?', answer: 'A' },
  'Mutation.setUserEnabled': { isEnabled: false },
  'Mutation.unlinkExternalAccount': ACCOUNT,
  'Mutation.unlinkProvider': { providerName: 'vk_1' },
  'Mutation.updateAuthModes': { needPasswordChange: true },
  'Mutation.updateUser': { givenName: 'Anna' },
  'Mutation.updateUserAddress': { userAddressId: NO_ADDRESS, address: {} },
  'Mutation.updateUserProperties': { add: { a: 1 } },
  'Query.accountEvents': {},
  'Query.accountState': {},
  'Query.authModes': {},
  'Query.consents': {},
  'Query.credentials': {},
  'Query.devices': {},
  'Query.federationLinks': {},
  'Query.federationToken': PROVIDER,
  'Query.linkedApps': {},
  'Query.securityQuestion': {},
};

describe('an account that does not exist', () => {
  let world: World;
  let acme: TenantRef;
  let neighbour: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newProvider(acme, { type: 'vk', name: 'vk_1' });
    neighbour = (await world.newUser(await world.tenant())).id;
  });
  afterAll(() => world.close());

  it.each(Object.entries(FIELDS))('is USER_NOT_FOUND for %s, and so is one of another tenant', async (field, rest) => {
    const caller = world.app(acme, ...everyPermission('tenant').map(formatScope));
    for (const userId of ['nobody', neighbour]) {
      const args = { userId, ...rest };
      const { code } = await callField(world, caller, field, field.startsWith('Mutation') ? { input: args } : args);
      expect(code).toBe('USER_NOT_FOUND');
    }
  });

  it('is USER_NOT_FOUND for the events of a caller whose account was deleted', async () => {
    const caller = world.user(acme, 'nobody', 'event:read:self');
    expect((await callField(world, caller, 'Query.securityEvents', {})).code).toBe('USER_NOT_FOUND');
  });
});
