import { beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { PASSWORD, signInsOfSuite, stepOf, TestBrowser } from '../../support/sign-in.ts';
import type { World } from '../../support/world.ts';

const NEXT = 'four-lanterns-by-noon';
const AT_ONCE = 5;

describe.each(ENGINES)('changing a password during a sign-in, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  signInsOfSuite(open, {}, (made) => {
    ({ world, tenant, user, browser } = made);
  });
  beforeEach(() => demand());

  const demand = () => world.services.authModes.update(world.system(tenant), user.id, { needPasswordChange: true });
  const reached = async (of = browser): Promise<string> => {
    const handle = await of.begin({ mustAuthenticate: true });
    expect(stepOf(await of.password(handle, user))).toEqual({
      __typename: 'NewPasswordStep',
      minLength: 15,
      isForgotten: false,
    });
    return handle;
  };
  const submit = (handle: string, newPassword = NEXT, of = browser) =>
    of.submit('submitNewPassword', handle, { newPassword });
  const opens = (text: string) => world.services.passwords.verify(tenant.id, user.id, text);
  const isDemanded = async () => (await world.services.authModes.get(world.system(tenant), user.id)).needPasswordChange;
  const alive = async () =>
    (await world.services.sessions.page(world.system(tenant), { userId: user.id }, {})).rows.map(({ id }) => id);
  const eventsOf = async (type: string) => (await world.events(tenant)).filter((event) => event.type === type);

  it('replaces it, ends the demand and the sessions elsewhere, and signs the user in', async () => {
    const elsewhere = (await world.signedIn(tenant, user.id)).session.id;
    const handle = await reached();
    expect(stepOf(await submit(handle))).toMatchObject({ __typename: 'Finished' });
    expect([await opens(NEXT), await opens(PASSWORD), await isDemanded()]).toEqual([true, false, false]);
    const session = (await browser.session())!;
    expect(session.id).not.toBe(elsewhere);
    expect(await alive()).toEqual([session.id]);
    expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { id: session.id } });
    expect(await eventsOf('password.changed')).toMatchObject([
      { actor_id: user.id, subject_id: user.id, params: { sessions: 'end-others' } },
    ]);
  });

  it('goes on with the session that the user has in this browser', async () => {
    await world.givePassword(tenant, user.id);
    await browser.signIn(user);
    const { id } = (await browser.session())!;
    await demand();
    expect(stepOf(await submit(await reached()))).toMatchObject({ __typename: 'Finished' });
    expect(await alive()).toEqual([id]);
    expect((await browser.session())?.id).toBe(id);
  });

  it('mails the owner in the language of the application, if the address is verified', async () => {
    await world.services.users.update(world.system(tenant), user.id, { emailVerified: true });
    const handle = await browser.begin({ locales: 'ru en' });
    await browser.password(handle, user);
    await submit(handle);
    const told = (await world.outbox()).mails.filter(({ behalf }) => behalf.subjectId === user.id);
    expect(told).toMatchObject([{ to: 'ann@example.com', purpose: 'password-changed', locale: 'ru' }]);
  });

  it.each([
    ['the current one, which somebody else set', PASSWORD, 'PASSWORD_UNCHANGED'],
    ['one that is too short', 'short', 'PASSWORD_TOO_SHORT'],
    ['one with the name of the user', 'ann@example.com-and-more', 'PASSWORD_OWN_NAME'],
  ])('refuses %s, and changes nothing', async (_, newPassword, code) => {
    const handle = await reached();
    const { errors } = await submit(handle, newPassword);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'PASSWORD_POLICY',
      fields: [{ path: 'input.newPassword', code }],
    });
    expect([await opens(PASSWORD), await isDemanded(), await browser.session()]).toEqual([true, true, null]);
    expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'NewPasswordStep' });
    expect(await eventsOf('password.changed')).toEqual([]);
  });

  it.each([
    ['control characters', 'nine-lamps-and-\u0007-bell', 'INVALID_INPUT'],
    ['more than 1024 bytes', 'x'.repeat(1025), 'PASSWORD_TOO_LONG'],
    ['nothing', '', 'PASSWORD_POLICY'],
  ])('refuses a password of %s', async (_, newPassword, code) => {
    expect((await submit(await reached(), newPassword)).code).toBe(code);
    expect(await opens(PASSWORD)).toBe(true);
  });

  it('changes nothing before the factors of the account were shown', async () => {
    const early = await browser.begin();
    expect((await submit(early)).code).toBe('INTERACTION_STEP_OTHER');
    await world.giveTotp(tenant, user.id);
    await world.services.authModes.update(world.system(tenant), user.id, { requiredFactor: 2 });
    const handle = await browser.begin();
    expect(stepOf(await browser.password(handle, user))).toMatchObject({ __typename: 'FactorStep' });
    expect((await submit(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect(stepOf(await browser.totp(handle))).toEqual({
      __typename: 'NewPasswordStep',
      minLength: 8,
      isForgotten: false,
    });
    expect(stepOf(await submit(handle, 'kettle-9'))).toMatchObject({ __typename: 'Finished' });
    expect((await browser.session())?.amr).toEqual(['pwd', 'otp', 'mfa']);
  });

  it(`takes one of ${AT_ONCE} passwords of one moment, and the others change nothing`, async () => {
    const handle = await reached();
    const sent = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => submit(handle, `${NEXT}-${i}`)));
    const won = sent.findIndex(({ code }) => code === undefined);
    expect(sent.filter(({ code }) => code === 'INTERACTION_STEP_OTHER')).toHaveLength(AT_ONCE - 1);
    expect(await opens(`${NEXT}-${won}`)).toBe(true);
    expect(await eventsOf('password.changed')).toHaveLength(1);
    expect((await submit(handle)).code).toBe('INTERACTION_STEP_OTHER');
  });

  it('lets a sign-in that proved the former password go no further', async () => {
    const attacker = new TestBrowser(world, tenant);
    const stolen = await reached(attacker);
    await world.services.passwordFlow.set(world.system(tenant), {
      userId: user.id,
      password: 'five-kettles-at-dusk',
      isTemporary: true,
    });
    expect((await submit(stolen, NEXT, attacker)).code).toBe('INTERACTION_STEP_OTHER');
    expect([await opens(NEXT), await attacker.session()]).toEqual([false, null]);
    expect(stepOf(await attacker.load(stolen))).toMatchObject({ __typename: 'PasswordStep' });
  });

  it('asks for the password again when it was shown too long ago, and then goes on (check 54)', async () => {
    const handle = await reached();
    world.clock.advance(301);
    expect(stepOf(await submit(handle))).toMatchObject({ __typename: 'PasswordStep', identifier: user.username });
    expect(await opens(PASSWORD)).toBe(true);
    await browser.password(handle, user);
    expect(stepOf(await submit(handle))).toMatchObject({ __typename: 'Finished' });
  });

  it('changes nothing after the interaction has ended, in another browser, or twice in a request', async () => {
    const handle = await reached();
    const other = new TestBrowser(world, tenant);
    await other.begin();
    expect((await submit(handle, NEXT, other)).code).toBe('INTERACTION_NOT_FOUND');
    const one = `submitNewPassword(input: { handle: "${handle}", newPassword: "${NEXT}" }) { step { __typename } }`;
    expect((await browser.graphql(`mutation { a: ${one} b: ${one} }`)).code).toBe('INTERACTION_REQUEST_REPEATED');
    expect((await world.graphql(world.app(tenant), `mutation { ${one} }`)).code).toBe('BROWSER_REQUIRED');
    world.clock.advance(1800);
    expect((await submit(handle)).code).toBe('INTERACTION_NOT_FOUND');
    expect(await opens(PASSWORD)).toBe(true);
  });
});
