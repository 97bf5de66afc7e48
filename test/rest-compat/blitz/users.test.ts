import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';
import { NO_SUBJECT } from '../../support/blitz-refusals.ts';

describe('Blitz 2.1: attributes', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let anna: User;
  beforeAll(async () => {
    system = await blitz.appToken('blitz_api_sys_users');
    anna = await blitz.account({
      givenName: 'Anna',
      familyName: 'Petrova',
      email: 'anna@example.com',
      emailVerified: true,
      phone: '79990001122',
      attributes: { OGRN: '1230000000001', tags: ['a', 'b'], level: 3, isStaff: false, sub: 'not this' },
    });
  });
  const read = (id: string, token = system) => blitz.rest.ask('GET', `/blitz/api/v3/users/${id}`, { token });

  it('answers the attributes, the contacts as value and verified, and the reference to the record', async () => {
    const answer = await read(anna.id);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        sub: anna.id,
        locked: false,
        login: anna.username,
        family_name: 'Petrova',
        given_name: 'Anna',
        email: { value: 'anna@example.com', verified: true },
        phone_number: { value: '79990001122', verified: false },
        OGRN: '1230000000001',
        tags: ['a', 'b'],
        level: 3,
        isStaff: false,
        meta: {
          instanceId: Buffer.from(`usr:${anna.id}`).toString('base64url'),
          unmodifiable: ['sub'],
        },
      },
    ]);
  });

  it('finds the account by the instanceId it answered, different from the subjectId', async () => {
    const { instanceId } = (await read(anna.id)).json.meta;
    expect(instanceId).not.toBe(anna.id);
    expect((await read(instanceId)).json.sub).toBe(anna.id);
  });

  it('leaves out what the account does not have', async () => {
    const plain = await blitz.account();
    expect(Object.keys((await read(plain.id)).json).sort()).toEqual(['locked', 'login', 'meta', 'sub']);
  });

  it('accepts a chosen id that is not a UUID', async () => {
    const chosen = await blitz.account({ id: 'BIP-7QK2M1A' });
    expect((await read(chosen.id)).json.sub).toBe('BIP-7QK2M1A');
  });

  it('shows a disabled account as locked', async () => {
    const boris = await blitz.account();
    await blitz.world.services.users.setEnabled(blitz.world.system(blitz.tenant), boris.id, false);
    expect((await read(boris.id)).json.locked).toBe(true);
  });

  it('lets users read only their own account, with the scope of user mode', async () => {
    const token = await blitz.userToken(anna, 'blitz_api_user');
    expect((await read(anna.id, token)).status).toBe(200);
    const boris = await blitz.account();
    const foreign = await read(boris.id, token);
    expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
    const poor = await read(anna.id, await blitz.userToken(anna, 'blitz_api_usec'));
    expect([poor.status, poor.json.error]).toEqual([403, 'insufficient_scope']);
  });

  it('answers no_subject_found for an unknown account', async () => {
    for (const id of ['nobody', 'dXNyOm5vYm9keQ', 'dXNyOg']) {
      const answer = await read(id);
      expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
    }
  });

  it('writes no event', async () => {
    const before = (await blitz.world.events(blitz.tenant)).length;
    await read(anna.id);
    expect((await blitz.world.events(blitz.tenant)).length).toBe(before);
  });
});
