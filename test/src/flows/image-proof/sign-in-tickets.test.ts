import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../../src/access/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const REQUEST = 'req-1';

describe('a ticket of a sign-in', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    user = await world.newUser(tenant);
  });
  afterAll(() => world.close());
  let ticket: string;
  beforeEach(async () => {
    ticket = await issue();
  });

  const issue = (requestId: string | null = REQUEST) =>
    world.services.signInTickets.issue(tenant, { user, requestId, method: 'image-proof', amr: ['pop'] });
  const actor = anonymousCaller(TEST_ORIGIN);
  const redeem = (given = ticket, requestId: string | null = REQUEST, of = tenant) =>
    world.services.signInTickets.redeem(of, given, { requestId, actor });
  const failures = async () => (await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed');

  it('works once, for its request (negative 51)', async () => {
    expect(await redeem()).toEqual({
      userId: user.id,
      method: 'image-proof',
      amr: ['pop'],
      proofVersion: user.proofVersion,
      provedAt: world.clock.now(),
    });
    expect(await refusalOf(redeem())).toBe('SIGN_IN_TICKET_INVALID');
    expect(await redeem(await issue(null), null)).toMatchObject({ userId: user.id });
    expect(await failures()).toEqual([]);
  });

  it('is used up by another request (negative 51)', async () => {
    expect(await refusalOf(redeem(ticket, 'req-2'))).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem())).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem(await issue(), null))).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem(await issue(null)))).toBe('SIGN_IN_TICKET_INVALID');
    const refusal = { subject_id: user.id, reason: 'other_request', params: { method: 'image-proof' } };
    expect(await failures()).toEqual(Array.from({ length: 3 }, () => expect.objectContaining(refusal)));
  });

  it('expires after a minute, and is none of another tenant (negative 51)', async () => {
    expect(await refusalOf(redeem(ticket, REQUEST, await world.tenant()))).toBe('SIGN_IN_TICKET_INVALID');
    expect(await refusalOf(redeem('x'))).toBe('SIGN_IN_TICKET_INVALID');
    world.clock.advance(61);
    expect(await refusalOf(redeem())).toBe('SIGN_IN_TICKET_INVALID');
  });
});
