import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const CURRENT = 'three-wombats-at-dawn';

/** Every mutation that takes a new password: who calls it, and its input with the password. */
const WAYS: Readonly<Record<string, (userId: string, password: string) => object>> = {
  changeDependentPassword: (userId, newPassword) => ({ userId, newPassword, currentPassword: CURRENT }),
  changePassword: (_userId, newPassword) => ({ newPassword, currentPassword: CURRENT }),
  replacePassword: (userId, newPassword) => ({ userId, newPassword, currentPassword: CURRENT }),
  setPassword: (userId, password) => ({ userId, password }),
  signUp: (_userId, password) => ({ password }),
};

describe('a new password', () => {
  let world: World;
  let acme: TenantRef;
  let userId: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    userId = (await world.newUser(acme)).id;
    await world.givePassword(acme, userId, CURRENT);
  });
  afterAll(() => world.close());

  const self = () => world.user(acme, userId, 'password:change:self', 'dependent-password:change:self');
  const callerOf = (field: string): Caller =>
    field === 'setPassword' || field === 'signUp' ? world.app(acme, 'password:set', 'user:create') : self();

  it.each(Object.entries(WAYS))(
    'that the policy refuses, or that is too long, changes nothing: %s',
    async (field, input) => {
      for (const [password, code] of [
        ['short', 'PASSWORD_POLICY'],
        ['x'.repeat(1025), 'PASSWORD_TOO_LONG'],
      ] as const) {
        const call = await callField(world, callerOf(field), `Mutation.${field}`, { input: input(userId, password) });
        expect(call.code).toBe(code);
      }
      const types = await world.eventTypes(acme);
      expect(types.filter((type) => type === 'password.changed' || type === 'user.created')).toEqual(['user.created']);
    },
  );

  it.each(['changeDependentPassword', 'changePassword', 'replacePassword'])(
    'is refused when the current one was replaced after it was proved: %s',
    async (field) => {
      const { passwords } = world.services;
      const prepare = passwords.prepare.bind(passwords);
      const user = await world.newUser(acme);
      await world.givePassword(acme, user.id, CURRENT);
      vi.spyOn(passwords, 'prepare').mockImplementationOnce(async (...args) => {
        const prepared = await prepare(...args);
        await world.givePassword(acme, user.id, 'five-herons-at-dusk');
        return prepared;
      });
      const caller = world.user(acme, user.id, 'password:change:self', 'dependent-password:change:self');
      const input = WAYS[field]!(user.id, 'four-lanterns-by-noon');
      expect((await callField(world, caller, `Mutation.${field}`, { input })).code).toBe('PASSWORD_CHANGED_MEANWHILE');
    },
  );
});
