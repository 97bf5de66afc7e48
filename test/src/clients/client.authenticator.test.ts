import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PermissionSet, parseScope } from '../../../src/access/index.ts';
import {
  basicPermissions,
  ClientAuthenticator,
  clientPowers,
  liveSecrets,
  type SecretKind,
} from '../../../src/clients/client.authenticator.ts';
import type { ClientDirectory, ClientRecord } from '../../../src/clients/client.directory.ts';
import type { ClientSecret } from '../../../src/clients/client.entity.ts';
import { MasterKey, SecretHasher } from '../../../src/crypto/index.ts';
import { addSeconds } from '../../../src/kernel/index.ts';
import { TestClock } from '../../support/clock.ts';

const hasher = new SecretHasher(MasterKey.generate().key);
const clock = new TestClock();
const secretOf = (text: string, kind: SecretKind = 'oauth', expiresInSeconds: number | null = null) =>
  ({
    kind,
    hash: hasher.hash(text),
    expiresAt: expiresInSeconds === null ? null : addSeconds(clock.now(), expiresInSeconds),
  }) as ClientSecret;

const recordOf = (over: Partial<ClientRecord> & { type?: string } = {}) =>
  ({
    client: { type: over.type ?? 'confidential', clientId: 'shop' },
    secrets: [secretOf('right')],
    permissions: new PermissionSet([parseScope('user:read')!]),
    isUsable: true,
    ...over,
  }) as ClientRecord;

describe('a client that shows a secret', () => {
  let known: Map<string, ClientRecord>;
  let asked: string[];
  let authenticator: ClientAuthenticator;
  beforeEach(() => {
    known = new Map();
    asked = [];
    const byClientId = (tenantId: string, clientId: string) => {
      asked.push(`${tenantId} ${clientId}`);
      return known.get(`${tenantId} ${clientId}`) ?? null;
    };
    authenticator = new ClientAuthenticator({ directory: { byClientId } as unknown as ClientDirectory, hasher, clock });
  });
  const proves = async (secret: string, kind?: SecretKind, tenantId = 'acme', clientId = 'shop') =>
    (await authenticator.authenticate(tenantId, clientId, secret, kind)) !== null;

  it('proves who it is with either of its live secrets, and with no other text', async () => {
    known.set('acme shop', recordOf({ secrets: [secretOf('new'), secretOf('old')] }));
    expect([await proves('new'), await proves('old')]).toEqual([true, true]);
    for (const wrong of ['', 'NEW', 'new ', 'newold', 'x'.repeat(1024)]) expect(await proves(wrong)).toBe(false);
  });

  it('does not prove it with a third secret: at most two are live', async () => {
    known.set('acme shop', recordOf({ secrets: [secretOf('a'), secretOf('b'), secretOf('c')] }));
    expect([await proves('a'), await proves('b'), await proves('c')]).toEqual([true, true, false]);
  });

  it('proves nothing with the secret of a client of another name or tenant', async () => {
    known.set('acme shop', recordOf());
    expect(await proves('right', 'oauth', 'neighbour')).toBe(false);
    expect(await proves('right', 'oauth', 'acme', 'Shop')).toBe(false);
    expect(asked).toEqual(['neighbour shop', 'acme Shop']);
  });

  it.each<[string, Parameters<typeof recordOf>[0]]>([
    ['it may not be used', { isUsable: false }],
    ['it is public', { type: 'public' }],
    ['it has no secret', { secrets: [] }],
    ['its secret has expired', { secrets: [secretOf('right', 'oauth', 0)] }],
    ['its secret is for HTTP Basic', { secrets: [secretOf('right', 'rest')] }],
  ])('proves nothing when %s', async (_, over) => {
    known.set('acme shop', recordOf(over));
    expect(await proves('right')).toBe(false);
  });

  it('is not looked for when its secret is longer than any that is hashed', async () => {
    known.set('acme shop', recordOf({ secrets: [secretOf('x'.repeat(1024))] }));
    expect(await proves('x'.repeat(1024))).toBe(true);
    asked = [];
    expect(await proves('x'.repeat(1025))).toBe(false);
    expect(asked).toEqual([]);
  });

  it('may use its `oauth` secret with HTTP Basic only as long as it has no live `rest` secret', async () => {
    known.set('acme shop', recordOf({ secrets: [secretOf('basic', 'rest', 60), secretOf('right')] }));
    expect([await proves('basic', 'rest'), await proves('right', 'rest')]).toEqual([true, false]);
    known.set('acme shop', recordOf({ secrets: [secretOf('basic', 'rest', 0), secretOf('right')] }));
    expect([await proves('basic', 'rest'), await proves('right', 'rest')]).toEqual([false, true]);
    expect((await authenticator.authenticate('acme', 'shop', 'right', 'rest'))?.secretKind).toBe('oauth');
  });

  it('remembers the hash of a right secret, and never that of a wrong one', () => {
    const own = new SecretHasher(MasterKey.generate().key);
    const remember = vi.spyOn(own, 'remember');
    const record = recordOf({ secrets: [{ ...secretOf('right'), hash: own.hash('right') }] });
    const directory = { byClientId: () => record } as unknown as ClientDirectory;
    const authenticator = new ClientAuthenticator({ directory, hasher: own, clock });
    expect(authenticator.authenticate('acme', 'shop', 'wrong')).toBeNull();
    expect(remember).not.toHaveBeenCalled();
    expect(authenticator.authenticate('acme', 'shop', 'right')).not.toBeNull();
    expect(remember.mock.calls).toEqual([['right', own.hash('right')]]);
    expect(authenticator.authenticate('acme', 'shop', 'right')).not.toBeNull();
  });

  it('waits for a directory that has to ask the database', async () => {
    const byClientId = async () => recordOf();
    const slow = new ClientAuthenticator({ directory: { byClientId } as unknown as ClientDirectory, hasher, clock });
    expect(await slow.authenticate('acme', 'shop', 'right')).toMatchObject({ secretKind: 'oauth' });
    expect(await slow.authenticate('acme', 'shop', 'wrong')).toBeNull();
  });
});

