import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anonymousCaller, type Caller } from '../../../src/access/index.ts';
import { mintHandle } from '../../../src/crypto/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { redeemTicket } from '../../support/image-flows.ts';
import { keepsPasskeys, PasskeyBrowser } from '../../support/passkeys.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const BEGIN = `mutation ($attachment: PasskeyAttachment, $kind: WebauthnKind) {
  beginPasskeyRegistration(input: { attachment: $attachment, kind: $kind }) { options }
}`;
const ADD =
  'mutation ($input: AddPasskeyInput!) { addPasskey(input: $input) { userId passkey { credentialId kind label transports attachment isBackedUp lastUsedAt } } }';
const SIGN_IN = `mutation ($tenant: String, $identifier: String!) {
  beginPasskeySignIn(input: { tenant: $tenant, identifier: $identifier }) { options }
}`;
const PROVE =
  'mutation ($input: SignInWithPasskeyInput!) { signInWithPasskey(input: $input) { ticket isEmailConfirmationNeeded } }';
const ORIGINS = 'query ($tenant: String) { passkeyOrigins(tenant: $tenant) }';
const OWN = 'query ($kind: WebauthnKind) { ownPasskeys(kind: $kind) { credentialId label createdAt } }';
const RENAME = 'mutation ($input: RenameCredentialInput!) { renameCredential(input: $input) { credential { label } } }';
const REMOVE = 'mutation ($input: RemoveCredentialInput!) { removeCredential(input: $input) { credential { id } } }';

describe('passkeys over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: PasskeyBrowser;
  beforeAll(async () => {
    world = await World.open();
    const settings = { isPasskeyEnabled: true, passkeyOrigins: ['https://app.example.com'] };
    tenant = await world.tenant({ settings: settings as never });
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
    browser = new PasskeyBrowser();
  });
  afterAll(() => world.close());

  const SCOPES = ['credential:read:self', 'credential:write:self', 'credential:delete:self'];
  const me = (...scopes: string[]) => world.userOfTwoFactors(tenant, user.id, ...(scopes.length > 0 ? scopes : SCOPES));
  const nobody = anonymousCaller(TEST_ORIGIN);
  const options = async (caller: Caller, asked: { attachment?: string; kind?: string } = {}) => {
    const { data, errors } = await world.graphql(caller, BEGIN, asked);
    expect(errors).toEqual([]);
    return data.beginPasskeyRegistration.options;
  };
  const make = async (caller: Caller, kind?: string) => {
    const { attachment, ...made } = browser.create(await options(caller, kind === undefined ? {} : { kind }));
    return { ...made, attachment: attachment === null ? null : 'PLATFORM' };
  };
  const register = async (caller = me()) => {
    const { data, errors } = await world.graphql(caller, ADD, { input: await make(caller) });
    expect(errors).toEqual([]);
    return data.addPasskey;
  };
  const assertion = async () => {
    const { data } = await world.graphql(nobody, SIGN_IN, { tenant: tenant.name, identifier: user.username });
    const given = browser.get(data.beginPasskeySignIn.options);
    return { tenant: tenant.name, identifier: user.username, ...given };
  };

  it('are added by their users, listed, renamed and removed', async () => {
    const { credentialId: id, ...passkey } = (await register()).passkey;
    const shown = {
      kind: 'PASSKEY',
      label: 'Phone',
      transports: ['usb'],
      attachment: 'PLATFORM',
      isBackedUp: false,
      lastUsedAt: null,
    };
    expect(passkey).toEqual(shown);
    const listed = { credentialId: id, label: 'Phone', createdAt: world.clock.now().toISOString() };
    for (const caller of [me(), world.user(tenant, user.id, 'user:read:self')])
      expect((await world.graphql(caller, OWN)).data.ownPasskeys).toEqual([listed]);
    const renamed = await world.graphql(me(), RENAME, { input: { credentialId: id, label: 'Key' } });
    expect(renamed.data.renameCredential).toEqual({ credential: { label: 'Key' } });
    const removed = await world.graphql(me(), REMOVE, { input: { credentialId: id } });
    expect(removed.data.removeCredential).toEqual({ credential: { id } });
    expect((await world.graphql(me(), OWN)).data.ownPasskeys).toEqual([]);
  });

  it('are security keys where these are asked for, listed with passkeys or alone, and removed in the same way', async () => {
    const caller = me();
    const add = async (input: object) => {
      const { data, errors } = await world.graphql(caller, ADD, { input });
      expect(errors).toEqual([]);
      return data.addPasskey.passkey;
    };
    const own = async (kind?: string) =>
      (await world.graphql(me(), OWN, { kind })).data.ownPasskeys.map(
        ({ credentialId }: { credentialId: string }) => credentialId,
      );
    const key = await add({ ...(await make(caller, 'SECURITY_KEY')), kind: 'SECURITY_KEY' });
    expect(key).toMatchObject({ kind: 'SECURITY_KEY', label: 'Phone' });
    const passkey = await add({ ...(await make(caller, 'PASSKEY')), kind: 'PASSKEY' });
    expect(new Set(await own())).toEqual(new Set([key.credentialId, passkey.credentialId]));
    expect(await own('SECURITY_KEY')).toEqual([key.credentialId]);
    expect(await own('PASSKEY')).toEqual([passkey.credentialId]);
    const input = { credentialId: key.credentialId };
    expect((await world.graphql(me(), REMOVE, { input })).data.removeCredential.credential).not.toBe(null);
    expect(await own()).toEqual([passkey.credentialId]);
  });

  it('are of the kind that is wanted', async () => {
    const { authenticatorSelection } = await options(me(), { attachment: 'CROSS_PLATFORM' });
    expect(authenticatorSelection).toMatchObject({ authenticatorAttachment: 'cross-platform' });
  });

  it('need no more than what a browser must send', async () => {
    const caller = me();
    const { id, rawId, clientDataJson, attestationObject } = await make(caller);
    const { data } = await world.graphql(caller, ADD, { input: { id, rawId, clientDataJson, attestationObject } });
    expect(data.addPasskey.passkey).toMatchObject({ label: null, transports: [], attachment: null });
  });

  it('sign their users in, without a credential of the graph', async () => {
    await register();
    const { data } = await world.graphql(nobody, PROVE, { input: await assertion() });
    expect(data.signInWithPasskey).toEqual({
      ticket: expect.stringMatching(/^[\w-]{43}$/),
      isEmailConfirmationNeeded: false,
    });
    const ticket = await redeemTicket(world, tenant, data.signInWithPasskey.ticket, null);
    expect(ticket.userId).toBe(user.id);
  });

  it('sign their users in without a name, for a request', async () => {
    browser = new PasskeyBrowser(keepsPasskeys());
    await register();
    const requestId = mintHandle(tenant.route);
    const begin = `mutation ($tenant: String, $requestId: String) {
      beginPasskeySignIn(input: { tenant: $tenant, requestId: $requestId }) { options }
    }`;
    const begun = await world.graphql(nobody, begin, { tenant: tenant.name, requestId });
    const { options: asked } = begun.data.beginPasskeySignIn;
    expect(asked.allowCredentials).toEqual([]);
    const input = { tenant: tenant.name, requestId, ...browser.get(asked) };
    const { data } = await world.graphql(nobody, PROVE, { input });
    const ticket = await redeemTicket(world, tenant, data.signInWithPasskey.ticket, requestId);
    expect(ticket.userId).toBe(user.id);
  });

  it('may be used by pages of the origins that the tenant names, which everybody may read', async () => {
    const read = (name?: string) => world.graphql(nobody, ORIGINS, { tenant: name });
    expect((await read(tenant.name)).data).toEqual({ passkeyOrigins: ['https://app.example.com'] });
    expect((await read()).code).toBe('TENANT_REQUIRED');
  });

  describe('are refused', () => {
    const add = async (caller: Caller, input: object) => (await world.graphql(caller, ADD, { input })).code;

    it('to those who may not write credentials, and to applications', async () => {
      expect((await world.graphql(me('credential:read:self'), BEGIN)).code).toBe('FORBIDDEN');
      const app = world.app(tenant, 'credential:write', 'credential:read');
      for (const document of [BEGIN, OWN]) expect((await world.graphql(app, document)).code).toBe('FORBIDDEN');
    });

    it('with the reason', async () => {
      const caller = me();
      const made = await make(caller);
      expect(await add(caller, { ...made, attestationObject: 'AAAA' })).toBe('PASSKEY_INVALID');
      await register();
      const first = await make(caller);
      const copy = { attestationObject: first.attestationObject, id: first.id, rawId: first.rawId };
      expect(await add(caller, first)).toBe(undefined);
      expect(await add(caller, { ...(await make(caller)), ...copy })).toBe('PASSKEY_TAKEN');
      for (let i = 2; i < 20; i++) await register();
      expect(await add(caller, await make(caller))).toBe('PASSKEY_LIMIT_REACHED');
      const weak = { ...caller, amr: ['pwd'] };
      expect((await world.graphql(weak, BEGIN)).code).toBe('REAUTHENTICATION_REQUIRED');
      expect(await add(weak, made)).toBe('REAUTHENTICATION_REQUIRED');
      const gone = world.userOfTwoFactors(tenant, 'nobody', ...SCOPES);
      expect((await world.graphql(gone, BEGIN)).code).toBe('USER_NOT_FOUND');
      expect(await add(gone, made)).toBe('USER_NOT_FOUND');
    });

    it('where the tenant has none', async () => {
      const without = await world.tenant();
      const there = world.userOfTwoFactors(without, (await world.newUser(without)).id, ...SCOPES);
      expect((await world.graphql(there, BEGIN)).code).toBe('PASSKEYS_DISABLED');
      expect(await add(there, await make(me()))).toBe('PASSKEYS_DISABLED');
      await register();
      const identifier = user.username;
      expect((await world.graphql(nobody, SIGN_IN, { tenant: without.name, identifier })).code).toBe(
        'PASSKEYS_DISABLED',
      );
      const input = { ...(await assertion()), tenant: without.name };
      expect((await world.graphql(nobody, PROVE, { input })).code).toBe('PASSKEYS_DISABLED');
    });

    it('at a sign-in', async () => {
      await register();
      const given = await assertion();
      const prove = async (input: object) => (await world.graphql(nobody, PROVE, { input })).code;
      expect(await prove({ ...given, signature: 'AAAA' })).toBe('PASSKEY_REFUSED');
      expect(await prove({ ...given, tenant: null })).toBe('TENANT_REQUIRED');
      expect((await world.graphql(nobody, SIGN_IN, { identifier: user.username })).code).toBe('TENANT_REQUIRED');
      const disabled = await assertion();
      await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
      expect(await prove(disabled)).toBe('SIGN_IN_ACCOUNT_DISABLED');
    });

    it('twice in one request, by aliases (check 58)', async () => {
      const caller = me();
      const input = await make(caller);
      const twice = `mutation ($input: AddPasskeyInput!) {
        a: addPasskey(input: $input) { userId } b: addPasskey(input: $input) { userId }
      }`;
      expect((await world.graphql(caller, twice, { input })).code).toBe('PASSKEY_INVALID');
      await register();
      const given = await assertion();
      const proofs = `mutation ($input: SignInWithPasskeyInput!) {
        a: signInWithPasskey(input: $input) { ticket } b: signInWithPasskey(input: $input) { ticket }
      }`;
      expect((await world.graphql(nobody, proofs, { input: given })).code).toBe('PASSKEY_REFUSED');
    });
  });
});
