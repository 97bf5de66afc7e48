import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { totpCode, wrongTotpCode } from '../../support/totp.ts';
import { World } from '../../support/world.ts';

const BEGIN = 'mutation ($input: BeginTotpEnrolmentInput!) { beginTotpEnrolment(input: $input) { secret uri qrCode } }';
const ATTACH =
  'mutation ($input: AttachTotpInput!) { attachTotp(input: $input) { userId credential { id ordinal label data } } }';
const DETACH = 'mutation ($input: DetachTotpInput!) { detachTotp(input: $input) { userId credential { ordinal } } }';
const LIST =
  'query ($user: ID!, $type: CredentialType) { credentials(userId: $user, type: $type) { userId type ordinal } }';

describe('code apps over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
  });
  afterAll(() => world.close());

  const me = (...scopes: string[]) => world.userOfTwoFactors(tenant, user.id, ...scopes);
  const app = (...scopes: string[]) => world.app(tenant, ...scopes);
  const globalId = () => `usr~${tenant.route}~${user.id}`;
  const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const code = (secret = SECRET) => totpCode(secret, world.clock.now());
  const attach = (caller = me('credential:write:self'), over: object = {}) =>
    world.graphql(caller, ATTACH, { input: { userId: user.id, secret: SECRET, code: code(), ...over } });

  it('are enrolled, listed and detached with only native scopes of the caller’s own account', async () => {
    const begun = await world.graphql(me('credential:write:self'), BEGIN, { input: { userId: globalId() } });
    const { secret, uri, qrCode } = begun.data.beginTotpEnrolment;
    expect(uri).toContain(`secret=${secret}`);
    expect(qrCode).toMatch(/^iVBORw0KGgo/);
    const attached = await attach(undefined, { secret, code: code(secret), name: 'Phone' });
    expect(attached.errors).toEqual([]);
    expect(attached.data.attachTotp).toMatchObject({
      userId: user.id,
      credential: { id: expect.stringMatching(/^crd~/), ordinal: 1, label: 'Phone', data: { digits: 6 } },
    });
    const all = await world.graphql(me('credential:read:self'), LIST, { user: user.id, type: 'TOTP' });
    expect(all.data.credentials).toEqual([{ userId: user.id, type: 'TOTP', ordinal: 1 }]);
    const others = await world.graphql(me('credential:read:self'), LIST, { user: user.id, type: 'PASSWORD' });
    expect(others.data.credentials).toEqual([]);
    const input = { credentialId: attached.data.attachTotp.credential.id };
    const detached = await world.graphql(me('credential:delete:self', 'credential:read:self'), DETACH, { input });
    expect(detached.data.detachTotp).toEqual({ userId: user.id, credential: { ordinal: 1 } });
  });

  it('are detached by number, and the answer shows no credential to callers who may not read them', async () => {
    await attach();
    const { data, code: refusal } = await world.graphql(app('credential:delete'), DETACH, {
      input: { userId: globalId(), ordinal: 1 },
    });
    expect(data.detachTotp).toEqual({ userId: user.id, credential: null });
    expect(refusal).toBe('FORBIDDEN');
    const again = await world.graphql(app('credential:delete'), DETACH, { input: { userId: user.id, ordinal: 1 } });
    expect(again.code).toBe('TOTP_NOT_FOUND');
  });

  it('require exactly one target', async () => {
    const credential = `crd~${tenant.route}~x`;
    for (const input of [
      {},
      { userId: user.id },
      { userId: user.id, credentialId: credential },
      { userId: user.id, credentialId: credential, ordinal: 1 },
      { credentialId: globalId() },
    ]) {
      expect((await world.graphql(app('credential:delete'), DETACH, { input })).code).toBe('INVALID_INPUT');
    }
  });

  it('are refused with codes and paths', async () => {
    const wrong = await attach(undefined, { code: wrongTotpCode(SECRET, world.clock.now()) });
    expect(wrong.code).toBe('TOTP_CODE_WRONG');
    const bad = await attach(undefined, { secret: '!' });
    expect(bad.errors[0]?.extensions).toMatchObject({
      code: 'TOTP_SECRET_INVALID',
      fields: [{ path: 'input.secret' }],
    });
  });

  it('cannot be guessed in bulk by aliases in one document (check 58)', async () => {
    const one = `attachTotp(input: { userId: "${user.id}", secret: "${SECRET}", code: "${code()}" }) { userId }`;
    const { data, code: refusal } = await world.graphql(
      me('credential:write:self'),
      `mutation { a: ${one} b: ${one} }`,
    );
    expect([data, refusal]).toEqual([null, 'TOTP_CODE_WRONG']);
    expect(await world.stores.credentials.secondFactorMethods(tenant.id, user.id)).toEqual([]);
  });

  it('refuse callers without the permission, other users, and callers of other tenants', async () => {
    const other = await world.tenant();
    const input = { userId: user.id };
    const codeOf = async (...args: Parameters<World['graphql']>) => (await world.graphql(...args)).code;
    expect(await codeOf(app('credential:read'), BEGIN, { input })).toBe('FORBIDDEN');
    expect(await codeOf(world.user(tenant, 'somebody', 'credential:write:self'), BEGIN, { input })).toBe('FORBIDDEN');
    expect(await codeOf(world.app(other, 'credential:write'), BEGIN, { input })).toBe('USER_NOT_FOUND');
    expect(await codeOf(world.app(other, 'credential:write'), BEGIN, { input: { userId: globalId() } })).toBe(
      'FORBIDDEN',
    );
    expect((await attach(app('credential:read'))).code).toBe('FORBIDDEN');
    expect(await codeOf(app('credential:write'), DETACH, { input: { ...input, ordinal: 1 } })).toBe('FORBIDDEN');
  });
});

describe('the state of an account over GraphQL', () => {
  const STATE = 'query ($user: ID!) { accountState(userId: $user) { name checkedAt lockedAt exemptUntil } }';
  const EXEMPT =
    'mutation ($input: ExemptAccountInput!) { exemptAccount(input: $input) { accountState { name exemptUntil } } }';

  it('is read and set with only its native scopes', async () => {
    const world = await World.open();
    const tenant = await world.tenant();
    const { id } = await world.newUser(tenant);
    const reader = world.app(tenant, 'account-state:read');
    expect((await world.graphql(reader, STATE, { user: id })).data.accountState).toEqual({
      name: 'INITIAL',
      checkedAt: null,
      lockedAt: null,
      exemptUntil: null,
    });
    const exemptUntil = new Date(world.clock.now().getTime() + 60_000).toISOString();
    const writer = world.app(tenant, 'account-state:write');
    const done = await world.graphql(writer, EXEMPT, { input: { userId: id, exemptUntil } });
    expect([done.errors, done.data.exemptAccount.accountState]).toEqual([[], { name: 'UNTOUCHABLE', exemptUntil }]);
    const self = world.user(tenant, id, 'account-state:read:self');
    expect((await world.graphql(self, STATE, { user: id })).data.accountState.name).toBe('UNTOUCHABLE');
    const stranger = world.user(tenant, 'somebody', 'account-state:read:self');
    expect((await world.graphql(stranger, STATE, { user: id })).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(tenant, 'auth-mode:read'), STATE, { user: id })).code).toBe('FORBIDDEN');
    expect((await world.graphql(reader, EXEMPT, { input: { userId: id } })).code).toBe('FORBIDDEN');
    expect((await world.graphql(reader, STATE, { user: 'nobody' })).code).toBe('USER_NOT_FOUND');
    await world.close();
  });
});
