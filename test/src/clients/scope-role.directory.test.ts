import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('the roles that a token may have', () => {
  let world: World;
  let acme: TenantRef;
  const statements: string[] = [];
  const ids = new Map<string, string>();
  const newRole = async (name: string, more: object = {}) => {
    const { id } = await world.newRole(acme, { name, ...more });
    ids.set(name, id);
    return id;
  };
  const allow = (owner: { clientUuid: string } | { clientScopeId: string }, name: string) =>
    world.services.scopeRoles.add(world.system(acme), owner, [{ id: ids.get(name)! }]);
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((sql) => statements.push(sql)));
    acme = await world.tenant();
    await newRole('inner');
    await newRole('outer', { childIds: [ids.get('inner')!] });
    for (const name of ['asked', 'elsewhere', 'alone', 'late']) await newRole(name);
    for (const name of ['always', 'optional', 'other']) {
      const scope = await world.services.clientScopes.create(world.system(acme), { name });
      ids.set(`scope ${name}`, scope.id);
    }
    const scopes = ['always', 'optional'].map((name) => ({ name, isDefault: name === 'always' }));
    const { client } = await world.newClient(acme, { clientId: 'app', scopes });
    ids.set('client', client.id);
    await newRole('own', { clientUuid: client.id });
    await allow({ clientUuid: client.id }, 'alone');
    await allow({ clientScopeId: ids.get('scope always')! }, 'outer');
    await allow({ clientScopeId: ids.get('scope optional')! }, 'asked');
    await allow({ clientScopeId: ids.get('scope other')! }, 'elsewhere');
    await world.newClient(acme, { clientId: 'full', fullRoleScope: true });
  });
  afterAll(() => world.close());

  const allowed = async (clientId: string, ...scopes: string[]) => {
    const record = (await world.services.clientDirectory.byClientId(acme.id, clientId))!;
    const found = await world.services.allowedRoles.forToken(record, scopes);
    return found === null ? null : [...ids].flatMap(([name, id]) => (found.has(id) ? [name] : [])).sort();
  };

  it('are all where the client has the full role scope', async () => {
    expect(await allowed('full', 'optional')).toBeNull();
  });

  it('are those of the client, its scope roles and those of its scopes, with the roles inside them', async () => {
    expect(await allowed('app')).toEqual(['alone', 'inner', 'outer', 'own']);
    expect(await allowed('app', 'optional', 'other')).toEqual(['alone', 'asked', 'inner', 'outer', 'own']);
  });

  it('are remembered, until a role, a client or a scope changes', async () => {
    await allowed('app');
    const before = statements.length;
    await allowed('app');
    expect(statements.length).toBe(before);
    await allow({ clientScopeId: ids.get('scope always')! }, 'late');
    expect(await allowed('app')).toContain('late');
    await world.services.roles.update(world.system(acme), ids.get('outer')!, { removeChildIds: [ids.get('inner')!] });
    expect(await allowed('app')).not.toContain('inner');
    await newRole('new', { clientUuid: ids.get('client')! });
    expect(await allowed('app')).toContain('new');
    const taken = [{ id: ids.get('alone')! }];
    await world.services.scopeRoles.remove(world.system(acme), { clientUuid: ids.get('client')! }, taken);
    expect(await allowed('app')).not.toContain('alone');
  });
});
