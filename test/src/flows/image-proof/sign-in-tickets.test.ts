import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { World } from '../../../support/world.ts';

const REQUEST = 'req-1';

describe('a ticket of a sign-in', () => {
  let world: World;
  let tenant: TenantRef;
  let userId: string;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    ({ id: userId } = await world.newUser(tenant));
  });
  afterAll(() => world.close());
  let ticket: string;
  beforeEach(async () => {
    ticket = await issue();
  });

  const issue = (requestId: string | null = REQUEST) =>
    world.services.signInTickets.issue(tenant, { userId, requestId, amr: ['pop'] });
  const redeem = (given = ticket, requestId: string | null = REQUEST, of = tenant) =>
    world.services.signInTickets.redeem(of, given, requestId);

  it('works once, for its request (negative 51)', async () => {
    expect(await redeem()).toEqual({ userId, amr: ['pop'], provedAt: world.clock.now() });
    expect(await refusalOf(redeem())).toBe('SIGN_IN_TICKET_INVALID');
    expect(await redeem(await issue(null), null)).toMatchObject({ userId });
  });

  it('is used up by another request (negative 51)', async () => {
    expect(await refusalOf(redeem(ticket, 'req-2'))).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem())).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem(await issue(), null))).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem(await issue(null)))).toBe('SIGN_IN_TICKET_INVALID');
  });

  it('expires after a minute, and is none of another tenant (negative 51)', async () => {
    expect(await refusalOf(redeem(ticket, REQUEST, await world.tenant()))).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem('x'))).toBe('SIGN_IN_TICKET_INVALID');
    world.clock.advance(61);
    expect(await refusalOf(redeem())).toBe('SIGN_IN_TICKET_INVALID');
  });
});
