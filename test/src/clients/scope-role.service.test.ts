import { beforeAll, describe, expect, it } from 'vitest';
import type { MapperOwner } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { TENANT_ROLE_CLIENT } from '../../../src/roles/index.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

const NONE = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const KINDS = ['client', 'scope'] as const;

describe.each(KINDS)('scope roles of a %s', (kind) => {
  const tenants = twoTenantsOfSuite();
  const { as } = tenants;
  let acme: TenantRef;
  beforeAll(() => {
    acme = tenants.acme;
  });
  let made = 0;
  const manager = (...scopes: string[]) => as(acme, 'client:write', ...scopes);
  const service = () => tenants.world.services.scopeRoles;
  const newOwner = async (tenant = acme): Promise<MapperOwner> => {
    const { clientScopes } = tenants.world.services;
    if (kind === 'client') return { clientUuid: (await tenants.world.newClient(tenant)).client.id };
    return { clientScopeId: (await clientScopes.create(as(tenant, 'client:write'), { name: `s${made++}` })).id };
  };
  const idOf = (owner: MapperOwner) => ('clientUuid' in owner ? owner.clientUuid : owner.clientScopeId);
  const namesOf = async (owner: MapperOwner, tenant = acme) => {
    const found = await service().rolesOf(tenant.id, kind, [idOf(owner), NONE, 'x']);
    return (found.get(idOf(owner)) ?? []).map(({ name }) => name).sort();
  };
  const changesOf = async (since: number) =>
    (await tenants.world.events(acme)).slice(since).map(({ type, params }) => [type, params['changed']]);
  const count = async () => (await tenants.world.events(acme)).length;

  it('are added and taken away, by id and by name, with an event each; no change is none', async () => {
    const owner = await newOwner();
    const one = await tenants.world.newRole(acme, { name: `one-${kind}` });
    const two = await tenants.world.newRole(acme, { name: `two-${kind}` });
    const before = await count();
    const row = await service().add(manager(), owner, [
      { id: one.id },
      { name: two.name, clientUuid: TENANT_ROLE_CLIENT },
    ]);
    expect([row.client === null, row.clientScope === null]).toEqual([kind !== 'client', kind !== 'scope']);
    await service().add(manager(), owner, [{ id: one.id }]);
    await service().add(manager(), owner, []);
    expect(await namesOf(owner)).toEqual([one.name, two.name].sort());
    await service().remove(manager(), owner, [{ id: one.id }]);
    await service().remove(manager(), owner, [{ id: one.id }]);
    expect(await namesOf(owner)).toEqual([two.name]);
    const updated = [kind === 'client' ? 'client.updated' : 'client_scope.updated', ['scopeRoles']];
    expect(await changesOf(before)).toEqual([updated, updated]);
    await tenants.world.services.roles.delete(tenants.world.system(acme), two.id);
    expect(await namesOf(owner)).toEqual([]);
  });

  it('have the roles inside them among the effective ones, and those of the client itself', async () => {
    const owner = await newOwner();
    const inner = await tenants.world.newRole(acme);
    const outer = await tenants.world.newRole(acme, { childIds: [inner.id] });
    const effective = async (tenant = acme) => {
      const found = await service().effectiveOf(tenant.id, kind, [idOf(owner), NONE, 'x']);
      return (found.get(idOf(owner)) ?? []).map(({ name }) => name);
    };
    expect(await effective()).toEqual([]);
    await service().add(manager(), owner, [{ id: outer.id }]);
    const own = 'clientUuid' in owner ? [(await tenants.world.newRole(acme, owner)).name] : [];
    expect((await effective()).sort()).toEqual([inner.name, outer.name, ...own].sort());
    expect(await effective(tenants.master)).toEqual([]);
  });

  it('are added by callers who hold what the roles give, inside other roles too', async () => {
    const owner = await newOwner();
    const inner = await tenants.world.newRole(acme, { permissions: ['user:write'] });
    const outer = await tenants.world.newRole(acme, { childIds: [inner.id] });
    const add = (...scopes: string[]) => refusalOf(service().add(manager(...scopes), owner, [{ id: outer.id }]));
    expect(await add()).toBe('PERMISSION_ESCALATION');
    expect(await namesOf(owner)).toEqual([]);
    expect(await add('user:write')).toBeNull();
    // Tokens of the client now act with the role, so it is guarded like accounts that may do more than the caller.
    const remove = (...scopes: string[]) => refusalOf(service().remove(manager(...scopes), owner, [{ id: outer.id }]));
    expect(await remove()).toBe(kind === 'client' ? 'FORBIDDEN' : null);
    expect(await remove('user:write')).toBeNull();
  });

  it('are added all or none, and are at most 200', async () => {
    const owner = await newOwner();
    const roles: { id: string }[] = [];
    for (let n = 0; n < 201; n++) roles.push({ id: (await tenants.world.newRole(acme)).id });
    const first = roles.slice(0, 200);
    expect(await faultsOf(() => service().add(manager(), owner, [first[0]!, { id: NONE }]))).toEqual([
      'ROLE_NOT_FOUND',
      'input.roles.1 ROLE_NOT_FOUND',
    ]);
    expect(await faultsOf(() => service().add(manager(), owner, roles))).toEqual([
      'INVALID_INPUT',
      'input.roles LIST_TOO_LONG',
    ]);
    expect(await namesOf(owner)).toEqual([]);
    await service().add(manager(), owner, first);
    expect(await refusalOf(service().add(manager(), owner, [roles[200]!]))).toBe('SCOPE_ROLE_LIMIT');
    expect(await namesOf(owner)).toHaveLength(200);
  });

  it('lose no change that is made at the same moment', async () => {
    const owner = await newOwner();
    const roles = await Promise.all([1, 2, 3].map(() => tenants.world.newRole(acme)));
    await Promise.all(roles.map(({ id }) => service().add(manager(), owner, [{ id }])));
    expect(await namesOf(owner)).toHaveLength(3);
  });

  it('of another tenant are neither shown nor changed, and its roles are not found', async () => {
    const theirs = await newOwner(tenants.master);
    const foreign = await tenants.world.newRole(tenants.master);
    await service().add(as(tenants.master, 'client:write'), theirs, [{ id: foreign.id }]);
    const mine = await tenants.world.newRole(acme);
    const missing = kind === 'client' ? 'NOT_FOUND' : 'CLIENT_SCOPE_NOT_FOUND';
    for (const change of ['add', 'remove'] as const) {
      expect(await refusalOf(service()[change](manager(), theirs, [{ id: mine.id }]))).toBe(missing);
      expect(await refusalOf(service()[change](manager(), await newOwner(), [{ id: foreign.id }]))).toBe(
        'ROLE_NOT_FOUND',
      );
    }
    expect(await namesOf(theirs)).toEqual([]);
    expect(await namesOf(theirs, tenants.master)).toEqual([foreign.name]);
  });
});
