import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, everyPermission, formatScope } from '../../../src/access/index.ts';
import { kernelErrors, type TenantRef } from '../../../src/kernel/index.ts';
import { GuardedAccounts } from '../../../src/roles/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('guarded accounts', () => {
  let world: World;
  let master: TenantRef;
  let statements = 0;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase(() => (statements += 1)));
    master = await world.tenant({ name: 'master' });
  });
  afterAll(() => world.close());

  const as = (tenant: TenantRef, ...scopes: string[]) => new Authority(world.app(tenant, ...scopes), tenant, 'tenant');
  const asAll = (tenant: TenantRef, ...scopes: string[]) => new Authority(world.app(master, ...scopes), tenant, 'all');
  const EVERYTHING = everyPermission('all').map(formatScope);
  const builtin = async (tenant: TenantRef, name: string) =>
    (await world.stores.roleStore.findBuiltin(tenant.id, [name]))[0]!.id;
  const administrator = async (tenant: TenantRef, role: string) => {
    const { id } = await world.newUser(tenant);
    await world.grantRole(tenant, { roleId: await builtin(tenant, role), holderKind: 'user', holderId: id });
    return id;
  };

  it('may be changed only by callers whose permission reaches all tenants, and by themselves', async () => {
    const { guarded } = world.services;
    const id = await administrator(master, 'administrator');
    const plain = await world.newUser(master);
    expect(await refusalOf(guarded.assertMayChange(as(master, 'user:write'), 'user', id))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(guarded.assertMayChange(as(master, 'user:write'), 'user', [plain.id, id]))).toBe(
      'ACCOUNT_GUARDED',
    );
    expect(await refusalOf(guarded.assertMayChange(as(master, 'user:write'), 'user', plain.id))).toBeNull();
    expect(await refusalOf(guarded.assertMayChange(asAll(master, 'user:write:all'), 'user', id))).toBe('FORBIDDEN');
    expect(await refusalOf(guarded.assertMayChange(asAll(master, ...EVERYTHING), 'user', id))).toBeNull();
    const self = (caller: string) => new Authority(world.user(master, caller, 'user:write:self'), master, 'self');
    expect(await refusalOf(guarded.assertMayChange(self(id), 'user', id))).toBeNull();
    expect(await refusalOf(guarded.assertMayChange(self(plain.id), 'user', id))).toBe('ACCOUNT_GUARDED');
  });

  it('are left out of many, but no fault leaves one out', async () => {
    const { guarded } = world.services;
    const [strong, plain] = [await administrator(master, 'administrator'), (await world.newUser(master)).id];
    expect(await guarded.changeableAmong(as(master, 'user:write'), [strong, plain])).toEqual([plain]);
    expect(await guarded.changeableAmong(asAll(master, 'user:write:all'), [strong, plain])).toEqual([plain]);
    const heldBy = () => Promise.reject(kernelErrors.SERVICE_UNAVAILABLE());
    const failing = new GuardedAccounts({ permissions: { heldBy } } as never);
    failing.findServiceAccountsBy(async () => []);
    expect(await refusalOf(failing.changeableAmong(as(master), [plain]))).toBe('SERVICE_UNAVAILABLE');
  });

  it('include clients whose role or scope reaches all tenants', async () => {
    const { guarded } = world.services;
    const { client } = await world.newClient(master);
    expect(await refusalOf(guarded.assertMayChange(as(master), 'client', client.id))).toBeNull();
    await world.services.clients.update(world.system(master), client.id, {
      scopes: [{ name: 'user:read:all', isDefault: false }],
    });
    expect(await refusalOf(guarded.assertMayChange(as(master), 'client', client.id))).toBe('ACCOUNT_GUARDED');
    const other = (await world.newClient(master)).client;
    const roleId = await builtin(master, 'administrator');
    await world.grantRole(master, { roleId, holderKind: 'client', holderId: other.id });
    expect(await refusalOf(guarded.assertMayChange(as(master), 'client', other.id))).toBe('ACCOUNT_GUARDED');
  });

  describe('inside one tenant', () => {
    let acme: TenantRef;
    beforeAll(async () => {
      acme = await world.tenant();
    });

    /** Holders of permissions through a role, in each possible way. */
    const holders = {
      'a user': async (roleId: string) => {
        const { id } = await world.newUser(acme);
        await world.grantRole(acme, { roleId, holderKind: 'user', holderId: id });
        return { kind: 'user' as const, id };
      },
      'a user through a role inside another': async (roleId: string) => {
        const { id } = await world.newUser(acme);
        const outer = await world.newRole(acme, { childIds: [roleId] });
        await world.grantRole(acme, { roleId: outer.id, holderKind: 'user', holderId: id });
        return { kind: 'user' as const, id };
      },
      'a user through the parent of a group': async (roleId: string) => {
        const { id } = await world.newUser(acme);
        const parent = await world.newGroup(acme);
        const group = await world.newGroup(acme, { parentId: parent.id });
        await world.grantRole(acme, { roleId, holderKind: 'group', holderId: parent.id });
        await world.services.groupMembers.add(world.system(acme), group.id, [id]);
        return { kind: 'user' as const, id };
      },
      'a group': async (roleId: string) => {
        const { id } = await world.newGroup(acme);
        await world.grantRole(acme, { roleId, holderKind: 'group', holderId: id });
        return { kind: 'group' as const, id };
      },
      'a client through a role': async (roleId: string) => {
        const { id } = (await world.newClient(acme)).client;
        await world.grantRole(acme, { roleId, holderKind: 'client', holderId: id });
        return { kind: 'client' as const, id };
      },
      'a client by its own permissions': async () => {
        const { client } = await world.newClient(acme, { permissions: ['user:read', 'session:revoke'] });
        return { kind: 'client' as const, id: client.id };
      },
      'a client by its scopes': async () => {
        const scopes = ['user:read', 'session:revoke'].map((name) => ({ name, isDefault: false }));
        return { kind: 'client' as const, id: (await world.newClient(acme, { scopes })).client.id };
      },
    };

    it.each(Object.entries(holders))('%s is changed only by callers who hold all that it holds', async (_, make) => {
      const role = await world.newRole(acme, { permissions: ['user:read', 'session:revoke'] });
      const { kind, id } = await make(role.id);
      const outcome = (...scopes: string[]) =>
        refusalOf(world.services.guarded.assertMayChange(as(acme, ...scopes), kind, id));
      expect(await outcome('user:write', 'session:revoke')).toBeNull();
      expect(await outcome('user:read')).toBe('FORBIDDEN');
      expect(await outcome('user:delete', 'session:read', 'session:revoke')).toBe('FORBIDDEN');
      const { guarded } = world.services;
      expect(await refusalOf(guarded.assertMayChange(asAll(acme, 'user:write:all'), kind, id))).toBe('FORBIDDEN');
      const everywhere = asAll(acme, 'user:read:all', 'session:revoke:all');
      expect(await refusalOf(guarded.assertMayChange(everywhere, kind, id))).toBeNull();
    });

    it('ignores permissions with reach self, and accounts without roles', async () => {
      const { guarded } = world.services;
      const role = await world.newRole(acme, { permissions: ['user:write:self', 'password:change:self'] });
      const { id } = await world.newUser(acme);
      await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: id });
      expect(await refusalOf(guarded.assertMayChange(as(acme), 'user', id))).toBeNull();
      const plain = await world.newUser(acme);
      expect(await refusalOf(guarded.assertMayChange(as(acme), 'user', plain.id))).toBeNull();
      expect(await refusalOf(guarded.assertMayChange(as(acme), 'user', 'nobody'))).toBeNull();
    });

    it("leaves users their own account, whatever their token holds, and not that of a neighbour's namesake", async () => {
      const { guarded } = world.services;
      const id = await administrator(acme, 'tenant-administrator');
      const own = new Authority(world.user(acme, id, 'user:write'), acme, 'tenant');
      expect(await refusalOf(guarded.assertMayChange(own, 'user', id))).toBeNull();
      const namesake = new Authority(world.user(master, id, 'user:write:all'), acme, 'all');
      expect(await refusalOf(guarded.assertMayChange(namesake, 'user', id))).toBe('FORBIDDEN');
    });

    it('asks for each of many, and refuses them all for one', async () => {
      const { guarded } = world.services;
      const strong = await administrator(acme, 'tenant-administrator');
      const plain = await world.newUser(acme);
      const may = (ids: string[]) => refusalOf(guarded.assertMayChange(as(acme, 'user:write'), 'user', ids));
      expect(await may([plain.id, strong])).toBe('FORBIDDEN');
      expect(await may([plain.id, 'nobody'])).toBeNull();
      expect(await may([])).toBeNull();
    });
  });

  it('with a role on another tenant may be changed by those who hold it for all tenants', async () => {
    const { guarded } = world.services;
    const acme = await world.tenant();
    const role = await world.newRole(master, { permissions: ['user:read'] });
    const { id } = await world.newUser(master);
    const onTenant = acme.name;
    await world.grantRole(master, { roleId: role.id, holderKind: 'user', holderId: id, onTenant });
    const may = (authority: Authority) => refusalOf(guarded.assertMayChange(authority, 'user', id));
    expect(await may(as(master, 'user:read'))).toBe('ACCOUNT_GUARDED');
    expect(await may(asAll(master, 'user:read', 'group:read:all'))).toBe('FORBIDDEN');
    expect(await may(asAll(master, 'user:read:all'))).toBeNull();
  });

  it('keep the roles of a client that somebody has on another tenant', async () => {
    const { guarded } = world.services;
    const acme = await world.tenant();
    const { client } = await world.newClient(master, {});
    const role = await world.newRole(master, { clientUuid: client.id, permissions: ['user:read'] });
    const may = (authority: Authority) => refusalOf(guarded.assertMayTouchRolesOf(authority, client.id));
    expect(await may(as(master))).toBeNull();
    const holder = { holderKind: 'user', holderId: (await world.newUser(master)).id } as const;
    await world.grantRole(master, { roleId: role.id, ...holder, onTenant: acme.name });
    expect(await may(as(master))).toBe('ACCOUNT_GUARDED');
    expect(await may(asAll(master))).toBeNull();
  });

  describe('cost', () => {
    const cost = async (work: () => Promise<unknown>): Promise<number> => {
      const before = statements;
      await work();
      return statements - before;
    };

    it('two reads for an account that holds nothing, remembered outside transactions', async () => {
      const { guarded } = world.services;
      const { id } = await world.newUser(master);
      const ask = () => guarded.assertMayChange(as(master, 'user:write'), 'user', id);
      expect(await cost(ask)).toBe(2);
      expect(await cost(ask)).toBe(0);
    });

    it('two reads in a transaction, however often it is needed there', async () => {
      const { guarded } = world.services;
      const { id } = await world.newUser(master);
      const ask = () => guarded.assertMayChange(as(master, 'user:write'), 'user', id);
      const inTransaction = (times: number) =>
        cost(() =>
          world.db.transaction(async () => {
            for (let i = 0; i < times; i++) await ask();
          }),
        );
      const idle = await inTransaction(0);
      expect(await inTransaction(1)).toBe(idle + 2);
      expect(await inTransaction(3)).toBe(idle + 2);
    });

    it('nothing for callers who hold everything, and for the service itself', async () => {
      const { guarded } = world.services;
      const id = await administrator(master, 'administrator');
      for (const authority of [asAll(master, ...EVERYTHING), world.system(master)])
        expect(await cost(() => guarded.assertMayChange(authority, 'user', id))).toBe(0);
    });

    it('the same for one account as for many', async () => {
      const { guarded } = world.services;
      const ids = await Promise.all(Array.from({ length: 20 }, async () => (await world.newUser(master)).id));
      expect(await cost(() => guarded.assertMayChange(as(master, 'user:write'), 'user', ids))).toBe(2);
    });
  });

  describe('the last administrator of all tenants', () => {
    it('cannot be ended; disabled users and clients do not count as others', async () => {
      const world = await World.open();
      const master = await world.tenant({ name: 'master' });
      const roleId = (await world.stores.roleStore.findBuiltin(master.id, ['administrator']))[0]!.id;
      const give = async (holderKind: 'user' | 'client', holderId: string) =>
        world.grantRole(master, { roleId, holderKind, holderId });
      const first = await world.newUser(master);
      const disabled = await world.newUser(master);
      await give('user', first.id);
      await give('user', disabled.id);
      await give('client', (await world.newClient(master)).client.id);
      await world.services.users.setEnabled(world.system(master), disabled.id, false);
      const { guarded } = world.services;
      const all = new Authority(world.app(master, ...EVERYTHING), master, 'all');
      const end = (id: string) => refusalOf(world.db.transaction(() => guarded.assertMayEnd(all, id)));
      expect(await end(first.id)).toBe('ADMINISTRATOR_LAST');
      expect(await end(disabled.id)).toBeNull();
      await give('user', (await world.newUser(master)).id);
      expect(await end(first.id)).toBeNull();
      await world.close();
    });

    it('stays through every way in which the role could be lost', async () => {
      const world = await World.open();
      const master = await world.tenant({ name: 'master' });
      const { groupMembers, groups, roleGrants, roles } = world.services;
      const roleId = (await world.stores.roleStore.findBuiltin(master.id, ['administrator']))[0]!.id;
      const all = world.system(master);
      const { id } = await world.newUser(master);
      const wrapper = await world.newRole(master, { name: 'wrapper', childIds: [roleId] });
      const top = await world.newGroup(master, { name: 'top' });
      const sub = await world.newGroup(master, { name: 'sub', parentId: top.id });
      const lending = { roleId: wrapper.id, holderKind: 'group' as const, holderId: top.id };
      await roleGrants.grant(all, lending);
      await groupMembers.add(all, sub.id, [id]);
      for (const attempt of [
        () => roleGrants.revoke(all, lending),
        () => roles.delete(all, wrapper.id),
        () => roles.update(all, wrapper.id, { removeChildIds: [roleId] }),
        () => groups.delete(all, top.id),
        () => groups.delete(all, sub.id),
        () => groups.update(all, sub.id, { parentId: null }),
        () => groupMembers.remove(all, sub.id, [id]),
      ]) {
        expect(await refusalOf(attempt())).toBe('ADMINISTRATOR_LAST');
      }
      expect((await world.services.rolePermissions.ofUser(master.id, id)).reachOf('tenant:create')).toBe('all');
      await roleGrants.grant(all, { roleId, holderKind: 'user', holderId: (await world.newUser(master)).id });
      expect(await refusalOf(roleGrants.revoke(all, lending))).toBeNull();
      await world.close();
    });
  });

  describe('the last administrator of a tenant that protects it', () => {
    const NAMES = ['tenant-administrator', 'admin', 'digitanium_admin', 'realm-admin'];
    const PAIRS = NAMES.flatMap((name) => NAMES.map((other) => [name, other] as const));
    const careful = () => world.tenant({ template: 'realm', settings: { protectLastAdmin: true } });
    const revoke = async (tenant: TenantRef, roleId: string, holderId: string) =>
      refusalOf(world.services.roleGrants.revoke(world.system(tenant), { roleId, holderKind: 'user', holderId }));

    it.each(PAIRS)('is one by any builtin role: %s may go while %s is there', async (name, other) => {
      const tenant = await careful();
      const { endAccess } = world.services;
      const first = await administrator(tenant, name);
      const [roleId, otherId] = [await builtin(tenant, name), await builtin(tenant, other)];
      expect(await revoke(tenant, roleId, first)).toBe('ADMINISTRATOR_LAST');
      expect(await refusalOf(endAccess.delete(world.system(tenant), first))).toBe('ADMINISTRATOR_LAST');
      const second = await administrator(tenant, other);
      expect(await revoke(tenant, roleId, first)).toBeNull();
      expect(await revoke(tenant, otherId, second)).toBe('ADMINISTRATOR_LAST');
      expect(await refusalOf(endAccess.setEnabled(world.system(tenant), second, false))).toBe('ADMINISTRATOR_LAST');
    });

    it('is none by a role that the tenant made itself, whatever it gives', async () => {
      const tenant = await world.tenant({ settings: { protectLastAdmin: true } });
      const first = await administrator(tenant, 'tenant-administrator');
      const roleId = await builtin(tenant, 'tenant-administrator');
      const permissions = everyPermission('tenant').map(formatScope);
      const own = await world.newRole(tenant, { name: 'admin', permissions });
      const { id: holderId } = await world.newUser(tenant);
      await world.grantRole(tenant, { roleId: own.id, holderKind: 'user', holderId });
      expect(await revoke(tenant, roleId, first)).toBe('ADMINISTRATOR_LAST');
      expect(await revoke(tenant, own.id, holderId)).toBeNull();
    });
  });

  it('protects the last administrator of all tenants by either role that makes one', async () => {
    const world = await World.open();
    const master = await world.tenant({ name: 'master' });
    const { administration, endAccess, roleGrants } = world.services;
    const system = world.system(master);
    const [promoted, other] = [(await world.newUser(master)).id, (await world.newUser(master)).id];
    await administration.promote(system, promoted);
    expect(await refusalOf(administration.demote(system, promoted))).toBe('ADMINISTRATOR_LAST');
    expect(await refusalOf(endAccess.delete(system, promoted))).toBe('ADMINISTRATOR_LAST');
    const give = async (name: string) => {
      const [role] = await world.stores.roleStore.findBuiltin(master.id, [name]);
      await world.grantRole(master, { roleId: role!.id, holderKind: 'user', holderId: other });
      return { roleId: role!.id, holderKind: 'user' as const, holderId: other };
    };
    // This role gives everything in master alone.
    const local = await give('digitanium_admin');
    expect(await refusalOf(administration.demote(system, promoted))).toBe('ADMINISTRATOR_LAST');
    expect(await refusalOf(roleGrants.revoke(system, local))).toBeNull();
    const global = await give('administrator');
    expect(await refusalOf(administration.demote(system, promoted))).toBeNull();
    expect(await refusalOf(roleGrants.revoke(system, global))).toBe('ADMINISTRATOR_LAST');
    await world.close();
  });

  it('protects the last administrator of a tenant only where the tenant wants it', async () => {
    const { guarded, roleGrants } = world.services;
    const outcome = async (template: 'native' | 'image') => {
      const tenant = await world.tenant({ template });
      const holderId = await administrator(tenant, 'tenant-administrator');
      const roleId = await builtin(tenant, 'tenant-administrator');
      const peer = asAll(tenant, ...EVERYTHING);
      const ended = await refusalOf(world.db.transaction(() => guarded.assertMayEnd(peer, holderId)));
      const revoked = await refusalOf(roleGrants.revoke(peer, { roleId, holderKind: 'user', holderId }));
      return [ended, revoked];
    };
    expect(await outcome('native')).toEqual([null, null]);
    expect(await outcome('image')).toEqual(['ADMINISTRATOR_LAST', 'ADMINISTRATOR_LAST']);
  });
});
