import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../../support/world.ts';

const UPDATE = 'mutation ($input: UpdateTenantInput!) { updateTenant(input: $input) { tenant { notBefore } } }';

describe('the moment before which tokens of a tenant are refused', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  it('is set, kept within its second, and removed, each with an event', async () => {
    const tenant = await world.tenant();
    const caller = world.app(tenant, 'tenant:write');
    const now = world.clock.now();
    const moment = new Date(Math.floor(now.getTime() / 1000) * 1000 - 5_500);
    const set = async (notBefore: Date | null) =>
      (await world.graphql(caller, UPDATE, { input: { notBefore } })).data.updateTenant.tenant.notBefore;
    const shown = moment.toISOString();
    expect(await set(moment)).toBe(shown);
    // Older APIs show whole seconds, and send back what they showed.
    expect(await set(new Date(moment.getTime() - 500))).toBe(shown);
    expect((await world.graphql(caller, UPDATE, { input: {} })).data.updateTenant.tenant.notBefore).toBe(shown);
    expect(await set(null)).toBeNull();
    const events = (await world.events(tenant)).filter(({ type }) => type === 'tenant.updated');
    expect(events.map(({ params }) => params)).toEqual([{ changed: ['notBefore'] }, { changed: ['notBefore'] }]);
  });

  it('is not in the future', async () => {
    const tenant = await world.tenant();
    const notBefore = new Date(world.clock.now().getTime() + 1000);
    const { code, errors } = await world.graphql(world.app(tenant, 'tenant:write'), UPDATE, { input: { notBefore } });
    expect([code, errors[0]!.extensions['fields']]).toMatchObject(['INVALID_INPUT', [{ path: 'input.notBefore' }]]);
  });
});
