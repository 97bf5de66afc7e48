import { describe, expect, it } from 'vitest';
import { Authority, systemCaller } from '../../../src/access/index.ts';
import type { Client } from '../../../src/clients/client.entity.ts';
import type { ClientStore } from '../../../src/clients/client.store.ts';
import { LinkedAppBinding } from '../../../src/clients/linked-app.binding.ts';
import type { EventLog } from '../../../src/events/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { grantErrors } from '../../../src/roles/access.errors.ts';
import { TestClock } from '../../support/clock.ts';
import { faultsOf } from '../../support/refusal.ts';

const acme = { id: 'acme', name: 'acme', route: 'aaaaaaaa' } as unknown as TenantRef;
const CLIENT_ID = 'dyn~shop~1';

/** Binds an app instance to the user `anna`; `over` is what differs from one that is free. */
function binding(over: Partial<Client> | null, { isGuarded = false } = {}) {
  const clock = new TestClock();
  const client = {
    id: newId(),
    clientId: CLIENT_ID,
    kind: 'instance',
    enabled: true,
    ownerUserId: null,
    lockedAt: null,
    ...over,
  } as Client;
  const [asked, events, guarded]: [string[], unknown[], string[]] = [[], [], []];
  const service = new LinkedAppBinding({
    store: {
      lockByClientId: async (tenantId: string, clientId: string) => {
        asked.push(`${tenantId} ${clientId}`);
        return over === null ? null : client;
      },
    } as Pick<ClientStore, 'lockByClientId'>,
    guard: {
      assertMayChange: async (_authority, kind, id) => {
        guarded.push(`${kind} ${id}`);
        if (isGuarded) throw grantErrors.ACCOUNT_GUARDED();
      },
    },
    events: {
      record: (_caller: unknown, { id }: TenantRef, event: object) => void events.push([id, event]),
    } as unknown as EventLog,
    clock,
  });
  const authority = new Authority(systemCaller({ processId: 'test' }), acme, 'self');
  const bind = (clientId = CLIENT_ID) => service.bind(authority, clientId, 'anna', 'input.app');
  return { client, asked, events, guarded, clock, bind };
}

describe('an app instance', () => {
  it('that is free gets an owner, with one event in the tenant', async () => {
    const { client, events, guarded, clock, bind } = binding({});
    await bind();
    expect(client).toMatchObject({ ownerUserId: 'anna', updatedAt: clock.now() });
    expect(guarded).toEqual([`client ${client.id}`]);
    const type = expect.objectContaining({ name: 'linked_app.bound' });
    expect(events).toEqual([['acme', { type, subjectId: 'anna', clientId: CLIENT_ID }]]);
  });

  it.each<[string, Partial<Client> | null]>([
    ['does not exist', null],
    ['is a client of another kind', { kind: 'regular' }],
    ['is a client of the service', { kind: 'builtin' }],
    ['has an owner', { ownerUserId: 'boris' }],
    ['has the same owner already', { ownerUserId: 'anna' }],
    ['is disabled', { enabled: false }],
    ['is locked', { lockedAt: new Date(0) }],
  ])('that %s is not bound, and the answer does not tell the reason', async (_, over) => {
    const { client, events, guarded, bind } = binding(over);
    expect(await faultsOf(() => bind())).toEqual(['LINKED_APP_NOT_FREE', 'input.app LINKED_APP_NOT_FREE']);
    expect([events, guarded]).toEqual([[], []]);
    if (over?.ownerUserId === undefined) expect(client.ownerUserId).toBeNull();
  });

  it('that may do more than the caller is not bound', async () => {
    const { client, events, bind } = binding({}, { isGuarded: true });
    expect(await faultsOf(() => bind())).toEqual(['ACCOUNT_GUARDED']);
    expect([client.ownerUserId, events]).toEqual([null, []]);
  });

  it.each(['', 'a\0b', 'ä', 'x'.repeat(256)])(
    'is not asked for by %j, which no client can be called',
    async (clientId) => {
      const { asked, bind } = binding({});
      expect(await faultsOf(() => bind(clientId))).toEqual(['LINKED_APP_NOT_FREE', 'input.app LINKED_APP_NOT_FREE']);
      expect(asked).toEqual([]);
    },
  );
});
