import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const ATTRIBUTES = [
  {
    name: 'dept',
    type: 'text' as const,
    isList: false,
    isUnmodifiable: false,
    validators: [{ code: 'too_long', message: 'At most three letters.', max: 3 }],
  },
  { name: 'badge', type: 'text' as const, isList: false, isUnmodifiable: true, validators: [] },
];

/** Values that are refused for every account. */
const VALUES: readonly [code: string, values: object][] = [
  ['USER_USERNAME_INVALID', { username: ' ' }],
  ['USER_USERNAME_TAKEN', { username: 'ANNIKA' }],
  ['USER_EMAIL_INVALID', { email: 'nobody' }],
  ['USER_EMAIL_TAKEN', { email: 'anna@example.com' }],
  ['USER_PHONE_INVALID', { phone: 'call me' }],
  ['USER_ATTRIBUTE_INVALID', { attributes: { dept: 7 } }],
  ['USER_ATTRIBUTE_REFUSED', { attributes: { dept: 'sales' } }],
];
const IDS: readonly [code: string, values: object][] = [
  ['USER_ID_INVALID', { subject: 'a b' }],
  ['USER_ID_TAKEN', { subject: 'anna' }],
];

describe('what accounts do not allow', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.services.tenants.updateSettings(world.system(acme), { uniqueEmail: true, attributes: ATTRIBUTES });
    await world.newUser(acme, { id: 'anna', username: 'annika', email: 'anna@example.com' });
    await world.newUser(acme, { id: 'ben', attributes: { badge: '1' } });
  });
  afterAll(() => world.close());

  /** Calls a mutation, which must change nothing, and returns the code of its refusal. */
  async function refusalOf(field: string, input: object): Promise<string | undefined> {
    const before = (await world.events(acme)).length;
    const caller = world.app(acme, 'user:create', 'user:write');
    const { code } = await callField(world, caller, `Mutation.${field}`, { input });
    expect(await world.events(acme)).toHaveLength(before);
    return code;
  }

  it.each([...VALUES, ...IDS])('%s: createUser and signUp are refused and make no account', async (code, values) => {
    expect(await refusalOf('createUser', values)).toBe(code);
    expect(await refusalOf('signUp', { ...values, password: 'three-wombats-at-dawn' })).toBe(code);
  });

  const ON_CHANGE = [
    ['USER_ID_TAKEN', { username: 'Anna' }],
    ['USER_ATTRIBUTE_UNMODIFIABLE', { attributes: { badge: '2' } }],
    ['USER_ATTRIBUTE_UNMODIFIABLE', { attributes: {}, replaceAttributes: true }],
  ] as const;

  it.each([...VALUES, ...ON_CHANGE])('%s: updateUser is refused and changes nothing', async (code, values) => {
    expect(await refusalOf('updateUser', { userId: 'ben', ...values })).toBe(code);
  });

  it('USER_EMAIL_AMBIGUOUS: addresses do not become unique while accounts share one', async () => {
    const lax = await world.tenant();
    await world.services.tenants.updateSettings(world.system(lax), { uniqueEmail: false, signInByEmail: false });
    for (const id of ['anna', 'ben']) await world.newUser(lax, { id, email: 'both@example.com' });
    const input = { settings: { uniqueEmail: true } };
    const caller = world.app(lax, 'setting:write');
    const { code } = await callField(world, caller, 'Mutation.updateTenantSettings', { input });
    expect(code).toBe('USER_EMAIL_AMBIGUOUS');
  });

  it.each(['continueSignUp', 'resendSignUpCode'])(
    'ACCOUNT_GUARDED: %s ends for an account that got permissions in all tenants meanwhile',
    async (field) => {
      const master = (await world.services.directory.byName('master')) ?? (await world.tenant({ name: 'master' }));
      const caller = world.app(master, 'user:create');
      const document = 'mutation ($input: SignUpInput!) { signUp(input: $input) { subject context } }';
      const email = `${field}@example.com`;
      const { data } = await world.graphql(caller, document, { input: { email } });
      const { subject, context } = data.signUp;
      const role = await world.newRole(master, { permissions: ['user:read:all'] });
      await world.grantRole(master, { roleId: role.id, holderKind: 'user', holderId: subject });
      const { mails } = await world.outbox();
      const code = /\d{6}/.exec(mails.findLast(({ to }) => to === email)!.text)![0];
      const input = { context, step: 'CONFIRM_EMAIL', ...(field === 'continueSignUp' ? { code } : {}) };
      expect((await callField(world, caller, `Mutation.${field}`, { input })).code).toBe('ACCOUNT_GUARDED');
    },
  );
});