describe('what a client may do', () => {
  const names = (set: PermissionSet) =>
    [...set.grants()].map(({ permission, reach }) => `${permission} ${reach}`).sort();
  const REST = [
    'federation-link:bind tenant',
    'federation-link:read tenant',
    'federation-link:write tenant',
    'user:delete tenant',
  ];

  it('with a `rest` secret is the same for every client, whatever the client may do itself', () => {
    const record = recordOf({ permissions: new PermissionSet([parseScope('tenant:delete:all')!]) });
    expect(names(basicPermissions({ record, secretKind: 'rest' }))).toEqual(REST);
  });

  it('with an `oauth` secret over HTTP Basic is what it may do itself, and to begin a link', () => {
    expect(names(basicPermissions({ record: recordOf(), secretKind: 'oauth' }))).toEqual([
      'federation-link:bind tenant',
      'user:read tenant',
    ]);
  });

  it('counts what its `rest` secret opens, as long as that is live', () => {
    const secrets = [secretOf('a', 'rest', 60)];
    expect(names(clientPowers(recordOf({ secrets }), 'acme', clock.now()))).toEqual(
      [...REST, 'user:read tenant'].sort(),
    );
    expect(names(clientPowers(recordOf({ secrets }), 'acme', addSeconds(clock.now(), 60)))).toEqual([
      'user:read tenant',
    ]);
    expect(names(clientPowers(recordOf(), 'acme', clock.now()))).toEqual(['user:read tenant']);
  });

  it('counts what the roles of administrators allow, where the tokens of users have all their roles', () => {
    const record = recordOf();
    const sharing = { ...record, client: { ...record.client, fullRoleScope: true } };
    expect(names(clientPowers(sharing, 'acme', clock.now()))).toContain('client:write tenant');
    expect(names(clientPowers(sharing, 'acme', clock.now()))).not.toContain('client:write all');
    expect(names(clientPowers(sharing, 'master', clock.now()))).toContain('client:write all');
    const builtin = { ...sharing, client: { ...sharing.client, kind: 'builtin' as const } };
    expect(names(clientPowers(builtin, 'acme', clock.now()))).toEqual(['user:read tenant']);
  });

  it('counts what the roles allow that the tokens of users may have, except at builtin clients', () => {
    const record = recordOf();
    const lent = [{ permission: 'role:read', reach: 'tenant' }] as const;
    expect(names(clientPowers(record, 'acme', clock.now(), lent))).toEqual(['role:read tenant', 'user:read tenant']);
    const builtin = { ...record, client: { ...record.client, kind: 'builtin' as const } };
    expect(names(clientPowers(builtin, 'acme', clock.now(), lent))).toEqual(['user:read tenant']);
  });
});

describe('live secrets', () => {
  it('are those of their kind that have not expired: at the moment itself a secret is over', () => {
    const secrets = [secretOf('a'), secretOf('b', 'rest'), secretOf('c', 'oauth', 1), secretOf('d', 'oauth', 0)];
    expect(liveSecrets(secrets, 'oauth', clock.now())).toEqual([secrets[0], secrets[2]]);
    expect(liveSecrets(secrets, 'rest', clock.now())).toEqual([secrets[1]]);
  });
});
