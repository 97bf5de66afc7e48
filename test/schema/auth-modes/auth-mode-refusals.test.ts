import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newTotpSecret } from '../../../src/auth-modes/totp/totp.code.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { totpCode } from '../../support/totp.ts';
import { World } from '../../support/world.ts';

describe('what auth modes do not allow', () => {
  let world: World;
  let acme: TenantRef;
  let userId: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    userId = (await world.newUser(acme)).id;
  });
  afterAll(() => world.close());

  const attach = async (secret = newTotpSecret()) => {
    const input = { userId, secret, code: totpCode(secret, world.clock.now()) };
    return (await callField(world, world.app(acme, 'credential:write'), 'Mutation.attachTotp', { input })).code;
  };

  it('a code app is attached once, and ten of them at most', async () => {
    const secret = newTotpSecret();
    expect(await attach(secret)).toBeUndefined();
    expect(await attach(secret)).toBe('TOTP_ALREADY_ATTACHED');
    for (let count = 1; count < 10; count++) expect(await attach()).toBeUndefined();
    expect(await attach()).toBe('TOTP_LIMIT_REACHED');
  });

  it('an answer is not checked where no question is set', async () => {
    const input = { userId, question: 'Q?', answer: 'A' };
    const caller = world.app(acme, 'security-question:check');
    const { code } = await callField(world, caller, 'Mutation.checkSecurityAnswer', { input });
    expect(code).toBe('SECURITY_QUESTION_NOT_FOUND');
  });

  it('an exemption does not end before 1970', async () => {
    const input = { userId, exemptUntil: '1969-12-31T23:59:59Z' };
    const caller = world.app(acme, 'account-state:write');
    const { code } = await callField(world, caller, 'Mutation.exemptAccount', { input });
    expect(code).toBe('ACCOUNT_STATE_VALUE_INVALID');
  });
});
