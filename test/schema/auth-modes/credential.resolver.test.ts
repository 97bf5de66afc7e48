import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const RENAME =
  'mutation ($input: RenameCredentialInput!) { renameCredential(input: $input) { userId credential { label type } } }';
const REMOVE =
  'mutation ($input: RemoveCredentialInput!) { removeCredential(input: $input) { userId credential { type } } }';

describe('credentials of any type over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let userId: string;
  let totp: string;
  beforeAll(async () => {
    // With the cost that the service has.
    world = await World.open(undefined, undefined, undefined, {});
    tenant = await world.tenant();
  });
  beforeEach(async () => {
    userId = (await world.newUser(tenant)).id;
    totp = (await world.giveTotp(tenant, userId)).id;
  });
  afterAll(() => world.close());

  const me = (...scopes: string[]) => world.userOfTwoFactors(tenant, userId, 'credential:read:self', ...scopes);
  const app = (...scopes: string[]) => world.app(tenant, 'credential:read', ...scopes);
  const rename = (caller: Caller, label: string | null, credentialId = totp) =>
    world.graphql(caller, RENAME, { input: { credentialId, label } });
  const remove = (caller: Caller, credentialId = totp) => world.graphql(caller, REMOVE, { input: { credentialId } });
  const types = async () =>
    (await world.services.authModes.credentials(world.system(tenant), userId)).map(({ type }) => type);
  const events = async () =>
    (await world.events(tenant)).filter(({ subject_id, type }) => subject_id === userId && type !== 'user.created');
  const password = async () => {
    await world.givePassword(tenant, userId);
    const all = await world.services.authModes.credentials(world.system(tenant), userId);
    return all.find(({ type }) => type === 'password')!.id;
  };

  it('get another name, with one event for each change', async () => {
    const named = { userId, credential: { label: 'Phone', type: 'TOTP' } };
    expect((await rename(me('credential:write:self'), 'Phone')).data.renameCredential).toEqual(named);
    expect((await rename(app('credential:write'), 'Phone')).data.renameCredential).toEqual(named);
    expect((await rename(app('credential:write'), '')).data.renameCredential.credential.label).toBeNull();
    expect((await rename(app('credential:write'), null)).data.renameCredential.credential.label).toBeNull();
    const params = { type: 'totp', credentialId: totp, changed: ['label'] };
    expect((await events()).map(({ type, params }) => [type, params])).toEqual([
      ['credential.updated', params],
      ['credential.updated', params],
    ]);
    expect((await rename(app('credential:write'), 'n'.repeat(256))).code).toBe('INVALID_INPUT');
  });

  it('tell how passwords are hashed, to those who may read credentials', async () => {
    await password();
    const LIST =
      'query ($user: ID!) { credentials(userId: $user) { type passwordHashing { memoryKib iterations parallelism hashBytes } } }';
    const shown = [
      {
        type: 'PASSWORD',
        passwordHashing: { memoryKib: 19_456, iterations: 2, parallelism: 1, hashBytes: 32 },
      },
      { type: 'TOTP', passwordHashing: null },
    ];
    for (const caller of [app(), me()])
      expect((await world.graphql(caller, LIST, { user: userId })).data.credentials).toEqual(shown);
    expect((await world.graphql(world.app(tenant, 'user:read'), LIST, { user: userId })).code).toBe('FORBIDDEN');
  });

  it('have an order, in which a sign-in offers second factors and which new ones end', async () => {
    const MOVE = `mutation ($input: MoveCredentialInput!) {
      moveCredential(input: $input) { userId credential { type } } }`;
    const move = (caller: Caller, credentialId: string, afterId?: string | null) =>
      world.graphql(caller, MOVE, { input: { credentialId, afterId } });
    const secret = await password();
    const mover = app('credential:write');
    expect(await types()).toEqual(['password', 'totp']);
    const moved = { userId, credential: { type: 'TOTP' } };
    expect((await move(me('credential:write:self'), totp)).data.moveCredential).toEqual(moved);
    expect((await move(mover, totp)).errors).toEqual([]);
    expect(await types()).toEqual(['totp', 'password']);
    const { credentials } = world.stores;
    const add = (type: 'recovery-code' | 'image-proof', secret: string) =>
      world.db.transaction(() => credentials.add(tenant.id, { userId, type, secret }));
    const { id: codes } = await add('recovery-code', 'x'.repeat(43));
    expect(await types()).toEqual(['totp', 'password', 'recovery-code']);
    expect(await credentials.acceptedAsSecond(tenant.id, userId)).toEqual(['totp', 'recovery-code']);
    expect((await move(mover, totp, codes)).errors).toEqual([]);
    expect((await move(mover, totp, totp)).errors).toEqual([]);
    expect(await types()).toEqual(['password', 'recovery-code', 'totp']);
    expect(await credentials.acceptedAsSecond(tenant.id, userId)).toEqual(['recovery-code', 'totp']);
    expect((await move(mover, secret, totp.toUpperCase())).errors).toEqual([]);
    expect(await types()).toEqual(['recovery-code', 'totp', 'password']);
    const params = { type: 'totp', credentialId: totp, changed: ['place'] };
    const updated = (await events()).filter(({ type }) => type === 'credential.updated');
    expect(updated.map((event) => event.params)).toEqual([
      params,
      params,
      { ...params, type: 'password', credentialId: secret },
    ]);
    const other = (await world.giveTotp(tenant, (await world.newUser(tenant)).id)).id;
    for (const [id, after] of [
      [totp, other],
      [totp, newId()],
      [newId(), totp],
      [newId(), null],
    ] as const)
      expect((await move(mover, id, after)).code).toBe('CREDENTIAL_NOT_FOUND');
    expect((await move(me(), totp)).code).toBe('FORBIDDEN');
    expect(await types()).toEqual(['recovery-code', 'totp', 'password']);
  });

  it('of one type are removed together, with an event each', async () => {
    const CLEAR = `mutation ($input: RemoveCredentialsInput!) {
      removeCredentials(input: $input) { userId credentials { type } } }`;
    const clear = (caller: Caller, type = 'TOTP', id = userId) =>
      world.graphql(caller, CLEAR, { input: { userId: id, type } });
    await world.giveTotp(tenant, userId);
    await password();
    const gone = { userId, credentials: [{ type: 'TOTP' }, { type: 'TOTP' }] };
    expect((await clear(me('credential:delete:self'))).data.removeCredentials).toEqual(gone);
    expect((await clear(app('credential:delete'))).data.removeCredentials).toEqual({ userId, credentials: [] });
    expect(await types()).toEqual(['password']);
    expect((await events()).filter(({ type }) => type === 'credential.removed')).toHaveLength(2);
    expect((await clear(me('credential:delete:self'), 'PASSWORD')).code).toBe('CREDENTIAL_PASSWORD_NEEDED');
    expect((await clear(app('credential:delete'), 'TOTP', 'nobody')).code).toBe('USER_NOT_FOUND');
    const other = await world.newUser(tenant);
    expect((await clear(me('credential:delete:self'), 'TOTP', other.id)).code).toBe('FORBIDDEN');
    expect((await clear(app('credential:write'))).code).toBe('FORBIDDEN');
  });

  it('are removed, with an event', async () => {
    expect((await remove(me('credential:delete:self'))).data.removeCredential).toEqual({
      userId,
      credential: { type: 'TOTP' },
    });
    expect(await types()).toEqual([]);
    expect((await events()).map(({ type, params }) => [type, params['credentialId']])).toEqual([
      ['credential.removed', totp],
    ]);
    expect((await remove(app('credential:delete'))).code).toBe('CREDENTIAL_NOT_FOUND');
    expect((await rename(app('credential:write'), 'x')).code).toBe('CREDENTIAL_NOT_FOUND');
  });

  it('are removed once by two requests at the same moment', async () => {
    const codes = (await Promise.all([1, 2].map(() => remove(app('credential:delete'))))).map(({ code }) => code ?? '');
    expect(codes.sort()).toEqual(['', 'CREDENTIAL_NOT_FOUND']);
    expect(await events()).toHaveLength(1);
  });

  it('stay when users would remove their own password, which administration may', async () => {
    const id = await password();
    expect((await remove(me('credential:delete:self'), id)).code).toBe('CREDENTIAL_PASSWORD_NEEDED');
    expect((await remove(me('credential:delete'), id)).code).toBe('CREDENTIAL_PASSWORD_NEEDED');
    expect(await types()).toContain('password');
    expect((await remove(app('credential:delete'), id)).errors).toEqual([]);
    expect(await types()).toEqual(['totp']);
  });

  it('are refused to others alike, whether they exist or not', async () => {
    const stranger = (await world.newUser(tenant)).id;
    const other = world.user(tenant, stranger, 'credential:write:self', 'credential:delete:self');
    for (const id of [totp, newId(), 'nonsense']) {
      expect((await rename(other, 'x', id)).code).toBe('FORBIDDEN');
      expect((await remove(other, id)).code).toBe('FORBIDDEN');
    }
    expect((await rename(app(), 'x')).code).toBe('FORBIDDEN');
    expect((await remove(app('credential:write'))).code).toBe('FORBIDDEN');
    expect(await events()).toEqual([]);
  });

  it('are not found in another tenant', async () => {
    const neighbour = await world.tenant();
    const caller = world.app(neighbour, 'credential:write', 'credential:delete');
    for (const id of [totp, 'nonsense']) {
      expect((await rename(caller, 'x', id)).code).toBe('CREDENTIAL_NOT_FOUND');
      expect((await remove(caller, id)).code).toBe('CREDENTIAL_NOT_FOUND');
    }
    expect(await types()).toEqual(['totp']);
  });

  it('are changed by a user who has a second factor only after that was shown, unlike those of users without (check 54)', async () => {
    const stolen = { ...me('credential:write:self', 'credential:delete:self'), amr: ['pwd'] };
    const MOVE = 'mutation ($input: MoveCredentialInput!) { moveCredential(input: $input) { userId } }';
    const CLEAR = 'mutation ($input: RemoveCredentialsInput!) { removeCredentials(input: $input) { userId } }';
    for (const answer of [
      await rename(stolen, 'x'),
      await remove(stolen),
      await world.graphql(stolen, MOVE, { input: { credentialId: totp } }),
      await world.graphql(stolen, CLEAR, { input: { userId, type: 'TOTP' } }),
    ])
      expect(answer.code).toBe('REAUTHENTICATION_REQUIRED');
    expect(await events()).toEqual([]);
    await remove(app('credential:delete'));
    const id = await password();
    expect((await rename(stolen, 'Words', id)).errors).toEqual([]);
  });

  it('are changed by their user only soon after signing in', async () => {
    const authTime = new Date(world.clock.now().getTime() - 24 * 3_600_000);
    const old = { ...me('credential:write:self', 'credential:delete:self'), authTime };
    expect((await rename(old, 'x')).code).toBe('REAUTHENTICATION_REQUIRED');
    expect((await remove(old)).code).toBe('REAUTHENTICATION_REQUIRED');
    const MOVE = 'mutation ($input: MoveCredentialInput!) { moveCredential(input: $input) { userId } }';
    expect((await world.graphql(old, MOVE, { input: { credentialId: totp } })).code).toBe('REAUTHENTICATION_REQUIRED');
    expect(await events()).toEqual([]);
  });
});
