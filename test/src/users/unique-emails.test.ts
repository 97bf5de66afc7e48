import { describe, expect, it } from 'vitest';
import { Authority, systemCaller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { TEMPLATE_SETTINGS } from '../../../src/tenants/index.ts';
import { uniqueEmails } from '../../../src/users/unique-emails.ts';
import type { UserIdentifierStore } from '../../../src/users/user-identifier.store.ts';
import { faultsOf } from '../../support/refusal.ts';

const tenant = { id: 'acme', name: 'acme', route: 'aaaaaaaa' } as unknown as TenantRef;
const [unique, shared] = [true, false].map((uniqueEmail) => ({ ...TEMPLATE_SETTINGS.native, uniqueEmail }));

/** What the listener does with the names of users, given the addresses that several accounts have. */
function listener(...ambiguous: string[]) {
  const calls: string[] = [];
  const names: Pick<UserIdentifierStore, 'removeEmails' | 'addEmails' | 'ambiguousEmails'> = {
    removeEmails: async (id) => void calls.push(`remove ${id}`),
    addEmails: async (id) => void calls.push(`add ${id}`),
    ambiguousEmails: async (id, limit) => {
      calls.push(`ask ${id} ${limit}`);
      return ambiguous;
    },
  };
  const apply = uniqueEmails(names as UserIdentifierStore);
  const authority = Authority.system(systemCaller({ processId: 'test' }), tenant);
  return { calls, run: (before = shared!, after = unique!) => apply(authority, before, after) };
}

describe('the setting for unique e-mail addresses', () => {
  it('touches no name while it stays as it is', async () => {
    const { calls, run } = listener('a@example.com');
    await run(unique, { ...unique!, registration: true });
    await run(shared, shared);
    expect(calls).toEqual([]);
  });

  it('makes names of the addresses when it is switched on, and removes them when it is switched off', async () => {
    const { calls, run } = listener();
    await run(shared, unique);
    await run(unique, shared);
    expect(calls).toEqual(['ask acme 20', 'add acme', 'remove acme']);
  });

  it('is refused while accounts share addresses; each of these is named, and no name is made', async () => {
    const { calls, run } = listener('a@example.com', 'b@example.com');
    const field = 'input.settings.uniqueEmail USER_EMAIL_AMBIGUOUS';
    expect(await faultsOf(() => run())).toEqual(['USER_EMAIL_AMBIGUOUS', field, field]);
    expect(calls).toEqual(['ask acme 20']);
    await expect(run()).rejects.toMatchObject({ fields: [{ message: expect.stringContaining('a@example.com') }, {}] });
  });
});
