import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { AccountAccess, ConfigureUser, ProvisionUser } from '../../../src/flows/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type Group, type Role, TENANT_ROLE_CLIENT } from '../../../src/roles/index.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

const PASSWORD = 'three-wombats-at-dawn';
const APP = {
  type: 'otp',
  credentialData: '{"subType":"totp","digits":6,"period":30,"algorithm":"HmacSHA1"}',
  secretData: '{"value":"abcdefghijklmnopqrst"}',
};
const SCOPES = [
  'user:create',
  'user:write',
  'password:set',
  'role-grant:write',
  'group-member:write',
  'auth-mode:write',
];

describe('accounts with their password, roles and groups', () => {
  let world: World;
  let acme: TenantRef;
  let role: Role;
  let group: Group;
  let count = 0;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    role = await world.newRole(acme);
    group = await world.newGroup(acme);
  });
  afterAll(() => world.close());

  const as = (...scopes: string[]) => new Authority(world.app(acme, ...scopes), acme, 'tenant');
  const flow = () => world.services.provisionUser;
  const access = (): AccountAccess => ({
    password: PASSWORD,
    roles: [{ name: role.name, clientUuid: TENANT_ROLE_CLIENT }],
    groups: [{ path: group.path }],
  });
  const stored = (id: string) => world.services.users.findIn(acme.id, id);
  const verifies = (id: string, password = PASSWORD) => world.services.passwords.verify(acme.id, id, password);
  const holds = async (id: string) => {
    const document = 'query ($id: ID!) { user(userId: $id) { roles { name } groups { name } } }';
    const reader = world.app(acme, 'user:read', 'role-grant:read', 'role:read', 'group:read');
    const { data, errors } = await world.graphql(reader, document, { id });
    expect(errors).toEqual([]);
    return data.user;
  };
  const both = () => ({ roles: [{ name: role.name }], groups: [{ name: group.name }] });
  const newAccount = () => world.newUser(acme, { username: `Keel.${++count}`, attributes: { deck: 'upper' } });
  const eventsSince = async (before: number) => (await world.events(acme)).slice(before).map(({ type }) => type);

  describe('are made', () => {
    it('in one transaction, with an event for each thing', async () => {
      const before = (await world.events(acme)).length;
      const user = await flow().provision(as(...SCOPES), { username: `mast${++count}`, ...access() });
      expect(await holds(user.id)).toEqual(both());
      expect(await verifies(user.id)).toBe(true);
      expect((await stored(user.id))!.requiredActions).toEqual([]);
      expect(await eventsSince(before)).toEqual([
        'user.created',
        'credential.added',
        'role_grant.added',
        'group_member.added',
      ]);
    });

    it('without a password, roles and groups where none are given', async () => {
      const before = (await world.events(acme)).length;
      const input = { username: `mast${++count}`, password: null, isPasswordTemporary: true };
      const user = await flow().provision(as('user:create'), input);
      expect(await world.services.passwords.isSetUp(acme.id, user.id)).toBe(false);
      expect((await stored(user.id))!.requiredActions).toEqual([]);
      expect(await eventsSince(before)).toEqual(['user.created']);
    });

    it('with a demand to change a temporary password, named once', async () => {
      const input = { username: `mast${++count}`, password: PASSWORD, isPasswordTemporary: true };
      const user = await flow().provision(as('user:create', 'password:set'), {
        ...input,
        requiredActions: ['UPDATE_PASSWORD', 'TERMS'],
      });
      expect((await stored(user.id))!.requiredActions).toEqual(['UPDATE_PASSWORD', 'TERMS']);
      const other = await flow().provision(as('user:create', 'password:set'), { ...input, username: `mast${++count}` });
      expect((await stored(other.id))!.requiredActions).toEqual(['UPDATE_PASSWORD']);
    });

    it('not at all when a part is refused', async () => {
      const refused = async (authority: Authority, more: AccountAccess): Promise<string | null> => {
        const id = `bilge-${++count}`;
        const before = (await world.events(acme)).length;
        const code = await refusalOf(flow().provision(authority, { id, username: id, ...access(), ...more }));
        expect(await stored(id)).toBeNull();
        expect(await world.events(acme)).toHaveLength(before);
        return code;
      };
      const strong = await world.newRole(acme, { permissions: ['key:rotate'] });
      const all = as(...SCOPES);
      expect(await refused(all, { roles: [{ id: strong.id }] })).toBe('PERMISSION_ESCALATION');
      expect(await refused(all, { roles: [{ name: 'none', clientUuid: TENANT_ROLE_CLIENT }] })).toBe('ROLE_NOT_FOUND');
      expect(await refused(all, { groups: [{ path: group.path }, { path: '/none' }] })).toBe('GROUP_NOT_FOUND');
      expect(await refused(all, { password: 'short' })).toBe('PASSWORD_POLICY');
      const allBut = (left: string) => as(...SCOPES.filter((scope) => scope !== left));
      expect(await refused(allBut('role-grant:write'), {})).toBe('FORBIDDEN');
      expect(await refused(allBut('group-member:write'), {})).toBe('FORBIDDEN');
      expect(await refused(allBut('password:set'), {})).toBe('FORBIDDEN');
    });

    it('with credentials of another service, of which one is the password', async () => {
      const before = (await world.events(acme)).length;
      const all = as(...SCOPES, 'tenant:import', 'credential:write');
      const credentials = [{ type: 'password', value: PASSWORD, temporary: true }, APP];
      const user = await flow().provision(all, { username: `mast${++count}`, credentials });
      expect(await verifies(user.id)).toBe(true);
      expect((await stored(user.id))!.requiredActions).toEqual(['UPDATE_PASSWORD']);
      expect(await eventsSince(before)).toEqual(['user.created', 'credential.added', 'credential.added']);
      const provision = (more: Partial<ProvisionUser>) =>
        faultsOf(() => flow().provision(all, { username: `mast${++count}`, ...more }));
      expect(await provision({ credentials, password: PASSWORD })).toEqual([
        'INVALID_INPUT',
        'input.password DUPLICATE',
      ]);
      expect(await provision({ credentials: [APP, { type: 'card' }] })).toEqual([
        'INVALID_INPUT',
        'input.credentials.1 TYPE_UNKNOWN',
      ]);
      expect(await provision({ credentials: [APP], password: PASSWORD })).toBeNull();
    });

    it('once where two callers use one name at the same moment', async () => {
      const username = `mast${++count}`;
      const make = () =>
        flow()
          .provision(as(...SCOPES), { username, ...access() })
          .then(() => 'made');
      const results = await Promise.all([make(), make()].map((one) => one.catch(({ code }: { code: string }) => code)));
      expect(results.sort()).toEqual(['USER_USERNAME_TAKEN', 'made']);
    });
  });

  describe('are changed', () => {
    const configure = (id: string, change: ConfigureUser, ...scopes: string[]) =>
      flow().configure(as(...(scopes.length === 0 ? SCOPES : scopes)), id, change);

    it('in one transaction; roles and groups are added, and sessions end with a new password', async () => {
      const { id } = await newAccount();
      const other = await world.newRole(acme);
      await world.grantRole(acme, { holderKind: 'user', holderId: id, roleId: other.id });
      await world.signedIn(acme, id);
      const before = (await world.events(acme)).length;
      await configure(id, { givenName: 'Ivo', attributes: { berth: '7' }, replacesAttributes: true, ...access() });
      expect(await stored(id)).toMatchObject({ givenName: 'Ivo', attributes: { berth: '7' }, requiredActions: [] });
      const { roles, groups } = await holds(id);
      expect(roles.map(({ name }: Role) => name).sort()).toEqual([other.name, role.name].sort());
      expect(groups).toEqual([{ name: group.name }]);
      expect(await verifies(id)).toBe(true);
      const types = await eventsSince(before);
      expect(types).toEqual(
        expect.arrayContaining(['user.updated', 'role_grant.added', 'group_member.added', 'password.reset']),
      );
      expect(types).toContain('session.revoked');
    });

    it('twice without an event for what is there already', async () => {
      const { id } = await newAccount();
      const { password: _, ...rest } = access();
      await configure(id, { givenName: 'Ivo', ...rest });
      const before = (await world.events(acme)).length;
      await configure(id, { givenName: 'Ivo', ...rest });
      expect(await world.events(acme)).toHaveLength(before);
    });

    it('and enabled or disabled, which ends the sessions', async () => {
      const { id } = await newAccount();
      await world.signedIn(acme, id);
      const before = (await world.events(acme)).length;
      await configure(id, { enabled: false });
      expect((await stored(id))!.enabled).toBe(false);
      expect(await eventsSince(before)).toEqual(expect.arrayContaining(['user.disabled', 'session.revoked']));
      await configure(id, { enabled: true, familyName: 'Berg' });
      expect(await stored(id)).toMatchObject({ enabled: true, familyName: 'Berg' });
    });

    it.each([
      ['a temporary password', { isPasswordTemporary: true, requiredActions: [] }, ['UPDATE_PASSWORD']],
      ['an action that demands it', { requiredActions: ['TERMS', 'UPDATE_PASSWORD'] }, ['TERMS', 'UPDATE_PASSWORD']],
      ['a lasting password alone', {}, []],
    ])('and have a new password to change after %s', async (_, change, actions) => {
      const { id } = await world.newUser(acme, { requiredActions: ['UPDATE_PASSWORD'] });
      await configure(id, { password: PASSWORD, ...change });
      expect((await stored(id))!.requiredActions).toEqual(actions);
    });

    it('and keep their username, unless the tenant lets it change', async () => {
      const free = await world.tenant();
      await world.services.tenants.updateSettings(world.system(free), { changeUsername: true });
      for (const [tenant, changes] of [
        [acme, false],
        [free, true],
      ] as const) {
        const { id, username } = await world.newUser(tenant);
        const authority = new Authority(world.app(tenant, 'user:write'), tenant, 'tenant');
        await flow().configure(authority, id, { username: 'Helm', givenName: 'Ivo' });
        expect(await world.services.users.findIn(tenant.id, id)).toMatchObject({
          username: changes ? 'Helm' : username,
          givenName: 'Ivo',
        });
      }
    });

    it('and get another username where the change says so', async () => {
      const { id } = await newAccount();
      await configure(id, { username: `Helm.${id}`, canChangeUsername: true }, 'user:write');
      expect((await stored(id))!.username).toBe(`Helm.${id}`);
    });

    it('and lose roles before they get others', async () => {
      const { id } = await newAccount();
      const other = await world.newRole(acme);
      await world.grantRole(acme, { holderKind: 'user', holderId: id, roleId: other.id });
      const before = (await world.events(acme)).length;
      await configure(id, { roles: [{ id: role.id }], removedRoles: [{ id: other.id }, { id: role.id }] });
      expect((await holds(id)).roles).toEqual([{ name: role.name }]);
      expect(await eventsSince(before)).toEqual(['role_grant.removed', 'role_grant.added']);
      expect(await refusalOf(configure(id, { removedRoles: [{ id: role.id }] }, 'user:write'))).toBe('FORBIDDEN');
      await configure(id, { removedRoles: [] }, 'user:write');
      expect((await holds(id)).roles).toEqual([{ name: role.name }]);
    });

    it('only where they have the expected id', async () => {
      const { id } = await newAccount();
      expect(await refusalOf(configure(id, { givenName: 'Ivo', expectedId: 'other' }))).toBe('USER_ID_FIXED');
      expect(await stored(id)).toMatchObject({ givenName: null });
      await configure(id, { givenName: 'Ivo', expectedId: id.toUpperCase() });
      expect(await stored(id)).toMatchObject({ givenName: 'Ivo' });
    });

    it('not at all when a part is refused', async () => {
      const { id } = await newAccount();
      const before = (await world.events(acme)).length;
      const refused = (change: ConfigureUser, ...scopes: string[]) =>
        refusalOf(configure(id, { givenName: 'Ivo', ...access(), ...change }, ...scopes));
      expect(await refused({ groups: [{ path: '/none' }] })).toBe('GROUP_NOT_FOUND');
      expect(await refused({ password: null, roles: [{ id: '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11' }] })).toBe(
        'ROLE_NOT_FOUND',
      );
      expect(await refused({ password: 'short' })).toBe('PASSWORD_POLICY');
      expect(await refused({ email: 'nobody' })).toBe('USER_EMAIL_INVALID');
      expect(
        await refused({ requiredActions: ['TERMS'] }, ...SCOPES.filter((scope) => scope !== 'auth-mode:write')),
      ).toBe('FORBIDDEN');
      for (const missing of ['password:set', 'role-grant:write', 'group-member:write'])
        expect([missing, await refused({}, ...SCOPES.filter((scope) => scope !== missing))]).toEqual([
          missing,
          'FORBIDDEN',
        ]);
      expect(await stored(id)).toMatchObject({ givenName: null });
      expect(await world.services.passwords.isSetUp(acme.id, id)).toBe(false);
      expect(await world.events(acme)).toHaveLength(before);
    });

    it('in their tenant alone', async () => {
      const { id } = await world.newUser(await world.tenant());
      expect(await refusalOf(configure(id, { givenName: 'Ivo' }))).toBe('USER_NOT_FOUND');
      expect(await refusalOf(configure(id, { password: PASSWORD }))).toBe('USER_NOT_FOUND');
    });
  });
});
