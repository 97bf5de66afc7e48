import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const named = (name: string) => ({ name, type: 'oidc-hardcoded-claim-mapper' });

describe('the mappers for a token', () => {
  let world: World;
  let acme: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((sql) => statements.push(sql)));
    acme = await world.tenant();
    const system = world.system(acme);
    for (const name of ['always', 'hidden', 'asked', 'elsewhere'])
      await world.services.clientScopes.create(system, {
        name,
        named: name !== 'hidden',
        mappers: [named(`of ${name}`)],
      });
    await world.services.clientScopes.create(system, { name: 'bare' });
    const scopes = ['always', 'asked', 'bare', 'hidden'].map((name) => ({
      name,
      isDefault: /always|hidden/.test(name),
    }));
    const { client } = await world.newClient(acme, { clientId: 'app', scopes });
    await world.services.mappers.add(system, { clientUuid: client.id }, [named('own')]);
    await world.newClient(await world.tenant(), { clientId: 'app' });
  });
  afterAll(() => world.close());

  const mappersFor = async (...scopes: string[]) => {
    const record = (await world.services.clientDirectory.byClientId(acme.id, 'app'))!;
    return (await world.services.scopeMappers.forToken(record, scopes)).map(({ name }) => name);
  };
  const scope = async (name: string) => (await world.services.clientScopes.find(world.system(acme), { name }))!;

  it('are those of default scopes, of the optional ones that it has, and then those of the client', async () => {
    expect(await mappersFor()).toEqual(['of always', 'of hidden', 'own']);
    expect(await mappersFor('asked', 'bare', 'elsewhere')).toEqual(['of always', 'of asked', 'of hidden', 'own']);
  });

  it('are remembered, until a scope of the tenant changes', async () => {
    await mappersFor();
    const before = statements.length;
    expect(await mappersFor('asked')).toHaveLength(4);
    expect(statements.length).toBe(before);
    const always = await scope('always');
    await world.services.mappers.add(world.system(acme), { clientScopeId: always.id }, [named('more')]);
    expect(await mappersFor()).toEqual(['of always', 'more', 'of hidden', 'own']);
    const late = await world.services.clientScopes.create(world.system(acme), {
      name: 'late',
      mappers: [named('late')],
    });
    const { clientDirectory, clients } = world.services;
    const { id } = (await clientDirectory.byClientId(acme.id, 'app'))!.client;
    await clients.update(world.system(acme), id, { addedScopes: [{ name: 'late', isDefault: true }] });
    expect(await mappersFor()).toContain('late');
    await world.services.clientScopes.delete(world.system(acme), late.id);
    expect(await mappersFor()).not.toContain('late');
  });
});
