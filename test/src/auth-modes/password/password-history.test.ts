import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { ENGINES } from '../../../support/postgres.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { World } from '../../../support/world.ts';

const PASSWORDS = ['one-otter-at-dawn', 'two-otters-at-dawn', 'three-otters-at-dawn', 'four-otters-at-dawn'] as const;
const [FIRST, SECOND, THIRD, FOURTH] = PASSWORDS;

describe.each(ENGINES)('former passwords, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    world = await World.open(await open());
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant({ settings: { passwordRules: { history: 3 } } });
    user = await world.newUser(tenant);
    await world.givePassword(tenant, user.id, FIRST);
  });

  const remember = (history: number) =>
    world.services.tenants.updateSettings(world.system(tenant), { passwordRules: { history } });
  const set = (password: string, of = user) =>
    world.services.passwordFlow.set(world.system(tenant), { userId: of.id, password });
  const refusal = async (password: string, of = user) => (await refusalOf(set(password, of))) ?? 'taken';
  const kept = async (of = user): Promise<number> => {
    const rows = await world.db.orm.em
      .fork()
      .getConnection()
      .execute('select hash from password_history where tenant_id = ? and user_id = ?', [of.tenantId, of.id]);
    expect(JSON.stringify(rows)).not.toContain('otter');
    return rows.length;
  };

  it('are refused, the present one included, until enough others were in between', async () => {
    expect(await refusal(FIRST)).toBe('PASSWORD_POLICY');
    await set(SECOND);
    await set(THIRD);
    expect(await refusal(FIRST)).toBe('PASSWORD_POLICY');
    expect(await kept()).toBe(2);
    await set(FOURTH);
    expect(await kept()).toBe(2);
    expect(await refusal(SECOND)).toBe('PASSWORD_POLICY');
    expect(await refusal(FIRST)).toBe('taken');
  });

  it('are named in the field of the new password', async () => {
    const error = await set(FIRST).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      fields: [
        {
          path: 'input.password',
          code: 'PASSWORD_USED_BEFORE',
          message: 'The new password must differ from the last 3.',
        },
      ],
    });
  });

  it('are those of one account, and may be the first of another one', async () => {
    const other = await world.newUser(tenant);
    expect(await refusal(FIRST, other)).toBe('taken');
    expect(await kept(other)).toBe(0);
  });

  it('are forgotten where the tenant allows them, beyond the number that it refuses, and with the user', async () => {
    await set(SECOND);
    await set(THIRD);
    await remember(2);
    expect(await refusal(FIRST)).toBe('taken');
    expect(await kept()).toBe(1);
    await remember(1);
    expect(await refusal(FIRST)).toBe('PASSWORD_POLICY');
    expect(await refusal(THIRD)).toBe('taken');
    expect(await kept()).toBe(0);
    await remember(0);
    expect(await refusal(THIRD)).toBe('taken');
    await remember(3);
    await set(FOURTH);
    expect(await kept()).toBe(1);
    await world.services.endAccess.delete(world.system(tenant), user.id);
    expect(await kept()).toBe(0);
  });

  it.each([-1, 25, 1.5, '3'])('are refused by a number from 0 to 24, not by %s', async (history) => {
    expect(await refusalOf(remember(history as number))).toBe('TENANT_SETTING_INVALID');
  });
});
