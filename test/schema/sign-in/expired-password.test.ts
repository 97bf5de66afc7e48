import { describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { PASSWORD, signInsOfSuite, stepOf, type TestBrowser } from '../../support/sign-in.ts';
import type { World } from '../../support/world.ts';

const NEXT = 'four-lanterns-by-noon';
const DAY = 86_400;
const NEW_PASSWORD_STEP = { __typename: 'NewPasswordStep', minLength: 15, isForgotten: false };

describe.each(ENGINES)('a password that is older than the tenant allows, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  signInsOfSuite(open, { passwordRules: { maxAgeDays: 30 } }, (made) => {
    ({ world, tenant, user, browser } = made);
  });

  const allow = (maxAgeDays: number) =>
    world.services.tenants.updateSettings(world.system(tenant), { passwordRules: { maxAgeDays } });
  const stepAfter = async (password = PASSWORD): Promise<unknown> => {
    const handle = await browser.begin({ mustAuthenticate: true });
    return stepOf(await browser.password(handle, user, password));
  };
  const submit = (handle: string, newPassword: string) => browser.submit('submitNewPassword', handle, { newPassword });

  it('is replaced at the next sign-in, and the age of the new one begins', async () => {
    world.clock.advance(30 * DAY);
    expect(await stepAfter()).toMatchObject({ __typename: 'Finished' });
    world.clock.advance(1);
    const handle = await browser.begin({ mustAuthenticate: true });
    expect(stepOf(await browser.password(handle, user))).toEqual(NEW_PASSWORD_STEP);
    expect((await submit(handle, PASSWORD)).code).toBe('PASSWORD_POLICY');
    expect(stepOf(await submit(handle, NEXT))).toMatchObject({ __typename: 'Finished' });
    world.clock.advance(30 * DAY);
    expect(await stepAfter(NEXT)).toMatchObject({ __typename: 'Finished' });
    world.clock.advance(1);
    expect(await stepAfter(NEXT)).toEqual(NEW_PASSWORD_STEP);
  });

  it('is replaced by those who are signed in when they prove the account again, and not before', async () => {
    world.clock.advance(31 * DAY);
    await allow(0);
    await browser.signIn(user);
    await allow(30);
    const running = await browser.begin();
    expect(stepOf(await browser.load(running))).toMatchObject({ __typename: 'Finished' });
    const handle = await browser.begin({ mustAuthenticate: true });
    expect(stepOf(await browser.password(handle, user))).toEqual(NEW_PASSWORD_STEP);
    expect(stepOf(await submit(handle, NEXT))).toMatchObject({ __typename: 'Finished' });
  });

  it('stays where the tenant allows it again, and when a stronger hash replaces its hash', async () => {
    const { credentials } = world.stores;
    world.clock.advance(31 * DAY);
    const { id, hash } = (await credentials.findPassword(tenant.id, user.id))!;
    expect(await credentials.replaceHash(tenant.id, id, hash, hash)).toBe(true);
    expect(await stepAfter()).toEqual(NEW_PASSWORD_STEP);
    await allow(365);
    expect(await stepAfter()).toMatchObject({ __typename: 'Finished' });
  });
});
